import { resources, type KubernetesObject } from '@virtkit/core-types';
import { poolType } from '../kinds.ts';
import { systemClock, type Clock } from '../runtime/clock.ts';
import { controller, watch, type Controller } from '../runtime/controller.ts';
import type { EventRecorder } from '../runtime/event-recorder.ts';
import type { InformerCache } from '../runtime/informer-cache.ts';
import type { Logger } from '../runtime/log.ts';
import type { RuntimeMetrics } from '../runtime/metrics.ts';
import type { ClientSet } from '../runtime/object-client.ts';
import { controllerOf, keyFor, keyOf } from '../runtime/object-key.ts';
import { byNamespace, byOwnerUid } from '../runtime/store.ts';
import { PoolReconciler } from './reconciler.ts';

/** What the controller works with. Defaults: the machine's clock, no log, no metrics, 3 workers. */
export interface PoolControllerOptions {
  readonly client: ClientSet;
  readonly cache: InformerCache;
  readonly recorder: EventRecorder;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: RuntimeMetrics;
  readonly workers?: number;
  /** Numbers in [0, 1), for what goes in no order. */
  readonly random?: () => number;
}

/** Composes the controller that keeps the machines of VirtualMachinePools. */
export function virtualMachinePoolController(options: PoolControllerOptions): Controller {
  const { cache, clock = systemClock, logger, metrics, workers = 3 } = options;
  const pools = cache.informer(resources.virtualMachinePools);
  const machines = cache.informer(resources.virtualMachines, { indexes: { namespace: byNamespace } });
  const instances = cache.informer(resources.virtualMachineInstances);
  const revisions = cache.informer<KubernetesObject>(resources.controllerRevisions, {
    indexes: { ownerUid: byOwnerUid },
  });
  const reconciler = new PoolReconciler({ ...options, pools, machines, instances, revisions, clock });
  return controller({
    name: 'virt-controller-vmpool',
    resource: pools,
    owns: [machines, revisions],
    watches: [
      // An instance concerns the pool of its machine.
      watch(instances, (instance, change) => {
        if (change.kind === 'deleted') reconciler.forget(instance);
        const machine = machines.store.get(keyOf(instance));
        const owner = machine && controllerOf(machine);
        return owner?.kind === poolType.kind ? [keyFor(instance.metadata.namespace, owner.name)] : [];
      }),
    ],
    reconcile: (key, context) => reconciler.reconcile(key, context),
    workers,
    clock,
    logger,
    metrics,
  });
}
