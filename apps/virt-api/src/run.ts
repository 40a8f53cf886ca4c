import { isDeepStrictEqual } from 'node:util';
import { componentVerbosity, webhooks } from '@virtkit/admission';
import type { Logger } from '@virtkit/controllers/runtime';
import { tlsPolicyOf, WatchedValue, type KeyPair, type Watched } from '@virtkit/program';
import type { Client } from '@virtkit/sdk';
import { Gauge, Registry } from 'prom-client';
import { createVirtApi } from './create-virt-api.ts';
import { ApiServer } from './serving/api-server.ts';
import type { FrontProxyTrust } from './serving/front-proxy-trust.ts';
import { Router } from './serving/router.ts';
import { creationMetrics } from './subresources/connection-metrics.ts';
import { countingReviewer } from './webhooks/counting-reviewer.ts';
import { pluginReviewer } from './webhooks/plugin-reviewer.ts';

export interface RunVirtApiOptions {
  /** A client with the rights of the service account `kubevirt-apiserver`. The caller disposes of it, after this. */
  readonly client: Client;
  /** All addresses unless a host is given; port 0 chooses a free one. */
  readonly listen: { readonly host?: string | undefined; readonly port: number };
  /** What virt-api itself shows. */
  readonly keyPair: Watched<KeyPair>;
  /** Whose word about users it takes. */
  readonly trust: Watched<FrontProxyTrust>;
  /** What it shows to virt-handlers, and the authorities of theirs. */
  readonly handlers: { readonly keyPair: Watched<KeyPair>; readonly ca: Watched<string> };
  /** Hypervisors that instances may name. */
  readonly hypervisors: readonly string[];
  /** Gets the metrics of virt-api, and is what `/metrics` tells. */
  readonly metrics?: Registry;
  readonly logger: Logger;
  /** Ends it, in order. */
  readonly signal: AbortSignal;
  /** How the end goes, in milliseconds; as KubeVirt unless given: 5 s each. */
  readonly ending?: {
    /** Requests still come, until everybody has heard that none should. */
    readonly noticeMs: number;
    /** Requests and streams under way may end by themselves. */
    readonly graceMs: number;
  };
  /** Hears how chatty the KubeVirt object wants the log to be, as often as it changes. */
  readonly onVerbosity?: (verbosity: number) => void;
  /** Hears the port once it listens. */
  readonly onListening?: (port: number) => void;
}

const kubeVirtEnding = { noticeMs: 5000, graceMs: 5000 };

/**
 * virt-api as an aggregated API server and the webhooks of another control plane, over HTTPS, until the signal aborts. Then it
 * says that it is not ready, answers for a while, and closes.
 *
 * @throws the system's error when the address cannot be used
 */
export async function runVirtApi(options: RunVirtApiOptions): Promise<void> {
  const { client, handlers, hypervisors, keyPair, logger, signal, trust } = options;
  const registry = options.metrics ?? new Registry();
  const ready = new Gauge({
    name: 'kubevirt_virt_api_ready_status',
    help: 'Whether this replica serves (1).',
    registers: [registry],
  });
  await using virtApi = createVirtApi({
    client: () => client,
    handlerTls: () => ({ ...handlers.keyPair.current, ca: handlers.ca.current }),
    hypervisors,
    logger,
    registry,
  });
  const router = new Router({
    client,
    mounts: virtApi.mounts,
    reviewer: countingReviewer(pluginReviewer(virtApi.admission), creationMetrics(registry)),
    webhookPaths: ownWebhookPaths,
    trust,
    metrics: registry,
    unready: () => (signal.aborted ? 'virt-api is ending' : undefined),
    logger,
  });
  const clientCa = new WatchedValue(trust.current.ca);
  using _following = trust.onChange(({ ca }) => {
    if (ca !== clientCa.current) clientCa.set(ca);
  });
  const policy = new WatchedValue(tlsPolicyOf());
  using _configuration = virtApi.follow((configuration) => {
    options.onVerbosity?.(componentVerbosity(configuration, 'virtAPI'));
    const next = tlsPolicyOf(configuration.values.tlsConfiguration);
    if (!isDeepStrictEqual(next, policy.current)) policy.set(next);
  });
  await using server = await ApiServer.listen({
    ...options.listen,
    security: { keyPair, clientCa, policy },
    handler: router,
    logger,
  });
  logger.info('serving', { port: server.port });
  options.onListening?.(server.port);
  ready.set(1);
  await aborted(signal);
  ready.set(0);
  const { noticeMs, graceMs } = options.ending ?? kubeVirtEnding;
  logger.info('ending', { noticeMs, graceMs });
  await new Promise((resolve) => setTimeout(resolve, noticeMs));
  await server.close(graceMs);
}

/** Those of virt-operator are its own. */
const ownWebhookPaths: ReadonlySet<string> = new Set(
  webhooks.filter(({ configuration }) => configuration !== 'virt-operator-validator').map(({ path }) => path),
);

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
