import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { Registry } from 'prom-client';
import {
  connectionFlags,
  connectionHelp,
  connectionOptions,
  jsonLogger,
  stopSignal,
  type LogLevel,
} from '@virtkit/program';
import { connect } from '@virtkit/sdk';
import { serveHealth } from './health-endpoint.ts';
import { runVirtController, type Health } from './run.ts';

const usage = `usage: virt-controller --launcher-image IMAGE [options]

${connectionHelp}
  --namespace NAME        only objects of this namespace (default: all)
  --launcher-image IMAGE  image of the launcher pods
  --leader-elect          act only while holding the lease "virt-controller"
  --leader-elect-namespace NAME   namespace of the lease (default: kubevirt)
  --metrics-address HOST:PORT     serve /metrics, /healthz and /readyz
  --log-level LEVEL       debug, info, warn or error (default: info)
  --supervised            stop when standard input ends
  --root-less             accepted for symmetry with the node programs; nothing here needs privileges
`;

const { values } = parseArgs({
  options: {
    ...connectionFlags,
    namespace: { type: 'string' },
    'launcher-image': { type: 'string' },
    'leader-elect': { type: 'boolean', default: false },
    'leader-elect-namespace': { type: 'string' },
    'metrics-address': { type: 'string' },
    'log-level': { type: 'string', default: 'info' },
    supervised: { type: 'boolean', default: false },
    'root-less': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** `HOST:PORT`, `[::1]:PORT` or `:PORT`. */
function parseAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, Math.max(0, colon)).replace(/^\[|\]$/g, '');
  const port = Number(address.slice(colon + 1));
  if (colon < 0 || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--metrics-address ${address} is not HOST:PORT`);
  }
  return { host: host === '' ? '0.0.0.0' : host, port };
}

async function main(launcherImage: string): Promise<void> {
  const logger = jsonLogger('virt-controller', (line) => process.stderr.write(line), {
    level: values['log-level'] as LogLevel,
  });
  const signal = stopSignal({ supervised: values.supervised });
  const registry = new Registry();
  let health: Health = { synced: false, leading: false };
  await using resources = new AsyncDisposableStack();
  const address = values['metrics-address'];
  if (address !== undefined) {
    const endpoint = resources.use(
      await serveHealth({ ...parseAddress(address), registry, health: () => health }),
    );
    logger.info('serving metrics and health', { url: endpoint.url });
  }
  const client = resources.use(await connect(await connectionOptions(values, 'virt-controller/0.1.0')));
  logger.info('started', { server: client.server, launcherImage });
  await runVirtController({
    client,
    signal,
    logger,
    registry,
    onHealth: (next) => (health = next),
    config: {
      launcherImage,
      namespace: values.namespace,
      leaderElection: values['leader-elect']
        ? {
            identity: `${hostname()}_${process.pid}_${Date.now().toString(36)}`,
            namespace: values['leader-elect-namespace'],
          }
        : undefined,
    },
  });
  logger.info('stopped');
}

const launcherImage = values['launcher-image'];
if (values.help) {
  process.stdout.write(usage);
} else if (launcherImage === undefined) {
  process.stderr.write(`--launcher-image is missing\n\n${usage}`);
  process.exitCode = 2;
} else {
  await main(launcherImage);
}
