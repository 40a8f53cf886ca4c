import { labels, resources, type VirtualMachineInstance } from '@virtkit/core-types';
import { configurationFrom } from '../cluster-configuration.ts';
import { systemClock, type Clock } from '../runtime/clock.ts';
import { controller, watch, type Controller } from '../runtime/controller.ts';
import type { EventRecorder } from '../runtime/event-recorder.ts';
import type { InformerCache } from '../runtime/informer-cache.ts';
import type { Logger } from '../runtime/log.ts';
import type { RuntimeMetrics } from '../runtime/metrics.ts';
import type { ClientSet } from '../runtime/object-client.ts';
import { keyFor, keyOf } from '../runtime/object-key.ts';
import { byOwnerUid } from '../runtime/store.ts';
import { attachmentLabel } from './hotplug/attachment-pod.ts';
import { byInstance, instanceOf } from './hotplug/attached-to.ts';
import { allClaimNames } from './launcher-pod/facts.ts';
import { InstanceReconciler } from './reconciler.ts';
import { byStateOf } from './state-claim.ts';
import { byVsockAddress } from './vsock-addresses.ts';

/** Selects the pods of instances. */
export const launcherPodSelector = `${labels.app}=virt-launcher`;

/** What the controller works with. Defaults: the machine's clock, no log, no metrics, 10 workers. */
export interface VirtualMachineInstanceControllerOptions {
  readonly client: ClientSet;
  readonly cache: InformerCache;
  readonly recorder: EventRecorder;
  /** Image with the launcher program. */
  readonly launcherImage: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: RuntimeMetrics;
  readonly workers?: number;
  /** Milliseconds that a change of no consequence may wait for company; default 2000. */
  readonly coalesceMs?: number;
}

/** Index of instances by the keys of the claims that their volumes name. */
function byClaim(instance: VirtualMachineInstance): string[] {
  return allClaimNames(instance).map((name) => keyFor(instance.metadata.namespace, name));
}

/** Composes the controller that gives instances their launcher pods and hands them to virt-handler. */
export function virtualMachineInstanceController(
  options: VirtualMachineInstanceControllerOptions,
): Controller {
  const { cache, clock = systemClock, logger, metrics, workers = 10 } = options;
  const machines = cache.informer(resources.virtualMachines);
  const instances = cache.informer(resources.virtualMachineInstances);
  const pods = cache.informer(resources.pods, {
    labelSelector: launcherPodSelector,
    indexes: { ownerUid: byOwnerUid },
  });
  const attachments = cache.informer(resources.pods, {
    labelSelector: `${labels.app}=${attachmentLabel}`,
    indexes: { instance: byInstance },
  });
  const classes = cache.informer(resources.storageClasses);
  const claims = cache.informer(resources.persistentVolumeClaims, { indexes: { stateOf: byStateOf } });
  instances.addIndex('claim', byClaim);
  instances.addIndex('vsockAddress', byVsockAddress);
  const configuration = configurationFrom(cache);
  const reconciler = new InstanceReconciler({
    ...options,
    machines,
    instances,
    pods,
    attachments,
    classes,
    claims,
    configuration,
    clock,
  });
  return controller({
    name: 'virt-controller-vmi',
    resource: instances,
    owns: [pods],
    watches: [
      // The configuration must be known before the first pod is rendered; a change of it concerns new pods only.
      watch(cache.informer(resources.kubeVirts), () => []),
      watch(attachments, (pod) => [instanceOf(pod)].filter((key) => key !== undefined)),
      // Read only when an instance is looked at for another reason.
      watch(classes, () => []),
      // An instance waits for claims that do not exist yet, and tells what its claims are.
      watch(claims, (_claim, { key }) => instances.store.byIndex('claim', key).map(keyOf)),
      // An instance whose machine is gone must be released.
      watch(machines, (_machine, change) => (change.kind === 'deleted' ? [change.key] : [])),
    ],
    reconcile: (key, context) => reconciler.reconcile(key, context),
    workers,
    clock,
    logger,
    metrics,
  });
}
