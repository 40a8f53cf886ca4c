import {
  isConditionTrue,
  jsonEqual,
  resources,
  type KubernetesObject,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachinePool,
} from '@virtkit/core-types';
import { poolType } from '../kinds.ts';
import { inBurst } from '../replicas/burst.ts';
import { selectionOf } from '../replicas/selection.ts';
import type { Clock } from '../runtime/clock.ts';
import { done, requeue, type Action, type ReconcileContext } from '../runtime/controller.ts';
import { errorMessage, toError } from '../runtime/errors.ts';
import type { EventRecorder, ObjectEventFacts } from '../runtime/event-recorder.ts';
import { isDeleting } from '../runtime/finalizers.ts';
import type { Informer } from '../runtime/informer.ts';
import type { ClientSet, ObjectClient } from '../runtime/object-client.ts';
import { isControlledBy, keyOf, type ObjectKey } from '../runtime/object-key.ts';
import { patchIfChanged } from '../runtime/patch-if-changed.ts';
import type { PoolMember, PoolObservation, PoolRevision } from './observation.ts';
import { planPool, type PoolPlan } from './plan.ts';
import { projectStatus, type PoolOutcome } from './project.ts';
import { PoolSteps } from './steps.ts';

export interface PoolReconcilerOptions {
  readonly client: ClientSet;
  readonly pools: Informer<VirtualMachinePool>;
  /** Must have the index `namespace`. */
  readonly machines: Informer<VirtualMachine>;
  readonly instances: Informer<VirtualMachineInstance>;
  /** Must have the index `ownerUid`. */
  readonly revisions: Informer<KubernetesObject>;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  /** Numbers in [0, 1), for what goes in no order. */
  readonly random?: () => number;
}

/** observe (stores only) -> plan (pure) -> apply (the steps of one stage) -> project (pure) -> at most one status patch. */
export class PoolReconciler {
  readonly #options: PoolReconcilerOptions;
  readonly #pools: ObjectClient<VirtualMachinePool>;
  readonly #steps: PoolSteps;
  /** Instances that were told to go, until the store shows it; the stores of a pool's own objects are waited for instead. */
  readonly #stopping = new Set<string>();

  constructor(options: PoolReconcilerOptions) {
    this.#options = options;
    this.#pools = options.client.resource(resources.virtualMachinePools);
    this.#steps = new PoolSteps({
      client: options.client,
      record: (pool, event) => this.#record(pool, event),
      onStopped: ({ metadata: { uid } }) => uid !== undefined && this.#stopping.add(uid),
    });
  }

  /** One pass over the pool of this key. @throws the client's error when a step or the status write failed */
  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Action> {
    const observation = this.#observe(key);
    if (observation === undefined) {
      context.expectations.forget(key);
      return done;
    }
    const plan = planPool(observation);
    const { outcome, error } = await this.#apply(plan, observation.pool, key, context);
    // What a step wrote to the pool itself makes the observed version stale.
    const stale = plan.steps.some(({ kind }) => kind === 'mark-pool' || kind === 'release-pool');
    if (!stale) await this.#writeStatus(key, observation, outcome, context);
    if (error !== undefined) throw toError(error);
    return plan.recheckAfterMs === undefined ? done : requeue(plan.recheckAfterMs);
  }

  #observe(key: ObjectKey): PoolObservation | undefined {
    const { pools, machines, revisions, clock, random = Math.random } = this.#options;
    const pool = pools.store.get(key);
    if (pool === undefined) return undefined;
    const { selector, virtualMachineTemplate } = pool.spec;
    const labels = virtualMachineTemplate.metadata?.labels ?? {};
    const selection = selectionOf(selector);
    const fits = Object.keys(labels).length > 0 && selection?.matches(labels) === true;
    const neighbours = machines.store.byIndex('namespace', pool.metadata.namespace ?? '');
    return {
      pool,
      selection: fits ? selection : undefined,
      members: neighbours
        .filter((machine) => isControlledBy(machine, pool))
        .map((machine) => this.#member(machine)),
      names: new Set(neighbours.map(({ metadata }) => metadata.name ?? '')),
      // What a pool owns are copies of its spec.
      revisions: revisions.store.byIndex('ownerUid', pool.metadata.uid ?? '') as readonly PoolRevision[],
      random,
      now: clock.now(),
    };
  }

  #member(machine: VirtualMachine): PoolMember {
    const found = this.#options.instances.store.get(keyOf(machine));
    const instance = found !== undefined && isControlledBy(found, machine) ? found : undefined;
    const uid = instance?.metadata.uid ?? '';
    const going = instance !== undefined && isDeleting(instance);
    if (going) this.#stopping.delete(uid);
    return { machine, instance, stopping: going || this.#stopping.has(uid) };
  }

  /** An instance that is gone is nobody's any more. */
  forget({ metadata: { uid } }: VirtualMachineInstance): void {
    if (uid !== undefined) this.#stopping.delete(uid);
  }

  async #apply(
    { stage, steps }: PoolPlan,
    pool: VirtualMachinePool,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<{ outcome: PoolOutcome; error?: unknown }> {
    const { error } = await inBurst(steps, (step) => this.#steps.apply(pool, step, key, context));
    if (error === undefined) return { outcome: {} };
    context.signal.throwIfAborted();
    return { outcome: { failure: { reason: stage, message: errorMessage(error) } }, error };
  }

  async #writeStatus(
    key: ObjectKey,
    observation: PoolObservation,
    outcome: PoolOutcome,
    { signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const { pool } = observation;
    const status = projectStatus(observation, outcome);
    if (jsonEqual(pool.status ?? {}, status)) return;
    const written = await patchIfChanged(
      this.#pools,
      pool,
      { ...pool, status },
      { subresource: 'status', signal },
    );
    if (written !== undefined) expectations.expectVersion(key, written);
    if (outcome.failure !== undefined && !isConditionTrue(pool.status?.conditions, 'ReplicaFailure'))
      this.#record(pool, { type: 'Warning', ...outcome.failure });
    this.#recordPause(pool, status);
  }

  #recordPause(pool: VirtualMachinePool, status: NonNullable<VirtualMachinePool['status']>): void {
    const paused = isConditionTrue(status.conditions, 'ReplicaPaused');
    if (paused === isConditionTrue(pool.status?.conditions, 'ReplicaPaused')) return;
    this.#record(pool, {
      type: 'Normal',
      reason: paused ? 'SuccessfulPaused' : 'SuccessfulResume',
      message: paused ? 'The machines are left as they are' : 'The machines are kept again',
    });
  }

  #record(pool: VirtualMachinePool, event: ObjectEventFacts): void {
    this.#options.recorder.record(pool, poolType, event);
  }
}
