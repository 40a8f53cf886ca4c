import { hostname } from 'node:os';
import {
  connectionOptions,
  jsonLogger,
  levelOfVerbosity,
  processMetrics,
  requestMetrics,
  startProgram,
  stopSignal,
  type Invocation,
} from '@virtkit/program';
import { connect } from '@virtkit/sdk';
import { Registry } from 'prom-client';
import { kubernetesArchitecture } from './architecture.ts';
import { readFlags, usage, type Flags } from './flags.ts';
import { runVirtOperator } from './run.ts';
import { settingsFrom } from './settings.ts';
import { version } from './version.ts';

async function main({ flags, connection }: Invocation<Flags>): Promise<void> {
  const logger = jsonLogger('virt-operator', (line) => process.stderr.write(line), {
    level: levelOfVerbosity(flags.v),
  });
  const signal = stopSignal({ supervised: flags.supervised });
  const registry = new Registry();
  processMetrics(registry);
  const endpoint = await connectionOptions(connection, `virt-operator/${version}`, process.env);
  await using client = await connect({ ...endpoint, onRequest: requestMetrics(registry) });
  const { POD_NAME = hostname() } = process.env;
  const settings = settingsFrom(process.env, { namespace: endpoint.namespace ?? 'kubevirt', version });
  logger.info('started', { server: client.server, version: settings.version, image: settings.operatorImage });
  await runVirtOperator({
    client,
    settings: { ...settings, namespace: flags.namespace ?? settings.namespace },
    identity: `${POD_NAME}_${process.pid}_${Date.now().toString(36)}`,
    listen: { host: flags.listen, port: flags.port, webhookPort: flags['webhook-port'] },
    architecture: kubernetesArchitecture(process.arch),
    leaseMs: flags['leader-elect-lease-duration'],
    renewDeadlineMs: flags['leader-elect-renew-deadline'],
    retryMs: flags['leader-elect-retry-period'],
    registry,
    logger,
    signal,
    onListening: (ports) => logger.info('serving', ports),
  });
  logger.info('stopped');
}

await startProgram(usage, readFlags(process.argv.slice(2)), main);
