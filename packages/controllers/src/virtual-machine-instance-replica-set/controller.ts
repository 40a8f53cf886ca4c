import { resources } from '@virtkit/core-types';
import { selectionOf } from '../replicas/selection.ts';
import { systemClock, type Clock } from '../runtime/clock.ts';
import { controller, watch, type Controller } from '../runtime/controller.ts';
import type { EventRecorder } from '../runtime/event-recorder.ts';
import type { InformerCache } from '../runtime/informer-cache.ts';
import type { Logger } from '../runtime/log.ts';
import type { RuntimeMetrics } from '../runtime/metrics.ts';
import type { ClientSet } from '../runtime/object-client.ts';
import { controllerOf, keyOf } from '../runtime/object-key.ts';
import { byNamespace } from '../runtime/store.ts';
import { ReplicaSetReconciler } from './reconciler.ts';

/** What the controller works with. Defaults: the machine's clock, no log, no metrics, 3 workers. */
export interface ReplicaSetControllerOptions {
  readonly client: ClientSet;
  readonly cache: InformerCache;
  readonly recorder: EventRecorder;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: RuntimeMetrics;
  readonly workers?: number;
}

/** Composes the controller that keeps the number of instances of VirtualMachineInstanceReplicaSets. */
export function virtualMachineInstanceReplicaSetController(options: ReplicaSetControllerOptions): Controller {
  const { cache, clock = systemClock, logger, metrics, workers = 3 } = options;
  const indexes = { namespace: byNamespace };
  const replicaSets = cache.informer(resources.virtualMachineInstanceReplicaSets, { indexes });
  const instances = cache.informer(resources.virtualMachineInstances, { indexes });
  const reconciler = new ReplicaSetReconciler({ ...options, replicaSets, instances, clock });
  return controller({
    name: 'virt-controller-vmirs',
    resource: replicaSets,
    owns: [instances],
    watches: [
      // An instance that nobody manages may be adopted.
      watch(instances, (instance) =>
        controllerOf(instance) === undefined
          ? replicaSets.store
              .byIndex('namespace', instance.metadata.namespace ?? '')
              .filter(({ spec }) => selectionOf(spec.selector)?.matches(instance.metadata.labels) === true)
              .map(keyOf)
          : [],
      ),
    ],
    reconcile: (key, context) => reconciler.reconcile(key, context),
    workers,
    clock,
    logger,
    metrics,
  });
}
