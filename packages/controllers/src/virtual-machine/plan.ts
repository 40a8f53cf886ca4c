// What a VirtualMachine needs next, as a pure function of what is there.
//
//              start                    instance final
//   absent ------------> exists -----------------------------> final
//     ^                    | stop request, strategy, deletion    | strategy (Always, RerunOnFailure) or a new request
//     |                    v                                     v
//     +---- released <-- deleting  <-----------------------------+
//
// Each pass does at most one effect; the result comes back as an event and is the start of the next pass.
import { match } from 'ts-pattern';
import { planReferences, specsOf, withLegacyFirmwareUuid, type ReferencePlan } from '@virtkit/admission';
import {
  annotations,
  finalizers,
  type RunStrategy,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { isFinal, phaseOf } from '../instance-phase.ts';
import { hasFinalizer, isDeleting } from '../runtime/finalizers.ts';
import { controllerOf, controllerReference } from '../runtime/object-key.ts';
import { machineType } from '../kinds.ts';
import { orphanFinalizer } from '../launcher-keys.ts';
import { buildInstance } from './build-instance.ts';
import { followVolumes } from './live-update/follow-volumes.ts';
import { observeLiveUpdate } from './live-update/observe.ts';
import { planMemoryDump, type MemoryDumpEffect } from './memory-dump/plan.ts';
import type { LiveUpdateFailure } from './live-update/facts.ts';
import type { MachineObservation } from './observation.ts';
import { effectiveRunStrategy } from './run-strategy.ts';
import { isEndRecorded, startDelayLeft } from './start-failure.ts';
import { isTemplateUnchanged, observedGeneration } from './start-revision.ts';
import { planVolumeRequests, type VolumeRequestEffect } from './volume-requests.ts';
import { pendingRequests, stopsInstance } from './state-change-requests.ts';

/** Reasons of the VM's `Failure` condition that the controller itself gives. */
export type FailureReason =
  | 'FailedCreate'
  | 'FailedDelete'
  | 'FailedUpdateError'
  | 'FirmwareUUIDError'
  | 'MemoryDumpError'
  | 'UnsupportedSyncError'
  | 'FailedFindInstancetype'
  | 'FailedFindPreference'
  | LiveUpdateFailure['reason'];

/** One step towards what the machine asks for. */
export type MachineEffect =
  | { readonly kind: 'none' }
  /** Write what admission usually has written: finalizer and observed-version annotations. */
  | { readonly kind: 'mark-machine' }
  | { readonly kind: 'start-instance'; readonly instance: VirtualMachineInstance }
  /** Keep what instance type and preference are now, and remember where. */
  | { readonly kind: 'store-references'; readonly plan: Extract<ReferencePlan, { kind: 'store' }> }
  /** Write instance type and preference into the machine, which then refers to nothing. */
  | { readonly kind: 'expand-machine'; readonly plan: Extract<ReferencePlan, { kind: 'expand' }> }
  | { readonly kind: 'delete-instance'; readonly instance: VirtualMachineInstance }
  | { readonly kind: 'adopt-instance'; readonly instance: VirtualMachineInstance }
  /** The end is recorded: let the instance go. */
  | { readonly kind: 'release-instance'; readonly instance: VirtualMachineInstance }
  /** The instance still has the machine's template: it stands for the new generation. */
  | { readonly kind: 'bump-generation'; readonly instance: VirtualMachineInstance }
  /** Give the running instance what a change of the template can give it. */
  | {
      readonly kind: 'update-instance';
      readonly instance: VirtualMachineInstance;
      readonly updated: VirtualMachineInstance;
    }
  | MemoryDumpEffect
  | VolumeRequestEffect
  | { readonly kind: 'set-always' }
  /** Write down the firmware's UUID of a machine that admission gave none: the one that its instances have. */
  | { readonly kind: 'identify-machine' }
  /** Record that a new start is due before the failed instance is deleted, so that a crash cannot lose it. */
  | { readonly kind: 'request-start' }
  | { readonly kind: 'release-machine' }
  | { readonly kind: 'refuse'; readonly reason: FailureReason; readonly message: string };

/** The one step of a pass, and when to look again although nothing changed. */
export interface MachinePlan {
  readonly effect: MachineEffect;
  /** Another pass is due after this many milliseconds. */
  readonly recheckAfterMs?: number;
}

const nothing: MachinePlan = { effect: { kind: 'none' } };

/** The next step for a machine. */
export function planMachine(observation: MachineObservation): MachinePlan {
  const { machine, instance } = observation;
  if (isDeleting(machine)) return { effect: planDeletion(machine, instance) };
  if (!isMarked(machine)) return { effect: { kind: 'mark-machine' } };
  if (instance !== undefined && controllerOf(instance) === undefined) {
    return isDeleting(instance) ? nothing : { effect: { kind: 'adopt-instance', instance } };
  }
  const references = planMachineReferences(machine, observation);
  if (references !== undefined) return references;
  const plan = planRunStrategy(observation);
  if (plan.effect.kind !== 'none') return plan;
  // Only for an instance that stays: one that is about to go need not follow.
  const following =
    instance === undefined
      ? (planVolumeRequests(observation) ?? planMemoryDump(observation))
      : planFollowing(observation, instance);
  const identity = isIdentified(machine) ? undefined : ({ kind: 'identify-machine' } as const);
  return { ...plan, effect: following ?? identity ?? plan.effect };
}

function isIdentified(machine: VirtualMachine): boolean {
  return withLegacyFirmwareUuid(machine) === machine;
}

/** What is to be done about instance type and preference before anything is started from them. */
function planMachineReferences(
  machine: VirtualMachine,
  { references: found, configuration }: MachineObservation,
): MachinePlan | undefined {
  const { spec, status } = machine;
  const used = spec.instancetype ?? spec.preference ?? status?.instancetypeRef ?? status?.preferenceRef;
  if (used === undefined) return undefined;
  const owner = controllerReference(machine, machineType);
  return match(planReferences({ machine, found, configuration, owner }))
    .with({ kind: 'settled' }, () => undefined)
    .with({ kind: 'store' }, (plan): MachinePlan => ({ effect: { kind: 'store-references', plan } }))
    .with({ kind: 'expand' }, (plan): MachinePlan => ({ effect: { kind: 'expand-machine', plan } }))
    .with({ kind: 'fail' }, ({ reason, message }) => refuse(reason, message))
    .exhaustive();
}

/** How an instance that stays follows its machine. */
function planFollowing(
  observation: MachineObservation,
  instance: VirtualMachineInstance,
): MachineEffect | undefined {
  if (needsGenerationBump(observation, instance)) return { kind: 'bump-generation', instance };
  const dump = planMemoryDump(observation);
  if (dump !== undefined) return dump;
  const requested = planVolumeRequests(observation);
  if (requested !== undefined) return requested;
  const plugged = followVolumes(observation.machine, instance, observation.configuration);
  if (plugged !== undefined) return { kind: 'update-instance', instance, updated: plugged };
  const { failure, update } = observeLiveUpdate(observation) ?? {};
  if (failure !== undefined) return { kind: 'refuse', ...failure };
  return update === undefined ? undefined : { kind: 'update-instance', instance, updated: update };
}

function planRunStrategy(observation: MachineObservation): MachinePlan {
  return match(effectiveRunStrategy(observation.machine))
    .with({ kind: 'strategy' }, ({ strategy }) => planStrategy(strategy, observation))
    .with({ kind: 'contradictory' }, () =>
      refuse('FailedCreate', 'spec.running and spec.runStrategy are both set'),
    )
    .with({ kind: 'unknown' }, ({ strategy }) =>
      refuse('FailedCreate', `spec.runStrategy ${strategy} is not known`),
    )
    .exhaustive();
}

function refuse(reason: FailureReason, message: string): MachinePlan {
  return { effect: { kind: 'refuse', reason, message } };
}

function isMarked(machine: VirtualMachine): boolean {
  return (
    hasFinalizer(machine, finalizers.machine) &&
    machine.metadata.annotations?.[annotations.latestObservedApiVersion] !== undefined
  );
}

function planDeletion(machine: VirtualMachine, instance: VirtualMachineInstance | undefined): MachineEffect {
  if (!hasFinalizer(machine, finalizers.machine)) return { kind: 'none' };
  // An instance that was never adopted is not ours to delete.
  const ours = instance !== undefined && controllerOf(instance) !== undefined;
  if (!ours || hasFinalizer(machine, orphanFinalizer)) return { kind: 'release-machine' };
  if (!isDeleting(instance)) return { kind: 'delete-instance', instance };
  return mayRelease(instance) ? { kind: 'release-instance', instance } : { kind: 'none' };
}

/** KubeVirt lifecycle: the finalizer goes when the instance is final, or deleting while it waits to be received. */
function mayRelease(instance: VirtualMachineInstance): boolean {
  if (!hasFinalizer(instance, finalizers.machine)) return false;
  return isFinal(instance) || (isDeleting(instance) && phaseOf(instance) === 'WaitingForSync');
}

function needsGenerationBump(observation: MachineObservation, instance: VirtualMachineInstance): boolean {
  const { machine, startRevisions } = observation;
  if (isFinal(instance) || isDeleting(instance)) return false;
  const behind = observedGeneration(instance) !== machine.metadata.generation;
  return behind && machine.metadata.generation !== undefined && isTemplateUnchanged(machine, startRevisions);
}

function planStrategy(strategy: RunStrategy, observation: MachineObservation): MachinePlan {
  if (strategy === 'WaitAsReceiver') {
    return refuse(
      'UnsupportedSyncError',
      'spec.runStrategy WaitAsReceiver: migration between clusters is not offered',
    );
  }
  const { machine, instance } = observation;
  const plan =
    instance === undefined ? planAbsent(strategy, observation) : planPresent(strategy, observation, instance);
  if (plan.effect.kind !== 'none' || instance === undefined || !mayRelease(instance)) return plan;
  // What the instance's end means depends on both; a crash after the release could not find out any more.
  const recorded = machine.status?.runStrategy === strategy && isEndRecorded(machine, instance, strategy);
  return recorded ? { ...plan, effect: { kind: 'release-instance', instance } } : plan;
}

type OfferedStrategy = Exclude<RunStrategy, 'WaitAsReceiver'>;

function planAbsent(strategy: OfferedStrategy, observation: MachineObservation): MachinePlan {
  const { machine } = observation;
  const [head] = pendingRequests(machine, undefined);
  const startAsked = head?.action === 'Start';
  switch (strategy) {
    case 'Always':
      return planStart(observation, { backoff: true });
    case 'RerunOnFailure':
      // A strategy that is already recorded means that an instance ended well; only a request starts another.
      return startAsked || machine.status?.runStrategy !== 'RerunOnFailure'
        ? planStart(observation, { backoff: true })
        : nothing;
    case 'Manual':
      return startAsked ? planStart(observation, { backoff: false }) : nothing;
    case 'Once':
      return planStart(observation, { backoff: false });
    case 'Halted':
      return startAsked ? { effect: { kind: 'set-always' } } : nothing;
  }
}

function planStart(
  { machine, nameTaken, now, configuration, references }: MachineObservation,
  { backoff }: { backoff: boolean },
): MachinePlan {
  const unsupported = unsupportedField(machine);
  if (unsupported !== undefined) {
    return refuse('UnsupportedSyncError', `${unsupported} is not supported by this version of Virtkit`);
  }
  if (nameTaken) {
    return refuse('FailedCreate', 'another owner has a VirtualMachineInstance of this name');
  }
  const delay = backoff ? startDelayLeft(machine, now) : 0;
  if (delay > 0) return { effect: { kind: 'none' }, recheckAfterMs: delay };
  const built = buildInstance(machine, configuration, specsOf(references));
  if (built.ok) return { effect: { kind: 'start-instance', instance: built.instance } };
  return refuse('FailedCreate', built.findings.map(({ message }) => message).join('; '));
}

/** The first field of the machine that cannot be honoured; starting without it would run something else. */
function unsupportedField(machine: VirtualMachine): string | undefined {
  const { dataVolumeTemplates = [] } = machine.spec;
  return dataVolumeTemplates.length > 0 ? 'spec.dataVolumeTemplates' : undefined;
}

function planPresent(
  strategy: OfferedStrategy,
  { machine }: MachineObservation,
  instance: VirtualMachineInstance,
): MachinePlan {
  if (isDeleting(instance)) return nothing;
  const requests = pendingRequests(machine, instance);
  const stopAsked = stopsInstance(requests[0], instance);
  const remove: MachinePlan = { effect: { kind: 'delete-instance', instance } };
  switch (strategy) {
    case 'Always':
      return stopAsked || isFinal(instance) ? remove : nothing;
    case 'RerunOnFailure':
      // An absent instance is started anew unless this strategy is on record; so it goes on record first.
      if (machine.status?.runStrategy !== strategy) return nothing;
      if (stopAsked || phaseOf(instance) === 'Succeeded') return remove;
      if (phaseOf(instance) !== 'Failed') return nothing;
      return requests[0]?.action === 'Start' ? remove : { effect: { kind: 'request-start' } };
    case 'Manual':
      return stopAsked ? remove : nothing;
    case 'Halted':
      return remove;
    case 'Once':
      return nothing;
  }
}
