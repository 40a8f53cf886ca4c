import { Gauge, Registry } from 'prom-client';
import { componentVerbosity, configurationReader } from '@virtkit/admission';
import { resources } from '@virtkit/core-types';
import {
  nodeLifecycleController,
  virtualMachineController,
  virtualMachineInstanceController,
  virtualMachineInstanceReplicaSetController,
  virtualMachinePoolController,
  workloadUpdateController,
} from '@virtkit/controllers';
import {
  createEventRecorder,
  InformerCache,
  leaderElection,
  runtimeMetrics,
  silentLogger,
  systemClock,
  type ClientSet,
  type Clock,
  type Logger,
} from '@virtkit/controllers/runtime';
import type { VirtControllerConfig } from './configuration.ts';
import { installClusterMetrics } from './metrics/install.ts';

export interface VirtControllerOptions {
  readonly client: ClientSet;
  readonly config: VirtControllerConfig;
  /** Ends it gracefully: passes in work end, events that wait are written, the lease is released. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Gets the metrics of queues and controllers. */
  readonly registry?: Registry;
  /** Hears when the stores are filled (`synced`) and when this replica acts (`leading`). */
  readonly onHealth?: (health: Health) => void;
  /** Hears how chatty the logs are to be, whenever the cluster's configuration may have changed. */
  readonly onVerbosity?: (verbosity: number) => void;
}

/** What a readiness probe wants to know. */
export interface Health {
  readonly synced: boolean;
  readonly leading: boolean;
}

/**
 * Runs the controllers of VirtualMachines, VirtualMachineInstances, replica sets, pools, nodes and updates of workloads until the signal aborts.
 * @throws ControllerError `leadership-lost`; the process must end then, because another replica acts already.
 */
export async function runVirtController(options: VirtControllerOptions): Promise<void> {
  const { client, config, signal, clock = systemClock, logger = silentLogger } = options;
  const registry = options.registry ?? new Registry();
  const readyStatus = new Gauge({
    name: 'kubevirt_virt_controller_ready_status',
    help: 'Whether this replica is ready to act (1).',
    registers: [registry],
  });
  const leadingStatus = new Gauge({
    name: 'kubevirt_virt_controller_leading_status',
    help: 'Whether this replica acts (1) or waits (0).',
    registers: [registry],
  });
  let health: Health = { synced: false, leading: false };
  const report = (change: Partial<Health>) => {
    health = { ...health, ...change };
    leadingStatus.set(health.leading ? 1 : 0);
    options.onHealth?.(health);
  };
  const lead = (leading: AbortSignal) =>
    act(options, { clock, logger, registry, signal: leading, onSynced: () => report({ synced: true }) });
  report({});
  readyStatus.set(1);
  if (config.leaderElection === undefined) {
    report({ leading: true });
    await lead(signal);
    report({ leading: false });
    return;
  }
  const { namespace = 'kubevirt', ...election } = config.leaderElection;
  await leaderElection(
    {
      ...election,
      client,
      name: 'virt-controller',
      namespace,
      clock,
      logger,
      onChange: (leading) => report({ leading }),
    },
    lead,
    { signal },
  );
}

interface Acting {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly signal: AbortSignal;
  readonly onSynced: () => void;
}

async function act(options: VirtControllerOptions, acting: Acting): Promise<void> {
  const { client, config } = options;
  const { clock, logger, registry, signal } = acting;
  const cache = new InformerCache({ client, clock, logger, namespace: config.namespace });
  using _verbosity = followVerbosity(cache, options.onVerbosity);
  const recorderOf = (component: string) =>
    createEventRecorder({ client, component, clock, logger, normalDelayMs: config.eventDelayMs });
  await using machineEvents = recorderOf('virtualmachine-controller');
  await using nodeEvents = recorderOf('node-controller');
  await using replicaSetEvents = recorderOf('virtualmachinereplicaset-controller');
  await using poolEvents = recorderOf('virtualmachinepool-controller');
  await using updateEvents = recorderOf('workload-update-controller');
  const common = { client, cache, clock, logger, metrics: runtimeMetrics(registry) };
  using metrics = installClusterMetrics(registry, cache, config.installNamespace ?? 'kubevirt');
  const { workers } = config;
  const controllers = [
    virtualMachineController({
      ...common,
      recorder: machineEvents,
      workers: workers?.machine,
      coalesceMs: config.coalesceMs?.machine,
    }),
    virtualMachineInstanceController({
      ...common,
      recorder: machineEvents,
      metrics: metrics.ofInstances,
      launcherImage: config.launcherImage,
      workers: workers?.instance,
      coalesceMs: config.coalesceMs?.instance,
    }),
    virtualMachineInstanceReplicaSetController({
      ...common,
      recorder: replicaSetEvents,
      workers: workers?.replicaSet,
    }),
    virtualMachinePoolController({ ...common, recorder: poolEvents, workers: workers?.pool }),
    nodeLifecycleController({ ...common, recorder: nodeEvents }),
    workloadUpdateController({
      ...common,
      recorder: updateEvents,
      launcherImage: config.launcherImage,
    }),
  ];
  const synced = cache.waitForSync({ signal }).then(acting.onSynced, (error: unknown) => {
    // Told to stop before the first lists were in: nothing is wrong.
    if (!signal.aborted) throw error;
  });
  await Promise.all([cache.run(signal), synced, ...controllers.map((one) => one.run({ signal }))]);
}

/** Tells how chatty the cluster's configuration wants the logs, at each change of it. */
function followVerbosity(cache: InformerCache, tell: VirtControllerOptions['onVerbosity']): Disposable {
  const kubevirts = cache.informer(resources.kubeVirts);
  const configuration = configurationReader();
  return kubevirts.listen(() => {
    tell?.(componentVerbosity(configuration(kubevirts.store.list()), 'virtController'));
  });
}
