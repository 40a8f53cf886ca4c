import { Counter, type Registry } from 'prom-client';
import { parseKey, runtimeMetrics, type ObjectKey, type RuntimeMetrics } from '@virtkit/controllers/runtime';

/** What is needed of an informer of VirtualMachineInstances. */
export interface FollowedInstances {
  readonly store: { get(key: ObjectKey): unknown };
  /** Tells of every change, until disposed of. */
  listen(listener: (change: { readonly kind: string; readonly key: ObjectKey }) => void): Disposable;
}

/** The metrics of a controller of instances, until disposed of. */
export interface InstanceSyncs extends Disposable {
  readonly metrics: RuntimeMetrics;
}

/** Counts the passes over each instance that there is, as `kubevirt_vmi_sync_total`, beside what is counted of every controller. */
export function countSyncs(registry: Registry, instances: FollowedInstances): InstanceSyncs {
  const syncs = new Counter({
    name: 'kubevirt_vmi_sync_total',
    help: 'Passes over a VirtualMachineInstance.',
    labelNames: ['namespace', 'name'] as const,
    registers: [registry],
  });
  const subscription = instances.listen(({ kind, key }) => {
    // Or there would be more and more series of instances that are long gone.
    if (kind === 'deleted') syncs.remove(seriesOf(key));
  });
  const runtime = runtimeMetrics(registry);
  return {
    metrics: {
      queue: (name) => runtime.queue(name),
      reconciled(name, result, key) {
        runtime.reconciled(name, result, key);
        if (instances.store.get(key) !== undefined) syncs.inc(seriesOf(key));
      },
    },
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}

function seriesOf(key: ObjectKey): { namespace: string; name: string } {
  const { namespace = '', name } = parseKey(key);
  return { namespace, name };
}
