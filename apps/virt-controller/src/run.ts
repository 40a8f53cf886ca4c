import { Gauge, Registry } from 'prom-client';
import {
  nodeLifecycleController,
  virtualMachineController,
  virtualMachineInstanceController,
  virtualMachineInstanceReplicaSetController,
  virtualMachinePoolController,
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
}

/** What a readiness probe wants to know. */
export interface Health {
  readonly synced: boolean;
  readonly leading: boolean;
}

/**
 * Runs the controllers of VirtualMachines, VirtualMachineInstances, replica sets, pools and nodes until the signal aborts.
 * @throws ControllerError `leadership-lost`; the process must end then, because another replica acts already.
 */
export async function runVirtController(options: VirtControllerOptions): Promise<void> {
  const { client, config, signal, clock = systemClock, logger = silentLogger } = options;
  const registry = options.registry ?? new Registry();
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
  if (config.leaderElection === undefined) {
    report({ leading: true });
    await lead(signal);
    report({ leading: false });
    return;
  }
  const { identity, namespace = 'kubevirt' } = config.leaderElection;
  await leaderElection(
    {
      client,
      name: 'virt-controller',
      namespace,
      identity,
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

async function act({ client, config }: VirtControllerOptions, acting: Acting): Promise<void> {
  const { clock, logger, registry, signal } = acting;
  const cache = new InformerCache({ client, clock, logger, namespace: config.namespace });
  const recorderOf = (component: string) =>
    createEventRecorder({ client, component, clock, logger, normalDelayMs: config.eventDelayMs });
  await using machineEvents = recorderOf('virtualmachine-controller');
  await using nodeEvents = recorderOf('node-controller');
  await using replicaSetEvents = recorderOf('virtualmachinereplicaset-controller');
  await using poolEvents = recorderOf('virtualmachinepool-controller');
  const common = { client, cache, clock, logger, metrics: runtimeMetrics(registry) };
  const controllers = [
    virtualMachineController({ ...common, recorder: machineEvents, coalesceMs: config.coalesceMs?.machine }),
    virtualMachineInstanceController({
      ...common,
      recorder: machineEvents,
      launcherImage: config.launcherImage,
      coalesceMs: config.coalesceMs?.instance,
    }),
    virtualMachineInstanceReplicaSetController({ ...common, recorder: replicaSetEvents }),
    virtualMachinePoolController({ ...common, recorder: poolEvents }),
    nodeLifecycleController({ ...common, recorder: nodeEvents }),
  ];
  const synced = cache.waitForSync({ signal }).then(acting.onSynced, (error: unknown) => {
    // Told to stop before the first lists were in: nothing is wrong.
    if (!signal.aborted) throw error;
  });
  await Promise.all([cache.run(signal), synced, ...controllers.map((one) => one.run({ signal }))]);
}
