import { match } from 'ts-pattern';
import {
  annotations,
  finalizers,
  getCondition,
  jsonEqual,
  resources,
  type PersistentVolumeClaim,
  type Pod,
  type StorageClass,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import type { ConfigurationSource } from '../cluster-configuration.ts';
import { instanceType, machineType } from '../kinds.ts';
import type { Clock } from '../runtime/clock.ts';
import { Coalescer } from '../runtime/coalescer.ts';
import { done, requeue, sooner, type Action, type ReconcileContext } from '../runtime/controller.ts';
import { errorCode, errorMessage, toError } from '../runtime/errors.ts';
import type { EventRecorder } from '../runtime/event-recorder.ts';
import type { Informer } from '../runtime/informer.ts';
import type { ClientSet, ObjectClient } from '../runtime/object-client.ts';
import { controllerOf, keyFor, type ObjectKey } from '../runtime/object-key.ts';
import { patchIfChanged } from '../runtime/patch-if-changed.ts';
import { unpausedCondition } from '../launcher-keys.ts';
import { LauncherFactFinder } from './look-up-facts.ts';
import { renderAttachmentPod } from './hotplug/attachment-pod.ts';
import { attachedTo } from './hotplug/attached-to.ts';
import { observeInstance, type InstanceObservation } from './observation.ts';
import { planInstance, type InstanceEffect } from './plan.ts';
import type { SyncProblem } from './project-conditions.ts';
import { launcherEndLeftMs, projectInstance } from './project.ts';
import { allClaimNames } from './launcher-pod/facts.ts';
import { renderPod } from './launcher-pod/render-pod.ts';
import { launcherFailure } from './launcher-failure.ts';
import { StateClaims } from './state-claim.ts';
import { isUrgent } from './urgency.ts';
import { VsockAddresses } from './vsock-addresses.ts';

/** Milliseconds between a guest's start and the first opening of its pod's readiness gate. */
const readinessDelayMs = 100;

export interface InstanceReconcilerOptions {
  readonly client: ClientSet;
  readonly machines: Informer<VirtualMachine>;
  /** Must have the index `vsockAddress`. */
  readonly instances: Informer<VirtualMachineInstance>;
  /** Must have the index `ownerUid`. */
  readonly pods: Informer<Pod>;
  /** Attachment pods; must have the index `instance` by `attachedTo`. */
  readonly attachments: Informer<Pod>;
  readonly classes: Informer<StorageClass>;
  /** Must have the index `stateOf`. */
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly configuration: ConfigurationSource;
  readonly launcherImage: string;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  /** Milliseconds that a change of no consequence may wait for company; default 2000. */
  readonly coalesceMs?: number;
}

/** observe (stores only) -> plan (pure) -> apply (one effect) -> project (pure) -> at most one patch of the instance. */
export class InstanceReconciler {
  readonly #options: InstanceReconcilerOptions;
  readonly #instances: ObjectClient<VirtualMachineInstance>;
  readonly #pods: ObjectClient<Pod>;
  readonly #facts: LauncherFactFinder;
  readonly #stateClaims: StateClaims;
  readonly #coalescer: Coalescer;
  readonly #readiness: Coalescer;
  readonly #vsockAddresses = new VsockAddresses();
  /** UIDs of the pods whose launchers' failure was told, by instance. */
  readonly #toldFailures = new Map<ObjectKey, Set<string>>();

  constructor(options: InstanceReconcilerOptions) {
    this.#options = options;
    this.#instances = options.client.resource(resources.virtualMachineInstances);
    this.#pods = options.client.resource(resources.pods);
    this.#facts = new LauncherFactFinder(options.client);
    this.#stateClaims = new StateClaims(options.client);
    this.#coalescer = new Coalescer(options.clock, options.coalesceMs ?? 2_000);
    this.#readiness = new Coalescer(options.clock, readinessDelayMs);
  }

  /** One pass over the instance of this key. @throws ApiError when an effect or the write failed */
  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Action> {
    const observation = this.#observe(key);
    if (observation === undefined) {
      this.#coalescer.settle(key);
      this.#readiness.settle(key);
      this.#vsockAddresses.forget(key);
      this.#toldFailures.delete(key);
      context.expectations.forget(key);
      return done;
    }
    this.#tellFailures(key, observation);
    const planned = planInstance(observation);
    const gateWaitMs = this.#readinessWaitMs(key, planned, observation);
    const effect: InstanceEffect = gateWaitMs > 0 ? { kind: 'none' } : planned;
    const { pod, problem, error } = await this.#apply(effect, observation, key, context);
    const after = pod === undefined ? observation : { ...observation, pod, pods: [...observation.pods, pod] };
    const written = await this.#write(key, effect, after, problem, context);
    if (error !== undefined) throw error;
    return this.#next(written, [gateWaitMs, launcherEndLeftMs(after) ?? 0]);
  }

  #next(action: Action, delays: readonly number[]): Action {
    return delays.filter((delay) => delay > 0).reduce((next, delay) => sooner(next, requeue(delay)), action);
  }

  /**
   * How long the first opening of the readiness gate still waits. That the machine runs is told first: the few writes
   * that make it ready follow when the guest, which has only begun to boot, is not kept waiting by them.
   */
  #readinessWaitMs(key: ObjectKey, effect: InstanceEffect, { pod }: InstanceObservation): number {
    const first =
      effect.kind === 'set-unpaused' &&
      getCondition(pod?.status?.conditions, unpausedCondition) === undefined;
    if (first) return this.#readiness.waitMs(key);
    this.#readiness.settle(key);
    return 0;
  }

  /** Says once how a launcher failed, of the instance and of its machine, whose next instance is another one. */
  #tellFailures(key: ObjectKey, { instance, pods }: InstanceObservation): void {
    for (const pod of pods) {
      const uid = pod.metadata.uid ?? '';
      const told = this.#toldFailures.get(key) ?? new Set();
      const message = told.has(uid) ? undefined : launcherFailure(pod);
      if (message === undefined) continue;
      this.#toldFailures.set(key, told.add(uid));
      const event = { type: 'Warning', reason: 'LauncherFailed', message } as const;
      this.#options.recorder.record(instance, instanceType, event);
      const machine = this.#machineOf(instance);
      if (machine !== undefined) this.#options.recorder.record(machine, machineType, event);
    }
  }

  #machineOf(instance: VirtualMachineInstance): VirtualMachine | undefined {
    const owner = controllerOf(instance);
    if (owner?.kind !== 'VirtualMachine') return undefined;
    return this.#options.machines.store.get(keyFor(instance.metadata.namespace, owner.name));
  }

  #observe(key: ObjectKey): InstanceObservation | undefined {
    const { instances, pods, attachments, classes, claims, launcherImage, clock } = this.#options;
    const instance = instances.store.get(key);
    if (instance === undefined) return undefined;
    const owner = controllerOf(instance);
    const machine = this.#machineOf(instance);
    return observeInstance({
      instance,
      candidates: pods.store.byIndex('ownerUid', instance.metadata.uid ?? ''),
      stateClaim: claims.store.byIndex('stateOf', key)[0],
      claims: allClaimNames(instance)
        .map((name) => claims.store.get(keyFor(instance.metadata.namespace, name)))
        .filter((claim) => claim !== undefined),
      attachments: attachments.store.byIndex('instance', attachedTo(key, instance.metadata.uid)),
      waitingClasses: new Set(
        classes.store
          .list()
          .filter(({ volumeBindingMode }) => volumeBindingMode === 'WaitForFirstConsumer')
          .map(({ metadata }) => metadata.name ?? ''),
      ),
      ownerGone: owner?.kind === 'VirtualMachine' && machine?.metadata.uid !== owner.uid,
      launcherImage,
      vsockAddress: this.#vsockAddresses.of(
        key,
        instance,
        (address) => instances.store.byIndex('vsockAddress', String(address)).length > 0,
      ),
      now: clock.now(),
    });
  }

  async #apply(
    effect: InstanceEffect,
    { instance }: InstanceObservation,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<{ pod?: Pod; problem?: SyncProblem; error?: Error }> {
    try {
      const pod = await match(effect)
        .with({ kind: 'none' }, { kind: 'mark-instance' }, () => undefined)
        .with({ kind: 'create-pod' }, () => this.#createPod(instance, key, context))
        .with({ kind: 'create-attachment' }, (create) => this.#createAttachment(instance, create, context))
        .with({ kind: 'delete-attachments' }, ({ pods }) => this.#deleteAttachments(instance, pods, context))
        .with({ kind: 'delete-pods' }, ({ pods }) => this.#deletePods(instance, pods, key, context))
        .with({ kind: 'set-unpaused' }, (gate) => this.#setUnpaused(gate, key, context))
        .with({ kind: 'mark-eviction' }, (mark) => this.#markEviction(mark, key, context))
        .exhaustive();
      return pod === undefined ? {} : { pod };
    } catch (error) {
      context.signal.throwIfAborted();
      if (errorCode(error) === 'conflict') throw error;
      const problem: SyncProblem = { reason: problemReason(effect, error), message: errorMessage(error) };
      this.#options.recorder.record(instance, instanceType, { type: 'Warning', ...problem });
      // A claim that comes asks for the next pass itself.
      if (problem.reason === 'FailedPvcNotFound') return { problem };
      return { problem, error: toError(error) };
    }
  }

  async #createPod(
    instance: VirtualMachineInstance,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<Pod> {
    const { launcherImage, recorder } = this.#options;
    const configuration = this.#options.configuration();
    const known = this.#options.claims.store.byIndex('stateOf', key);
    const stateClaim = await this.#stateClaims.ensure(instance, known, configuration, signal);
    const facts = { ...(await this.#facts.find(instance, configuration, signal)), stateClaim };
    const rendered = renderPod(instance, { configuration, launcherImage, facts });
    const pod = await this.#pods.create(rendered, { namespace: instance.metadata.namespace, signal });
    expectations.expectPresence(key, pod);
    recorder.record(instance, instanceType, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created launcher pod ${pod.metadata.name ?? ''}`,
    });
    return pod;
  }

  /** Its name follows from what it holds: creating it again on a stale store is without effect. */
  async #createAttachment(
    instance: VirtualMachineInstance,
    { launcher, volumes }: InstanceEffect & { kind: 'create-attachment' },
    { signal }: ReconcileContext,
  ): Promise<undefined> {
    const { launcherImage, recorder } = this.#options;
    const configuration = this.#options.configuration();
    const pod = renderAttachmentPod(instance, launcher, volumes, { configuration, launcherImage });
    const { namespace } = instance.metadata;
    const created = await ignoring('already-exists', this.#pods.create(pod, { namespace, signal }));
    if (created === undefined) return;
    const message = `Created attachment pod ${created.metadata.name ?? ''}`;
    recorder.record(instance, instanceType, { type: 'Normal', reason: 'SuccessfulCreate', message });
  }

  async #deleteAttachments(
    instance: VirtualMachineInstance,
    pods: readonly Pod[],
    { signal }: ReconcileContext,
  ): Promise<undefined> {
    for (const pod of pods) {
      const { name = '', namespace, uid } = pod.metadata;
      await ignoringGone(this.#pods.delete(name, { namespace, signal, preconditions: { uid } }));
      const message = `Deleted attachment pod ${name}`;
      this.#options.recorder.record(instance, instanceType, {
        type: 'Normal',
        reason: 'SuccessfulDelete',
        message,
      });
    }
  }

  async #deletePods(
    instance: VirtualMachineInstance,
    pods: readonly Pod[],
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<undefined> {
    for (const pod of pods) {
      const { name = '', namespace, uid } = pod.metadata;
      await ignoringGone(this.#pods.delete(name, { namespace, signal, preconditions: { uid } }));
      expectations.expectDeletion(key, pod);
      this.#options.recorder.record(instance, instanceType, {
        type: 'Normal',
        reason: 'SuccessfulDelete',
        message: `Deleted launcher pod ${name}`,
      });
    }
  }

  async #setUnpaused(
    { pod, condition }: InstanceEffect & { kind: 'set-unpaused' },
    key: ObjectKey,
    { signal, expectations, clock }: ReconcileContext,
  ): Promise<undefined> {
    const { name = '', namespace } = pod.metadata;
    const lastTransitionTime = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    // Strategic merge adds to the conditions by type, so the kubelet's own are not overwritten.
    const body = { status: { conditions: [{ ...condition, lastTransitionTime }] } };
    const written = await ignoringGone(
      this.#pods.patch(name, { type: 'strategic', body }, { namespace, subresource: 'status', signal }),
    );
    if (written !== undefined) expectations.expectVersion(key, written);
  }

  async #markEviction(
    { pod, inProgress }: InstanceEffect & { kind: 'mark-eviction' },
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<undefined> {
    const { name = '', namespace } = pod.metadata;
    const value = inProgress ? 'true' : null;
    const body = { metadata: { annotations: { [annotations.evictionInProgress]: value } } };
    const written = await ignoringGone(
      this.#pods.patch(name, { type: 'merge', body }, { namespace, signal }),
    );
    if (written !== undefined) expectations.expectVersion(key, written);
  }

  async #write(
    key: ObjectKey,
    effect: InstanceEffect,
    observation: InstanceObservation,
    problem: SyncProblem | undefined,
    { signal, expectations }: ReconcileContext,
  ): Promise<Action> {
    const { instance } = observation;
    const desired =
      effect.kind === 'mark-instance' ? marked(instance) : projectInstance(observation, problem);
    if (jsonEqual(instance, desired)) {
      this.#coalescer.settle(key);
      return done;
    }
    const urgent = effect.kind === 'mark-instance' || isUrgent(instance, desired);
    const waitMs = urgent ? 0 : this.#coalescer.waitMs(key);
    if (waitMs > 0) return requeue(waitMs);
    const written = await ignoringGone(patchIfChanged(this.#instances, instance, desired, { signal }));
    if (written !== undefined) expectations.expectVersion(key, written);
    this.#coalescer.settle(key);
    return done;
  }
}

function marked(instance: VirtualMachineInstance): VirtualMachineInstance {
  const { metadata } = instance;
  return {
    ...instance,
    metadata: { ...metadata, finalizers: [...(metadata.finalizers ?? []), finalizers.instance] },
  };
}

function problemReason(effect: InstanceEffect, error: unknown): SyncProblem['reason'] {
  switch (errorCode(error)) {
    case 'missing-claim':
      return 'FailedPvcNotFound';
    case 'no-storage-class':
      return 'FailedBackendStorageCreate';
    case 'lost-claim':
      return 'BackendStorageNotReady';
  }
  switch (effect.kind) {
    case 'delete-pods':
      return 'FailedDelete';
    case 'set-unpaused':
    case 'mark-eviction':
      return 'FailedPodPatch';
    default:
      return 'FailedCreate';
  }
}

/** The result, or undefined when the object is gone, which its own event tells as well. */
function ignoringGone<T>(call: Promise<T>): Promise<T | undefined> {
  return ignoring('not-found', call);
}

/** The result, or undefined when the call failed with this code because its work is done already. */
async function ignoring<T>(code: string, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (errorCode(error) === code) return undefined;
    throw error;
  }
}
