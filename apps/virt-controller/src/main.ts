import { hostname } from 'node:os';
import { Registry } from 'prom-client';
import {
  connectionOptions,
  jsonLogger,
  levelOfVerbosity,
  processMetrics,
  requestMetrics,
  serveOperations,
  startProgram,
  stopSignal,
  watchKeyPair,
  type Invocation,
} from '@virtkit/program';
import { connect } from '@virtkit/sdk';
import { readFlags, usage, type Flags } from './flags.ts';
import { runVirtController, type Health } from './run.ts';

async function main({ flags, connection }: Invocation<Flags>): Promise<void> {
  let verbosity = flags.v;
  const logger = jsonLogger('virt-controller', (line) => process.stderr.write(line), {
    level: () => levelOfVerbosity(verbosity),
  });
  const signal = stopSignal({ supervised: flags.supervised });
  const registry = new Registry();
  processMetrics(registry);
  let health: Health = { synced: false, leading: false };
  await using resources = new AsyncDisposableStack();
  const { port, 'metrics-address': plain } = flags;
  const listen = plain ?? (port === undefined ? undefined : { host: '0.0.0.0', port });
  if (listen !== undefined) {
    const secure = plain === undefined;
    const [certificate, key] = [flags['prom-cert-file'], flags['prom-key-file']];
    const server = resources.use(
      await serveOperations({
        ...listen,
        security: secure
          ? { keyPair: resources.use(await watchKeyPair(certificate, key, { logger, signal })) }
          : undefined,
        registry,
        maxMetricRequests: flags['max-metric-requests'],
        // A replica that waits for the lease is ready to take over.
        ready: () => (health.leading && !health.synced ? 'the stores are not filled yet' : undefined),
        leading: () => health.leading,
        logger,
      }),
    );
    logger.info('serving metrics and health', { url: server.url });
  }
  const endpoint = await connectionOptions(connection, 'virt-controller/0.1.0', process.env);
  const client = resources.use(await connect({ ...endpoint, onRequest: requestMetrics(registry) }));
  const launcherImage = flags['launcher-image'];
  logger.info('started', { server: client.server, launcherImage });
  const inPod = connection.server === undefined && connection.kubeconfig === undefined;
  await runVirtController({
    client,
    signal,
    logger,
    registry,
    onHealth: (next) => (health = next),
    onVerbosity: (configured) => (verbosity = Math.max(flags.v, configured)),
    config: {
      launcherImage,
      namespace: flags.namespace,
      installNamespace: inPod ? client.namespace : undefined,
      workers: {
        machine: flags['vm-controller-threads'],
        instance: flags['vmi-controller-threads'],
        replicaSet: flags['rs-controller-threads'],
        pool: flags['pool-controller-threads'],
      },
      leaderElection:
        (flags['leader-elect'] ?? inPod)
          ? {
              identity: `${hostname()}_${process.pid}_${Date.now().toString(36)}`,
              namespace: flags['leader-elect-namespace'] ?? (inPod ? client.namespace : undefined),
              leaseMs: flags['leader-elect-lease-duration'],
              renewDeadlineMs: flags['leader-elect-renew-deadline'],
              retryMs: flags['leader-elect-retry-period'],
            }
          : undefined,
    },
  });
  logger.info('stopped');
}

await startProgram(usage, readFlags(process.argv.slice(2)), main);
