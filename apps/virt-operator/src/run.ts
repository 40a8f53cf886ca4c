import { randomUUID } from 'node:crypto';
import { clusterConfiguration } from '@virtkit/admission';
import type { KubeVirt } from '@virtkit/core-types';
import {
  controller,
  formatTime,
  leaderElection,
  runtimeMetrics,
  silentLogger,
  systemClock,
  type Clock,
  type Logger,
} from '@virtkit/controllers/runtime';
import { installedDefinitions } from '@virtkit/install';
import { serveOperations } from '@virtkit/program';
import { clusterLookups, type Client } from '@virtkit/sdk';
import { Gauge, Registry } from 'prom-client';
import { ownKeyPair } from './certificates/own-key-pair.ts';
import { Observer } from './observe/observer.ts';
import { reconcile } from './reconciler.ts';
import type { OperatorSettings } from './settings.ts';
import { serveWebhooks } from './webhooks/server.ts';

/** How the operator runs. */
export interface OperatorOptions {
  /** A client with the rights of the service account `kubevirt-operator`. */
  readonly client: Client;
  readonly settings: OperatorSettings;
  /** Name of this replica; must differ between replicas and starts. */
  readonly identity: string;
  /** Where metrics and health are served, and the webhooks of the KubeVirt object; port 0 chooses a free one. */
  readonly listen: { readonly host: string; readonly port: number; readonly webhookPort: number };
  /** Of guests that name none, such as `amd64`. */
  readonly architecture: string;
  readonly leaseMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
  readonly registry?: Registry;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly signal: AbortSignal;
  /** Hears the ports once they are listened on. */
  readonly onListening?: (ports: { readonly operations: string; readonly webhooks: number }) => void;
}

/** KubeVirt: after a pass that failed it waits 5 s, and twice as long each time, up to 1000 s. */
const backoff = { baseMs: 5_000, maxMs: 1_000_000 };

/**
 * Runs the operator until the signal aborts. Every replica serves webhooks and metrics; the one that leads installs.
 * @throws ControllerError `leadership-lost`: the process must end then, because another replica acts already
 */
export async function runVirtOperator(options: OperatorOptions): Promise<void> {
  const { client, settings, identity, listen, signal, clock = systemClock, logger = silentLogger } = options;
  const { namespace } = settings;
  const registry = options.registry ?? new Registry();
  const gauges = leaderGauges(registry);
  await using stack = new AsyncDisposableStack();
  const keyPair = stack.use(await ownKeyPair({ client, namespace, clock, logger }));
  const security = { keyPair };
  let leads = false;
  const operations = stack.use(
    await serveOperations({
      host: listen.host,
      port: listen.port,
      security,
      registry,
      leading: () => leads,
      logger,
    }),
  );
  const webhooks = stack.use(
    await serveWebhooks({
      host: listen.host,
      port: listen.webhookPort,
      security,
      context: () => ({
        configuration: clusterConfiguration(),
        lookups: clusterLookups(client, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) }),
        uuid: randomUUID,
        now: () => formatTime(clock.now()),
      }),
      logger,
    }),
  );
  // Schemas of all kinds take seconds of a busy processor; made while leading, they would keep the lease from being renewed.
  installedDefinitions();
  gauges.ready.set(1);
  options.onListening?.({ operations: operations.url, webhooks: webhooks.port });
  await leaderElection(
    {
      client,
      name: 'virt-operator',
      namespace,
      identity,
      leaseMs: options.leaseMs,
      renewDeadlineMs: options.renewDeadlineMs,
      retryMs: options.retryMs,
      clock,
      logger,
      onChange: (leading) => {
        leads = leading;
        gauges.leading.set(leading ? 1 : 0);
      },
    },
    (leading) => lead(options, { registry, clock, logger, signal: leading }),
    { signal },
  );
}

interface Leading {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

async function lead({ client, settings, architecture }: OperatorOptions, leading: Leading): Promise<void> {
  const { registry, clock, logger, signal } = leading;
  const observer = new Observer({ client, namespace: settings.namespace, clock, logger });
  emulationGauge(registry, () => observer.kubeVirts.store.list());
  const parts = { client, observer, settings, architecture, clock, logger };
  const kubeVirts = controller({
    name: 'virt-operator',
    resource: observer.kubeVirts,
    watches: observer.watches(),
    reconcile: (key, context) => reconcile(parts, key, context),
    // Objects of one cluster are installed one after the other.
    workers: 1,
    clock,
    logger,
    metrics: runtimeMetrics(registry),
    backoff,
  });
  await Promise.all([observer.run(signal), kubeVirts.run({ signal })]);
}

function leaderGauges(registry: Registry): { leading: Gauge; ready: Gauge } {
  const gauge = (name: string, help: string): Gauge => {
    const made = new Gauge({ name, help, registers: [registry] });
    made.set(0);
    return made;
  };
  return {
    leading: gauge('kubevirt_virt_operator_leading_status', 'Whether this replica acts (1) or waits (0).'),
    ready: gauge('kubevirt_virt_operator_ready_status', 'Whether this replica serves (1).'),
  };
}

/** Only the leader knows the KubeVirt object. */
function emulationGauge(registry: Registry, kubeVirts: () => readonly KubeVirt[]): void {
  new Gauge({
    name: 'kubevirt_configuration_emulation_enabled',
    help: 'Whether guests may run without hardware virtualization (1).',
    registers: [registry],
    collect() {
      const enabled = kubeVirts().some(
        ({ spec }) => spec.configuration?.developerConfiguration?.useEmulation === true,
      );
      this.set(enabled ? 1 : 0);
    },
  });
}
