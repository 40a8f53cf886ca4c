import { resources } from '@virtkit/core-types';
import { systemClock, type Clock } from '../runtime/clock.ts';
import { controller, watch, type Controller } from '../runtime/controller.ts';
import type { EventRecorder } from '../runtime/event-recorder.ts';
import type { InformerCache } from '../runtime/informer-cache.ts';
import type { Logger } from '../runtime/log.ts';
import type { RuntimeMetrics } from '../runtime/metrics.ts';
import type { ClientSet } from '../runtime/object-client.ts';
import { keyOf } from '../runtime/object-key.ts';
import { byOwnerUid } from '../runtime/store.ts';
import { launcherPodSelector } from '../virtual-machine-instance/controller.ts';
import { WorkloadUpdateReconciler } from './reconciler.ts';

/** KubeVirt lifecycle, workload-update limiter: after a pass that failed it waits 5 s, and twice as long each time. */
const backoff = { baseMs: 5_000, maxMs: 300_000 };

/** What the controller works with; `clock` is the machine's and log and metrics go nowhere unless given. */
export interface WorkloadUpdateControllerOptions {
  readonly client: ClientSet;
  readonly cache: InformerCache;
  readonly recorder: EventRecorder;
  /** Of new launchers. */
  readonly launcherImage: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: RuntimeMetrics;
}

/** Composes the controller that moves running machines to the launcher of the version that is installed. */
export function workloadUpdateController(options: WorkloadUpdateControllerOptions): Controller {
  const { cache, clock = systemClock, logger, metrics } = options;
  const kubeVirts = cache.informer(resources.kubeVirts);
  const instances = cache.informer(resources.virtualMachineInstances);
  const pods = cache.informer(resources.pods, {
    labelSelector: launcherPodSelector,
    indexes: { ownerUid: byOwnerUid },
  });
  const reconciler = new WorkloadUpdateReconciler({ ...options, kubeVirts, instances, pods, clock });
  return controller({
    name: 'virt-controller-workload-update',
    resource: kubeVirts,
    watches: [
      watch(instances, () => kubeVirts.store.list().map(keyOf)),
      // Read only when an instance is to be evicted.
      watch(pods, () => []),
    ],
    reconcile: (key, context) => reconciler.reconcile(key, context),
    workers: 1,
    clock,
    logger,
    metrics,
    backoff,
  });
}
