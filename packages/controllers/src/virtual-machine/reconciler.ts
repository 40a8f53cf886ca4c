import { match } from 'ts-pattern';
import {
  findReferences,
  withLegacyFirmwareUuid,
  type ReferenceLookup,
  type ReferencePlan,
} from '@virtkit/admission';
import {
  annotations,
  finalizers,
  jsonEqual,
  resources,
  type PersistentVolumeClaim,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { controllerRevisions, machineType, type ControllerRevision } from '../kinds.ts';
import { done, requeue, sooner, type Action, type ReconcileContext } from '../runtime/controller.ts';
import type { ConfigurationSource } from '../cluster-configuration.ts';
import { errorCode, errorMessage, toError } from '../runtime/errors.ts';
import type { EventRecorder, ObjectEventFacts } from '../runtime/event-recorder.ts';
import { removeFinalizersPatch } from '../runtime/finalizers.ts';
import type { Informer } from '../runtime/informer.ts';
import type { ClientSet, ObjectClient } from '../runtime/object-client.ts';
import { controllerOf, controllerReference, isControlledBy, type ObjectKey } from '../runtime/object-key.ts';
import { patchIfChanged } from '../runtime/patch-if-changed.ts';
import type { Clock } from '../runtime/clock.ts';
import { observedApiVersion } from '../launcher-keys.ts';
import type { MachineObservation } from './observation.ts';
import { claimKeys, dumpClaimKey } from './template-claims.ts';
import { failureReason, writesMachine } from './effect-consequences.ts';
import { planMachine, type MachineEffect } from './plan.ts';
import { projectStatus, type MachineOutcome } from './project-status.ts';
import { storeRevision } from './reference-revisions.ts';
import { buildStartRevision, startRevisions } from './start-revision.ts';
import { StatusTiming, type StatusTimingOptions } from './status-timing.ts';

export interface MachineReconcilerOptions extends StatusTimingOptions {
  readonly client: ClientSet;
  readonly machines: Informer<VirtualMachine>;
  readonly instances: Informer<VirtualMachineInstance>;
  /** Must have the index `ownerUid`. */
  readonly revisions: Informer<ControllerRevision>;
  readonly claims: Informer<PersistentVolumeClaim>;
  /** Finds what machines refer to. */
  readonly references: ReferenceLookup;
  readonly configuration: ConfigurationSource;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  /** Numbers in [0, 1), for the back-off. */
  readonly random?: () => number;
}

/** observe (stores only) -> plan (pure) -> apply (one effect) -> project (pure) -> at most one status patch. */
export class MachineReconciler {
  readonly #options: MachineReconcilerOptions;
  readonly #machines: ObjectClient<VirtualMachine>;
  readonly #instances: ObjectClient<VirtualMachineInstance>;
  readonly #revisions: ObjectClient<ControllerRevision>;
  readonly #timing: StatusTiming;

  constructor(options: MachineReconcilerOptions) {
    this.#options = options;
    this.#machines = options.client.resource(resources.virtualMachines);
    this.#instances = options.client.resource(resources.virtualMachineInstances);
    this.#revisions = options.client.resource(controllerRevisions);
    this.#timing = new StatusTiming(options.clock, options);
  }

  /** One pass over the machine of this key. @throws ApiError when an effect or the status write failed */
  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Action> {
    const observation = await this.#observe(key);
    if (observation === undefined) {
      this.#timing.settle(key);
      context.expectations.forget(key);
      return done;
    }
    const { effect, recheckAfterMs } = planMachine(observation);
    const { outcome, error } = await this.#apply(effect, observation, key, context);
    const gone = effect.kind === 'release-machine' && error === undefined;
    const written = gone ? done : await this.#writeStatus(key, observation, outcome, context);
    if (error !== undefined) throw error;
    return recheckAfterMs === undefined ? written : sooner(written, requeue(recheckAfterMs));
  }

  async #observe(key: ObjectKey): Promise<MachineObservation | undefined> {
    const { machines, instances, revisions, references, configuration, clock } = this.#options;
    const machine = machines.store.get(key);
    if (machine === undefined) return undefined;
    const namesake = instances.store.get(key);
    const foreign =
      namesake !== undefined && controllerOf(namesake) !== undefined && !isControlledBy(namesake, machine);
    const owned = revisions.store.byIndex('ownerUid', machine.metadata.uid ?? '');
    const starts = startRevisions(machine, owned);
    const started = starts[0]?.data?.spec;
    const before = started && { ...machine, spec: started, status: undefined };
    return {
      machine,
      instance: foreign ? undefined : namesake,
      nameTaken: foreign,
      startRevisions: starts,
      references: await findReferences(machine, references),
      claims: claimKeys(machine)
        .map((claim) => this.#options.claims.store.get(claim))
        .filter((claim) => claim !== undefined),
      dumpClaim: this.#dumpClaim(machine),
      startedReferences: before && (await findReferences(before, references)),
      configuration: configuration(),
      now: clock.now(),
    };
  }

  #dumpClaim(machine: VirtualMachine): PersistentVolumeClaim | undefined {
    const key = dumpClaimKey(machine);
    return key === undefined ? undefined : this.#options.claims.store.get(key);
  }

  /** Carries out the effect; an error becomes part of the status before it becomes the reason for another pass. */
  async #apply(
    effect: MachineEffect,
    observation: MachineObservation,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<{ outcome: MachineOutcome; error?: Error }> {
    if (effect.kind === 'refuse') {
      const { reason, message } = effect;
      // What cannot be found is told as a creation that failed; the condition says more.
      const told = reason.startsWith('FailedFind') ? 'FailedCreate' : reason;
      this.#record(observation.machine, { type: 'Warning', reason: told, message });
      return { outcome: { effect, failure: { reason, message } } };
    }
    try {
      return { outcome: await this.#carryOut(effect, observation, key, context) };
    } catch (error) {
      context.signal.throwIfAborted();
      // Somebody wrote first, or it is gone already: the next pass sees it, and nobody needs to be told.
      if (errorCode(error) === 'conflict') throw error;
      const failure = { reason: failureReason(effect), message: errorMessage(error) };
      this.#record(observation.machine, { type: 'Warning', ...failure });
      return { outcome: { effect, failure }, error: toError(error) };
    }
  }

  async #carryOut(
    effect: Exclude<MachineEffect, { kind: 'refuse' }>,
    observation: MachineObservation,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<MachineOutcome> {
    const { machine } = observation;
    const created = await match(effect)
      .with({ kind: 'none' }, { kind: 'request-start' }, () => undefined)
      .with({ kind: 'start-instance' }, ({ instance }) => this.#start(observation, instance, key, context))
      .with({ kind: 'store-references' }, ({ plan }) => this.#storeReferences(machine, plan, key, context))
      .with({ kind: 'expand-machine' }, ({ plan }) => this.#expand(machine, plan, key, context))
      .with({ kind: 'mark-machine' }, () => this.#mark(machine, key, context))
      .with({ kind: 'set-always' }, () => this.#setAlways(machine, key, context))
      .with({ kind: 'identify-machine' }, () => this.#identify(machine, key, context))
      .with({ kind: 'change-template' }, ({ changed }) => this.#changeMachine(machine, changed, key, context))
      .with({ kind: 'annotate-claim' }, ({ claim, annotated }) => this.#annotate(claim, annotated, context))
      .with({ kind: 'release-machine' }, () => this.#releaseMachine(machine, context))
      .with({ kind: 'delete-instance' }, ({ instance }) => this.#delete(machine, instance, key, context))
      .with({ kind: 'adopt-instance' }, ({ instance }) => this.#adopt(machine, instance, key, context))
      .with({ kind: 'release-instance' }, ({ instance }) => this.#releaseInstance(instance, key, context))
      .with({ kind: 'bump-generation' }, ({ instance }) => this.#bump(machine, instance, key, context))
      .with({ kind: 'update-instance' }, ({ instance, updated }) =>
        this.#patchInstance(instance, updated, key, context),
      )
      .exhaustive();
    return created === undefined ? { effect } : { effect, created };
  }

  async #start(
    { machine, startRevisions: existing }: MachineObservation,
    planned: VirtualMachineInstance,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<VirtualMachineInstance> {
    const { signal, expectations } = context;
    const { namespace } = machine.metadata;
    const revision = buildStartRevision(machine);
    // The copy comes first, so that a running instance always has one.
    if (!existing.some(({ metadata }) => metadata.name === revision.metadata.name)) {
      await ignoring('already-exists', this.#revisions.create(revision, { namespace, signal }));
    }
    const instance = await this.#instances.create(planned, { namespace, signal });
    expectations.expectPresence(key, instance);
    this.#record(machine, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Started the virtual machine by creating instance ${instance.metadata.name ?? ''}`,
    });
    const older = existing.map(({ metadata }) => metadata.name ?? '');
    await this.#deleteRevisions(
      machine,
      older.filter((name) => name !== revision.metadata.name),
      context,
    );
    return instance;
  }

  async #storeReferences(
    machine: VirtualMachine,
    { create, refs, obsolete }: Extract<ReferencePlan, { kind: 'store' }>,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<undefined> {
    const { signal, expectations } = context;
    for (const revision of create) {
      const created = await storeRevision(this.#revisions, revision, { signal });
      if (created !== undefined) expectations.expectPresence(key, created);
    }
    const remembered = { ...machine, status: { ...machine.status, ...refs } };
    const written = await patchIfChanged(this.#machines, machine, remembered, {
      subresource: 'status',
      signal,
    });
    if (written !== undefined) expectations.expectVersion(key, written);
    await this.#deleteRevisions(machine, obsolete, context);
  }

  async #expand(
    machine: VirtualMachine,
    { machine: expanded, obsolete }: Extract<ReferencePlan, { kind: 'expand' }>,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<undefined> {
    // The status forgets the references in the next pass.
    const desired = { ...expanded, status: machine.status };
    const written = await patchIfChanged(this.#machines, machine, desired, { signal: context.signal });
    if (written !== undefined) context.expectations.expectVersion(key, written);
    await this.#deleteRevisions(machine, obsolete, context);
  }

  async #deleteRevisions(
    { metadata: { namespace } }: VirtualMachine,
    names: readonly string[],
    { signal }: ReconcileContext,
  ): Promise<void> {
    for (const name of names) {
      await ignoring('not-found', this.#revisions.delete(name, { namespace, signal }));
    }
  }

  async #delete(
    machine: VirtualMachine,
    instance: VirtualMachineInstance,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<undefined> {
    const { name = '', namespace, uid } = instance.metadata;
    const deletion = this.#instances.delete(name, { namespace, signal, preconditions: { uid } });
    await ignoring('not-found', deletion);
    expectations.expectDeletion(key, instance);
    this.#record(machine, {
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Stopped the virtual machine by deleting instance ${name}`,
    });
  }

  async #mark(machine: VirtualMachine, key: ObjectKey, context: ReconcileContext): Promise<undefined> {
    const { metadata } = machine;
    const marked: VirtualMachine = {
      ...machine,
      metadata: {
        ...metadata,
        finalizers: [...new Set([...(metadata.finalizers ?? []), finalizers.machine])],
        annotations: {
          ...metadata.annotations,
          [annotations.latestObservedApiVersion]: observedApiVersion,
          [annotations.storageObservedApiVersion]: observedApiVersion,
        },
      },
    };
    const written = await patchIfChanged(this.#machines, machine, marked, { signal: context.signal });
    if (written !== undefined) context.expectations.expectVersion(key, written);
  }

  #identify(machine: VirtualMachine, key: ObjectKey, context: ReconcileContext): Promise<undefined> {
    return this.#changeMachine(machine, withLegacyFirmwareUuid(machine), key, context);
  }

  async #changeMachine(
    machine: VirtualMachine,
    changed: VirtualMachine,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<undefined> {
    const written = await patchIfChanged(this.#machines, machine, changed, { signal });
    if (written !== undefined) expectations.expectVersion(key, written);
  }

  async #annotate(
    claim: PersistentVolumeClaim,
    annotated: PersistentVolumeClaim,
    { signal }: ReconcileContext,
  ): Promise<undefined> {
    const claims = this.#options.client.resource(resources.persistentVolumeClaims);
    await ignoring('not-found', patchIfChanged(claims, claim, annotated, { signal }));
  }

  async #setAlways(machine: VirtualMachine, key: ObjectKey, context: ReconcileContext): Promise<undefined> {
    const { running, runStrategy } = machine.spec;
    const spec =
      running === undefined ? { ...machine.spec, runStrategy: 'Always' } : { ...machine.spec, running: true };
    context.logger.info('a start request changes the run strategy', { key, running, runStrategy });
    const written = await patchIfChanged(
      this.#machines,
      machine,
      { ...machine, spec },
      { signal: context.signal },
    );
    if (written !== undefined) context.expectations.expectVersion(key, written);
  }

  async #releaseMachine(machine: VirtualMachine, { signal }: ReconcileContext): Promise<undefined> {
    const operations = removeFinalizersPatch(machine, [finalizers.machine]);
    if (operations === undefined) return;
    const { name = '', namespace } = machine.metadata;
    await ignoring(
      'not-found',
      this.#machines.patch(name, { type: 'json', operations }, { namespace, signal }),
    );
  }

  async #adopt(
    machine: VirtualMachine,
    instance: VirtualMachineInstance,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<undefined> {
    const owned: VirtualMachineInstance = {
      ...instance,
      metadata: {
        ...instance.metadata,
        ownerReferences: [
          ...(instance.metadata.ownerReferences ?? []),
          controllerReference(machine, machineType),
        ],
      },
    };
    await this.#patchInstance(instance, owned, key, context);
  }

  async #bump(
    machine: VirtualMachine,
    instance: VirtualMachineInstance,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<undefined> {
    const generation = String(machine.metadata.generation);
    const { metadata } = instance;
    const bumped: VirtualMachineInstance = {
      ...instance,
      metadata: {
        ...metadata,
        annotations: { ...metadata.annotations, [annotations.machineGeneration]: generation },
      },
    };
    await this.#patchInstance(instance, bumped, key, context);
  }

  async #releaseInstance(
    instance: VirtualMachineInstance,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<undefined> {
    const operations = removeFinalizersPatch(instance, [finalizers.machine]);
    if (operations === undefined) return;
    const { name = '', namespace } = instance.metadata;
    const patch = this.#instances.patch(name, { type: 'json', operations }, { namespace, signal });
    const written = await ignoring('not-found', patch);
    if (written !== undefined) expectations.expectVersion(key, written);
  }

  async #patchInstance(
    observed: VirtualMachineInstance,
    desired: VirtualMachineInstance,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const written = await patchIfChanged(this.#instances, observed, desired, { signal });
    if (written !== undefined) expectations.expectVersion(key, written);
  }

  async #writeStatus(
    key: ObjectKey,
    observation: MachineObservation,
    outcome: MachineOutcome,
    { signal, expectations }: ReconcileContext,
  ): Promise<Action> {
    const { machine } = observation;
    // An effect on the machine itself made the observed version stale; its own event brings the next pass.
    if (writesMachine(outcome.effect) && outcome.failure === undefined) return done;
    const status = projectStatus(observation, outcome, this.#options.random ?? Math.random);
    if (jsonEqual(machine.status ?? undefined, status)) {
      this.#timing.settle(key);
      return done;
    }
    const waitMs = this.#timing.waitMs(key, machine.status, status);
    if (waitMs > 0) return requeue(waitMs);
    const written = await patchIfChanged(
      this.#machines,
      machine,
      { ...machine, status },
      { subresource: 'status', signal },
    );
    if (written !== undefined) expectations.expectVersion(key, written);
    this.#timing.settle(key);
    return done;
  }

  #record(machine: VirtualMachine, event: ObjectEventFacts): void {
    this.#options.recorder.record(machine, machineType, event);
  }
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
