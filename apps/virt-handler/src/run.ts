import { labels, resources, type VirtualMachineInstance } from '@virtkit/core-types';
import {
  controller,
  createEventRecorder,
  InformerCache,
  systemClock,
  keyFor,
  keyOf,
  type Logger,
} from '@virtkit/controllers/runtime';
import type { Machine } from '@virtkit/hal';
import { componentVerbosity, configurationReader } from '@virtkit/admission';
import { diskRoom, machineConfiguration } from '@virtkit/machine-plan';
import type { Client } from '@virtkit/sdk';
import { Registry } from 'prom-client';
import { credentialEvent, CredentialSync } from './credentials/credential-sync.ts';
import type { DevicePlugins } from './device-plugins/device-plugins.ts';
import { GuestPoller } from './guest-poller.ts';
import { FailedLaunchers } from './launcher-logs/failed-launchers.ts';
import { KeptLogs, type LogBounds } from './launcher-logs/kept-logs.ts';
import type { PodLogs } from './launcher-logs/pod-logs.ts';
import { Launchers } from './launchers/launchers.ts';
import type { SocketPeers } from './launchers/socket-peers.ts';
import { installHandlerMetrics } from './metrics/install.ts';
import { simulatedNetwork, type NetworkProvider } from './network/provider.ts';
import { runHeartbeat, type NodeFacts } from './node/heartbeat.ts';
import type { HostFacts } from './node/host-facts.ts';
import { hostLabels, obsoleteHostModel } from './node/host-labels.ts';
import { ownDevices, type PodDevices } from './pods/pod-devices.ts';
import { GuestProbes } from './probes/guest-probes.ts';
import { PodReadiness } from './probes/pod-readiness.ts';
import { Pods } from './reconcile/pods.ts';
import { InstanceReconciler } from './reconcile/reconciler.ts';
import { ClaimFolders } from './volumes/claim-folder.ts';
import { VolumePlugging } from './volumes/plugging.ts';
import { ConsoleServer, type ConsoleServerOptions, type MachineName } from './server/console-server.ts';

export interface VirtHandlerOptions {
  client: Client;
  nodeName: string;
  /** The kubelet's root folder, which holds `pods/<uid>`. */
  kubeletRoot: string;
  /** How guests of real hypervisors get their network. */
  network: NetworkProvider;
  /** Whose the device files of Pods with real guests are. Default: their launchers' from the beginning. */
  devices?: PodDevices | undefined;
  /** Hypervisors of this node, and what the node probe found. */
  node: Pick<NodeFacts, 'hypervisors' | 'hardwareVirtualization'>;
  /** What the node's virtualisation can do, for its labels; undefined where no probe has told. */
  host?: HostFacts | undefined;
  /** Whether the kubelet's CPU manager is static. Default: no. */
  staticCpuManager?: boolean;
  /** Devices that the kubelet is to be told of. Default: it knows them itself. */
  devicePlugins?: DevicePlugins | undefined;
  /** Where to serve consoles, and whom. */
  server: Pick<ConsoleServerOptions, 'listen' | 'security' | 'clients'>;
  /** Tells whose the sockets of launchers are. Default: those of the Pods in whose folders they are. */
  peers?: SocketPeers | undefined;
  /** Users that launchers run as. */
  launcherUsers: readonly number[];
  /** Where the kubelet keeps logs, and in which folder those of launchers that fail are kept, within which bounds. */
  launcherLogs: { logs: PodLogs; folder: string; bounds?: LogBounds | undefined };
  /** User who gets the disks that are plugged into machines. Default: they stay whose they are. */
  volumeOwner?: number | undefined;
  /**
   * How long a guest whose agent has just connected may take to say who it is, in milliseconds, for both to be told with one
   * write. Default 50.
   */
  guestAnswerMs?: number;
  logger: Logger;
  /** Gets the metrics of the node agent and its guests. */
  registry?: Registry;
  /** Version of the program, for its metrics. Default: none. */
  version?: string;
  /** Hears how chatty the logs are to be, whenever the cluster's configuration may have changed. */
  onVerbosity?: (verbosity: number) => void;
  signal: AbortSignal;
}

/** Hypervisors whose guests exist in memory only: nothing of theirs is plugged into the host's network. */
const simulated: ReadonlySet<string> = new Set(['mock']);

/** Runs the node agent until the signal aborts; machines go on without it. */
export async function runVirtHandler(options: VirtHandlerOptions): Promise<void> {
  const { client, nodeName, logger, signal } = options;
  const clock = systemClock;
  await using cleanUp = new AsyncDisposableStack();
  const cache = new InformerCache({ client, logger });
  const instances = cache.informer(resources.virtualMachineInstances, {
    labelSelector: `kubevirt.io/nodeName=${nodeName}`,
  });
  const launcherPods = cache.informer(resources.pods, {
    fieldSelector: `spec.nodeName=${nodeName}`,
    labelSelector: `${labels.app}=virt-launcher`,
  });
  const kubevirts = cache.informer(resources.kubeVirts);
  const configuration = configurationReader();
  const recorder = cleanUp.use(createEventRecorder({ client, component: 'virt-handler', logger }));
  const keptLogs = new KeptLogs(options.launcherLogs.folder, { bounds: options.launcherLogs.bounds, clock });
  const { logs } = options.launcherLogs;
  const failedLaunchers = cleanUp.use(
    new FailedLaunchers({ nodeName, logs, kept: keptLogs, recorder, clock, logger }),
  );
  cleanUp.use(launcherPods.listen((change) => failedLaunchers.podChanged(change)));
  const pods = new Pods();
  const launchers = cleanUp.use(
    new Launchers({
      kubeletRoot: options.kubeletRoot,
      owners: options.launcherUsers,
      peers: options.peers,
      clock,
      logger,
      keyOf: (podUid) => pods.keyOf(podUid),
      onChange: (podUid) => {
        const key = pods.keyOf(podUid);
        if (key !== undefined) agent.enqueue(key);
      },
    }),
  );
  const guests = cleanUp.use(
    new GuestPoller({
      clock,
      logger,
      firstAnswerMs: options.guestAnswerMs ?? 50,
      onChange: (key) => agent.enqueue(key),
    }),
  );
  const credentials = cleanUp.use(
    new CredentialSync({
      clock,
      logger,
      onChange: (key, instance, outcome) => {
        recorder.record(
          instance,
          { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance' },
          credentialEvent(outcome),
        );
        agent.enqueue(key);
      },
    }),
  );
  const probes = cleanUp.use(new GuestProbes({ clock, onChange: (key) => agent.enqueue(key) }));
  const reconciler = new InstanceReconciler({
    client,
    instances: instances.store,
    nodeName,
    launchers,
    pods,
    guests,
    credentials,
    probes,
    readiness: new PodReadiness({ client, clock }),
    recorder,
    plugging: new VolumePlugging({
      kubeletRoot: options.kubeletRoot,
      claims: new ClaimFolders({ client, kubeletRoot: options.kubeletRoot }),
      owner: options.volumeOwner,
    }),
    network: (hypervisor) => (simulated.has(hypervisor) ? simulatedNetwork : options.network),
    devices: (hypervisor) => (simulated.has(hypervisor) ? ownDevices : (options.devices ?? ownDevices)),
    configuration: () => machineConfiguration(configuration(kubevirts.store.list())),
    diskRoom: () => diskRoom(configuration(kubevirts.store.list())),
    onFailed: (podUid, message) => failedLaunchers.instanceFailed(podUid, message),
  });
  /** The machine of an instance whose launcher answers. */
  const machineOf = async (instance: VirtualMachineInstance): Promise<Machine | undefined> => {
    const podUid = pods.of(keyOf(instance), instance, nodeName);
    if (podUid === undefined) return undefined;
    const launcher = await launchers.look(podUid);
    return launcher.kind === 'ready'
      ? launcher.client.hypervisor.machine(instance.metadata.uid ?? '')
      : undefined;
  };
  const { metrics } = cleanUp.use(
    installHandlerMetrics(options.registry ?? new Registry(), {
      nodeName,
      version: options.version ?? '',
      followed: instances,
      instances: () => instances.store.list(),
      statistics: async (instance, call) => (await machineOf(instance))?.facet('statistics').read(call),
      filesystems: (key) => guests.said(key).filesystems ?? [],
      logger,
    }),
  );
  cleanUp.use(
    kubevirts.listen(() =>
      options.onVerbosity?.(
        componentVerbosity(configuration(kubevirts.store.list()), 'virtHandler', nodeName),
      ),
    ),
  );
  const agent = controller({
    name: 'virt-handler',
    metrics,
    resource: instances,
    reconcile: (key, context) => reconciler.reconcile(key, context),
    workers: 10,
    clock,
    logger,
  });

  /** A machine that virt-api names; only instances of this node are in the store. */
  const find = async ({ namespace, name }: MachineName): Promise<Machine | undefined> => {
    const instance = instances.store.get(keyFor(namespace, name));
    return instance === undefined ? undefined : machineOf(instance);
  };
  /** What this node is, as the cluster's configuration looks at it. */
  const facts = (): NodeFacts => {
    const { values, gates } = configuration(kubevirts.store.list());
    const { host } = options;
    const labelling = {
      obsoleteCpuModels: values.obsoleteCPUModels,
      crossArchitecture: gates.has('CrossArchitectureVirtualization'),
    };
    const obsolete = host && obsoleteHostModel(host, labelling);
    if (obsolete !== undefined) {
      recorder.record(
        { metadata: { name: nodeName } },
        { apiVersion: 'v1', kind: 'Node' },
        {
          type: 'Warning',
          reason: 'HostModelIsObsolete',
          message: `The CPU model ${obsolete} of this node is obsolete: guests with the host's model do not start here`,
        },
      );
    }
    return {
      ...options.node,
      endpoint: server.url,
      schedulable: options.devicePlugins?.isReady ?? true,
      labels: host === undefined ? {} : hostLabels(host, labelling),
      cpuManager: gates.has('CPUManager') && options.staticCpuManager === true,
    };
  };
  const server = cleanUp.use(
    await ConsoleServer.listen({
      ...options.server,
      logger,
      find,
      launcherLogs: keptLogs,
      said: ({ namespace, name }) => guests.said(keyFor(namespace, name)),
      record: ({ namespace, name }, event) => {
        const instance = instances.store.get(keyFor(namespace, name));
        if (instance !== undefined)
          recorder.record(instance, { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance' }, event);
      },
      changed: ({ namespace, name }) => {
        const key = keyFor(namespace, name);
        agent.enqueue(key);
        void guests.askFrozen(key);
      },
    }),
  );
  logger.info('serving consoles', { url: server.url, node: nodeName });
  await Promise.all([
    cache.run(signal),
    agent.run({ signal }),
    options.devicePlugins?.run(signal),
    runHeartbeat({
      client,
      nodeName,
      clock,
      logger,
      signal,
      facts,
      untilSchedulable: async () => options.devicePlugins?.untilReady(),
    }),
  ]);
}
