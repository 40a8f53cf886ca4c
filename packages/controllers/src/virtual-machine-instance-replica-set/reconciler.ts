import {
  annotations,
  isConditionTrue,
  jsonEqual,
  resources,
  type VirtualMachineInstance,
  type VirtualMachineInstanceReplicaSet,
} from '@virtkit/core-types';
import { replicaSetType } from '../kinds.ts';
import { observedApiVersion } from '../launcher-keys.ts';
import { inBurst, type BurstOutcome } from '../replicas/burst.ts';
import { selectionOf } from '../replicas/selection.ts';
import type { Clock } from '../runtime/clock.ts';
import { done, type Action, type ReconcileContext } from '../runtime/controller.ts';
import { errorCode, errorMessage, toError } from '../runtime/errors.ts';
import type { EventRecorder, ObjectEventFacts } from '../runtime/event-recorder.ts';
import type { Informer } from '../runtime/informer.ts';
import type { ClientSet, ObjectClient } from '../runtime/object-client.ts';
import { controllerOf, controllerReference, isControlledBy, type ObjectKey } from '../runtime/object-key.ts';
import { patchIfChanged } from '../runtime/patch-if-changed.ts';
import { buildReplica } from './build-instance.ts';
import type { ReplicaSetObservation } from './observation.ts';
import { planReplicaSet, type ReplicaSetPlan } from './plan.ts';
import { projectStatus, type ReplicaSetOutcome } from './project.ts';

export interface ReplicaSetReconcilerOptions {
  readonly client: ClientSet;
  readonly replicaSets: Informer<VirtualMachineInstanceReplicaSet>;
  /** Must have the index `namespace`. */
  readonly instances: Informer<VirtualMachineInstance>;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
}

type Failure = ReplicaSetOutcome['failure'];

/** observe (stores only) -> plan (pure) -> apply (all steps) -> project (pure) -> at most one status patch. */
export class ReplicaSetReconciler {
  readonly #options: ReplicaSetReconcilerOptions;
  readonly #replicaSets: ObjectClient<VirtualMachineInstanceReplicaSet>;
  readonly #instances: ObjectClient<VirtualMachineInstance>;

  constructor(options: ReplicaSetReconcilerOptions) {
    this.#options = options;
    this.#replicaSets = options.client.resource(resources.virtualMachineInstanceReplicaSets);
    this.#instances = options.client.resource(resources.virtualMachineInstances);
  }

  /** One pass over the replica set of this key. @throws the client's error when a step or the status write failed */
  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Action> {
    const observation = this.#observe(key);
    if (observation === undefined) {
      context.expectations.forget(key);
      return done;
    }
    if (!isMarked(observation.replicaSet)) return this.#mark(observation.replicaSet, key, context);
    const plan = planReplicaSet(observation);
    await this.#claim(observation.replicaSet, plan, key, context);
    const { failure, error } = await this.#scale(observation.replicaSet, plan, key, context);
    context.signal.throwIfAborted();
    await this.#writeStatus(key, observation, failure === undefined ? {} : { failure }, context);
    if (error !== undefined) throw toError(error);
    return done;
  }

  #observe(key: ObjectKey): ReplicaSetObservation | undefined {
    const { replicaSets, instances, clock } = this.#options;
    const replicaSet = replicaSets.store.get(key);
    if (replicaSet === undefined) return undefined;
    const { selector, template } = replicaSet.spec;
    const labels = template.metadata?.labels ?? {};
    const selection = selectionOf(selector);
    const fits = Object.keys(labels).length > 0 && selection?.matches(labels) === true;
    const neighbours = instances.store.byIndex('namespace', replicaSet.metadata.namespace ?? '');
    return {
      replicaSet,
      selection: fits ? selection : undefined,
      owned: neighbours.filter((instance) => isControlledBy(instance, replicaSet)),
      orphans: neighbours.filter((instance) => controllerOf(instance) === undefined),
      now: clock.now(),
    };
  }

  async #mark(
    replicaSet: VirtualMachineInstanceReplicaSet,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<Action> {
    const { metadata } = replicaSet;
    const marked = {
      ...replicaSet,
      metadata: {
        ...metadata,
        annotations: {
          ...metadata.annotations,
          [annotations.latestObservedApiVersion]: observedApiVersion,
          [annotations.storageObservedApiVersion]: observedApiVersion,
        },
      },
    };
    const written = await patchIfChanged(this.#replicaSets, replicaSet, marked, { signal });
    if (written !== undefined) expectations.expectVersion(key, written);
    return done;
  }

  async #claim(
    replicaSet: VirtualMachineInstanceReplicaSet,
    { adopt, release }: ReplicaSetPlan,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<void> {
    const owner = controllerReference(replicaSet, replicaSetType);
    const own = ({ metadata: { ownerReferences = [] } }: VirtualMachineInstance) => [
      ...ownerReferences,
      owner,
    ];
    const claims = [
      ...adopt.map((instance) => ({ instance, ownerReferences: own(instance) })),
      ...release.map((instance) => ({ instance, ownerReferences: [] })),
    ];
    const { error } = await inBurst(claims, async ({ instance, ownerReferences }) => {
      const claimed = { ...instance, metadata: { ...instance.metadata, ownerReferences } };
      const written = await patchIfChanged(this.#instances, instance, claimed, { signal: context.signal });
      if (written !== undefined) context.expectations.expectVersion(key, written);
    });
    if (error !== undefined) throw toError(error);
  }

  async #scale(
    replicaSet: VirtualMachineInstanceReplicaSet,
    { create, remove, cleanUp }: ReplicaSetPlan,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<{ failure?: Failure; error?: unknown }> {
    const made = await inBurst(Array.from({ length: create }), () => this.#create(replicaSet, key, context));
    if (made.error !== undefined) return this.#failed(replicaSet, 'FailedCreate', made, context);
    const removed = await inBurst(remove, (instance) => this.#delete(replicaSet, instance, key, context));
    if (removed.error !== undefined) return this.#failed(replicaSet, 'FailedDelete', removed, context);
    const cleaned = await inBurst(cleanUp, (instance) => this.#delete(replicaSet, instance, key, context));
    return cleaned.error === undefined ? {} : this.#failed(replicaSet, 'FailedDelete', cleaned, context);
  }

  #failed(
    replicaSet: VirtualMachineInstanceReplicaSet,
    reason: 'FailedCreate' | 'FailedDelete',
    { error }: BurstOutcome<unknown>,
    { signal }: ReconcileContext,
  ): { failure: Failure; error: unknown } {
    signal.throwIfAborted();
    const failure = { reason, message: errorMessage(error) };
    this.#record(replicaSet, { type: 'Warning', ...failure });
    return { failure, error };
  }

  async #create(
    replicaSet: VirtualMachineInstanceReplicaSet,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const { namespace } = replicaSet.metadata;
    const instance = await this.#instances.create(buildReplica(replicaSet), { namespace, signal });
    expectations.expectPresence(key, instance);
    this.#record(replicaSet, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created instance ${instance.metadata.name ?? ''}`,
    });
  }

  async #delete(
    replicaSet: VirtualMachineInstanceReplicaSet,
    instance: VirtualMachineInstance,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const { name = '', namespace, uid } = instance.metadata;
    try {
      await this.#instances.delete(name, { namespace, signal, preconditions: { uid } });
    } catch (error) {
      // Somebody else deleted it; that is all that was wanted.
      if (errorCode(error) !== 'not-found') throw error;
      return;
    }
    expectations.expectDeletion(key, instance);
    this.#record(replicaSet, {
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted instance ${name}`,
    });
  }

  async #writeStatus(
    key: ObjectKey,
    observation: ReplicaSetObservation,
    outcome: ReplicaSetOutcome,
    { signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const { replicaSet } = observation;
    const status = projectStatus(observation, outcome);
    if (jsonEqual(replicaSet.status ?? {}, status)) return;
    const written = await patchIfChanged(
      this.#replicaSets,
      replicaSet,
      { ...replicaSet, status },
      { subresource: 'status', signal },
    );
    if (written !== undefined) expectations.expectVersion(key, written);
    this.#recordPause(replicaSet, status);
  }

  #recordPause(
    replicaSet: VirtualMachineInstanceReplicaSet,
    status: NonNullable<VirtualMachineInstanceReplicaSet['status']>,
  ): void {
    const paused = isConditionTrue(status.conditions, 'ReplicaPaused');
    if (paused === isConditionTrue(replicaSet.status?.conditions, 'ReplicaPaused')) return;
    this.#record(replicaSet, {
      type: 'Normal',
      reason: paused ? 'SuccessfulPaused' : 'SuccessfulResumed',
      message: paused ? 'Scaling is paused' : 'Scaling goes on',
    });
  }

  #record(replicaSet: VirtualMachineInstanceReplicaSet, event: ObjectEventFacts): void {
    this.#options.recorder.record(replicaSet, replicaSetType, event);
  }
}

function isMarked({ metadata }: VirtualMachineInstanceReplicaSet): boolean {
  return metadata.annotations?.[annotations.latestObservedApiVersion] !== undefined;
}
