import { resources } from '@virtkit/core-types';
import { configurationFrom } from '../cluster-configuration.ts';
import { controllerRevisions } from '../kinds.ts';
import { systemClock, type Clock } from '../runtime/clock.ts';
import { controller, watch, type Controller } from '../runtime/controller.ts';
import type { EventRecorder } from '../runtime/event-recorder.ts';
import type { InformerCache } from '../runtime/informer-cache.ts';
import type { Logger } from '../runtime/log.ts';
import type { RuntimeMetrics } from '../runtime/metrics.ts';
import type { ClientSet } from '../runtime/object-client.ts';
import { keyOf } from '../runtime/object-key.ts';
import { byOwnerUid } from '../runtime/store.ts';
import { MachineReconciler } from './reconciler.ts';
import { referenceStores } from './reference-lookup.ts';
import type { StatusTimingOptions } from './status-timing.ts';
import { concerningClaimKeys } from './template-claims.ts';

/** What the controller works with. Defaults: the machine's clock, no log, no metrics, 3 workers. */
export interface VirtualMachineControllerOptions extends StatusTimingOptions {
  readonly client: ClientSet;
  readonly cache: InformerCache;
  readonly recorder: EventRecorder;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: RuntimeMetrics;
  readonly workers?: number;
  /** Numbers in [0, 1), for the back-off after failed starts. */
  readonly random?: () => number;
}

/** Composes the controller that starts and stops instances for VirtualMachines. */
export function virtualMachineController(options: VirtualMachineControllerOptions): Controller {
  const { cache, clock = systemClock, logger, metrics, workers = 3 } = options;
  const machines = cache.informer(resources.virtualMachines);
  const instances = cache.informer(resources.virtualMachineInstances);
  const revisions = cache.informer(controllerRevisions, { indexes: { ownerUid: byOwnerUid } });
  const claims = cache.informer(resources.persistentVolumeClaims);
  machines.addIndex('claim', concerningClaimKeys);
  const references = referenceStores(cache, machines, revisions);
  const reconciler = new MachineReconciler({
    ...options,
    machines,
    instances,
    revisions,
    claims,
    references: references.lookup,
    configuration: configurationFrom(cache),
    clock,
  });
  return controller({
    name: 'virt-controller-vm',
    resource: machines,
    owns: [instances, revisions],
    watches: [
      // By name as well: an instance that nobody owns is adopted by the machine of its name.
      watch(instances, (_instance, { key }) => [key]),
      // Whether the volumes are there is part of what people are told.
      watch(claims, (_claim, { key }) => machines.store.byIndex('claim', key).map(keyOf)),
      // The configuration must be known before anything is started.
      watch(cache.informer(resources.kubeVirts), () => []),
      ...references.watches,
    ],
    reconcile: (key, context) => reconciler.reconcile(key, context),
    workers,
    clock,
    logger,
    metrics,
  });
}
