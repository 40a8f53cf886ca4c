import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  connectionOptions,
  jsonLogger,
  levelOfVerbosity,
  processMetrics,
  requestMetrics,
  serveOperations,
  startProgram,
  stopSignal,
  watchBundle,
  watchKeyPair,
  type Invocation,
} from '@virtkit/program';
import { systemClock, type Logger } from '@virtkit/controllers/runtime';
import { connect } from '@virtkit/sdk';
import { Registry } from 'prom-client';
import { DevicePlugins } from './device-plugins/device-plugins.ts';
import type { SharedDevice } from './device-plugins/device-plugin.ts';
import { deviceRoot, machineDevices } from './device-plugins/node-devices.ts';
import { logBounds, readFlags, usage, type Flags } from './flags.ts';
import { embeddedPodLogs, kubeletPodLogs } from './launcher-logs/pod-logs.ts';
import { peersByNamespace, type SocketPeers } from './launchers/socket-peers.ts';
import { namedNamespaces, namespacesOfProcesses, type PodNamespaces } from './network/namespaces.ts';
import { namespacedNetwork, userModeNetwork, type NetworkProvider } from './network/provider.ts';
import { hypervisorsOf, readNodeProbe } from './node/node-probe.ts';
import { devicesOfRuntime, type PodDevices } from './pods/pod-devices.ts';
import { PodProcesses } from './pods/pod-processes.ts';
import { runVirtHandler } from './run.ts';

const version = '0.1.0';
const launcherUser = 107;

/** Whether the kubelet gives containers CPUs of their own: its state says so once it has written it. */
async function isCpuManagerStatic(kubeletRoot: string): Promise<boolean> {
  try {
    const state: unknown = JSON.parse(await readFile(join(kubeletRoot, 'cpu_manager_state'), 'utf8'));
    return z.object({ policyName: z.string() }).safeParse(state).data?.policyName === 'static';
  } catch (error) {
    // A kubelet without a CPU manager writes no state.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** What depends on the kubelet: an embedded one names network namespaces, and gives devices to whom they are for. */
function podsOf(
  flags: Flags,
  machine: { deviceRoot: string; devices: readonly SharedDevice[] },
): { network: NetworkProvider; peers?: SocketPeers; devices?: PodDevices } {
  if (flags['user-network']) return { network: userModeNetwork };
  const prefix = flags['netns-prefix'];
  const inNamespaces = (namespaces: PodNamespaces) => ({
    network: namespacedNetwork({ namespaces, ownerUid: launcherUser }),
    peers: peersByNamespace(namespaces),
  });
  if (prefix !== undefined) return inNamespaces(namedNamespaces(prefix));
  const processes = new PodProcesses();
  const paths = machine.devices.map(({ path }) => path);
  return {
    ...inNamespaces(namespacesOfProcesses(processes)),
    devices: devicesOfRuntime({ ...machine, processes, paths, owner: launcherUser }),
  };
}

function devicePluginsOf(
  flags: Flags,
  machine: { deviceRoot: string; devices: readonly SharedDevice[] },
  logger: Logger,
): DevicePlugins | undefined {
  if (!flags['device-plugins']) return undefined;
  const folder = flags['device-plugin-dir'] ?? join(flags['kubelet-root'], 'device-plugins');
  return new DevicePlugins({ ...machine, folder, clock: systemClock, logger });
}

async function main({ flags, connection }: Invocation<Flags>): Promise<void> {
  const write = (line: string): void => void process.stderr.write(line);
  let verbosity = flags.v;
  const logger = jsonLogger('virt-handler', write, { level: () => levelOfVerbosity(verbosity) });
  const signal = stopSignal({ supervised: flags.supervised });
  const kubeletRoot = flags['kubelet-root'];
  await using stack = new AsyncDisposableStack();
  const following = { logger, signal };
  const security = {
    keyPair: stack.use(await watchKeyPair(flags['tls-cert-file'], flags['tls-key-file'], following)),
    clientCa: stack.use(await watchBundle(flags['client-ca-file'], following)),
  };
  const probe = await readNodeProbe(flags['node-probe']);
  const machine = {
    deviceRoot: await deviceRoot(),
    devices: machineDevices(probe, flags['max-devices']),
  };
  const host = flags['pod-ip-address'];
  const { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = process.env;
  const inPod = { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT };
  const registry = new Registry();
  processMetrics(registry);
  const endpoint = await connectionOptions(connection, `virt-handler/${version}`, inPod);
  const client = stack.use(await connect({ ...endpoint, onRequest: requestMetrics(registry) }));
  if (flags.port !== undefined) {
    const { keyPair } = security;
    const maxMetricRequests = flags['max-metric-requests'];
    const operations = { host, port: flags.port, security: { keyPair }, registry };
    const { url } = stack.use(await serveOperations({ ...operations, maxMetricRequests, logger }));
    logger.info('serving metrics and health', { url });
  }
  await runVirtHandler({
    client,
    nodeName: flags['hostname-override'],
    kubeletRoot,
    ...podsOf(flags, machine),
    node: { hypervisors: hypervisorsOf(probe), hardwareVirtualization: probe.kvm },
    host: probe.host,
    devicePlugins: devicePluginsOf(flags, machine, logger),
    staticCpuManager: await isCpuManagerStatic(kubeletRoot),
    server: {
      listen: { host, port: flags['console-server-port'] },
      security,
      clients: [flags['client-name']],
    },
    launcherUsers: flags['launcher-user'],
    launcherLogs: {
      logs: flags['embedded-pod-logs'] ? embeddedPodLogs(kubeletRoot) : kubeletPodLogs(flags['pod-logs']),
      folder: flags['launcher-logs'],
      bounds: logBounds(flags),
    },
    volumeOwner: process.getuid?.() === 0 ? launcherUser : undefined,
    logger,
    registry,
    version,
    onVerbosity: (configured) => (verbosity = Math.max(flags.v, configured)),
    signal,
  });
  logger.info('stopped');
}

await startProgram(usage, readFlags(process.argv.slice(2)), main);
