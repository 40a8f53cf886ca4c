import {
  connectionOptions,
  jsonLogger,
  levelOfVerbosity,
  processMetrics,
  readBundle,
  requestMetrics,
  startProgram,
  stopSignal,
  watchConfigMap,
  watchKeyPair,
  type Invocation,
} from '@virtkit/program';
import { Registry } from 'prom-client';
import { connect } from '@virtkit/sdk';
import { readFlags, usage, type Flags } from './flags.ts';
import { runVirtApi } from './run.ts';
import { readTrust, trustConfigMap } from './serving/front-proxy-trust.ts';

async function main({ flags, connection }: Invocation<Flags>): Promise<void> {
  let verbosity = flags.v;
  const logger = jsonLogger('virt-api', (line) => process.stderr.write(line), {
    level: () => levelOfVerbosity(verbosity),
  });
  const signal = stopSignal({ supervised: flags.supervised });
  const endpoint = await connectionOptions(connection, 'virt-api/0.1.0', process.env);
  const namespace = flags.namespace ?? endpoint.namespace ?? 'kubevirt';
  const metrics = new Registry();
  processMetrics(metrics);
  await using client = await connect({ ...endpoint, onRequest: requestMetrics(metrics) });
  const following = { logger, signal };
  await using cleanUp = new AsyncDisposableStack();
  const [keyPair, handlerPair, trust, ca] = await Promise.all([
    watchKeyPair(flags['tls-cert-file'], flags['tls-key-file'], following),
    watchKeyPair(flags['handler-cert-file'], flags['handler-key-file'], following),
    watchConfigMap(client, { ...trustConfigMap, ...following, read: readTrust }),
    watchConfigMap(client, {
      namespace,
      name: flags['ca-configmap-name'],
      ...following,
      read: (data) => readBundle(data['ca-bundle'] ?? ''),
    }),
  ]);
  for (const watched of [keyPair, handlerPair, trust, ca]) cleanUp.use(watched);
  if (trust.current.allowedNames.length === 0)
    logger.warn('any certificate of the front proxy authority may speak for users: the cluster names none');
  await runVirtApi({
    client,
    listen: { host: flags.listen, port: flags.port },
    keyPair,
    trust,
    handlers: { keyPair: handlerPair, ca },
    hypervisors: flags.hypervisor,
    metrics,
    logger,
    signal,
    ending: {
      noticeMs: flags['shutdown-delay-seconds'] * 1000,
      graceMs: flags['shutdown-grace-seconds'] * 1000,
    },
    onVerbosity: (configured) => (verbosity = Math.max(flags.v, configured)),
  });
  logger.info('stopped');
}

await startProgram(usage, readFlags(process.argv.slice(2)), main);
