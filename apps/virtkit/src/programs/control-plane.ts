import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startControlPlane } from '@virtkit/apiserver';
import { crdCatalogue } from '@virtkit/core-types';
import { podSubresources, runScheduler } from '@virtkit/embedded-node';
import { jsonLogger, processMetrics, requestMetrics, serveOperations } from '@virtkit/program';
import { connect, isApiError, type Client } from '@virtkit/sdk';
import { createVirtApi } from '@virtkit/virt-api';
import { Registry } from 'prom-client';
import { ensureIdentities, identities, identityExtra } from '../platform/identities.ts';
import { layoutOf } from '../platform/layout.ts';
import { ensureHandlerCertificates } from '../platform/pki.ts';
import { replaceFile } from '../platform/files.ts';
import { readSettings } from '../platform/settings.ts';

export interface ControlPlaneProgramOptions {
  root: string;
  port: number;
  signal: AbortSignal;
}

/** API server, admission and subresources in one process, and the scheduler beside them, until the signal aborts. */
export async function runControlPlane({ root, port, signal }: ControlPlaneProgramOptions): Promise<void> {
  const logger = jsonLogger('control-plane', (line) => process.stderr.write(line));
  const layout = layoutOf(root);
  const tokens = await ensureIdentities(layout);
  const settings = await readSettings(layout);
  const { client: clientFiles } = await ensureHandlerCertificates(layout.pki);
  const [ca, certificate, key] = await Promise.all(
    [clientFiles.ca, clientFiles.certificate, clientFiles.key].map((path) => readFile(path, 'utf8')),
  );
  const own = Promise.withResolvers<Client>();
  const registry = new Registry();
  processMetrics(registry);
  const virtApi = createVirtApi({
    client: () => own.promise,
    handlerTls: () => ({ ca: ca ?? '', certificate: certificate ?? '', key: key ?? '' }),
    hypervisors: ['kvm-qemu', 'mock'],
    logger,
    registry,
  });
  await using cleanUp = new AsyncDisposableStack();
  const server = cleanUp.use(
    await startControlPlane({
      dataDir: layout.store,
      listen: { host: '127.0.0.1', port },
      crds: crdCatalogue(),
      admission: virtApi.admission,
      mounts: virtApi.mounts,
      adminToken: tokens.admin.token,
      // Nothing here would run them, and who makes one should be told.
      workloads: false,
      computedStatus: true,
      namespaceDefaults: true,
      tokens: Object.entries(identities)
        .filter(([name]) => name !== 'admin')
        .map(([name, user]) => ({
          name: user,
          groups: ['system:masters'],
          token: tokens[name as keyof typeof identities].token,
          ...(settings === undefined ? {} : identityExtra(name, settings.nodeName)),
        })),
      podSubresources: podSubresources({
        root: layout.kubelet,
        currentPod: async (uid) => {
          const client = await own.promise;
          const { items } = await client.pods.list({ namespace: 'all' });
          return items.find((pod) => pod.metadata.uid === uid);
        },
      }),
    }),
  );
  const connection = { server: server.url, ca: server.ca };
  const onRequest = requestMetrics(registry);
  const client = cleanUp.use(
    await connect({ ...connection, token: tokens['virt-api'].token, userAgent: 'virt-api', onRequest }),
  );
  // Before the client that it watches with, whose end would otherwise look like a failure to get over.
  cleanUp.use(virtApi);
  own.resolve(client);
  await replaceFile(join(layout.pki, 'ca.crt'), server.ca, 0o644);
  await replaceFile(layout.kubeconfig, server.kubeconfig());
  logger.info('serving', { url: server.url });
  const operations = cleanUp.use(await serveOperations({ host: '127.0.0.1', port: 0, registry, logger }));
  logger.info('serving metrics and health', { url: operations.url });
  const scheduler = cleanUp.use(
    await connect({ ...connection, token: tokens.scheduler.token, userAgent: 'scheduler' }),
  );
  try {
    await runScheduler({ client: scheduler, signal, logger });
  } catch (error) {
    if (!signal.aborted && !isApiError(error, 'closed')) throw error;
  }
  await aborted(signal);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
