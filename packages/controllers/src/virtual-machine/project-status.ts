import {
  getCondition,
  removeCondition,
  setCondition,
  type Condition,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineStatus,
} from '@virtkit/core-types';
import { formatTime } from '../runtime/clock.ts';
import { projectMemoryDumpRequest } from './memory-dump/project.ts';
import type { MachineObservation } from './observation.ts';
import type { FailureReason, MachineEffect } from './plan.ts';
import { printableStatus } from './printable-status.ts';
import { observeLiveUpdate } from './live-update/observe.ts';
import { effectiveRunStrategy } from './run-strategy.ts';
import { projectStartFailure } from './start-failure.ts';
import { observedGeneration } from './start-revision.ts';
import { openVolumeRequests } from './volume-requests.ts';
import { pendingRequests } from './state-change-requests.ts';

/** How the effect of a pass went. */
export interface MachineOutcome {
  readonly effect: MachineEffect;
  /** The instance that the effect created. */
  readonly created?: VirtualMachineInstance;
  readonly failure?: { readonly reason: FailureReason; readonly message: string };
}

/** The conditions of a VM that are its own; all others mirror its instance. */
const ownConditions = ['Ready', 'Failure', 'RestartRequired'];

/** The status of the machine after a pass; whatever it does not know of the old status is kept. */
export function projectStatus(
  observation: MachineObservation,
  outcome: MachineOutcome,
  random: () => number,
): VirtualMachineStatus {
  const { machine, now } = observation;
  const instance = outcome.created ?? observation.instance;
  const effective = effectiveRunStrategy(machine);
  const strategy = effective.kind === 'strategy' ? effective.strategy : undefined;
  const before = machine.status ?? {};
  const requests = projectRequests(machine, instance, outcome);
  const created = instance !== undefined;
  const startFailure = projectStartFailure(machine, instance, strategy, { now, random });
  return {
    ...before,
    created: created || undefined,
    ready: getCondition(instance?.status?.conditions, 'Ready')?.status === 'True' || undefined,
    // From the first instance on: a strategy that was never in force must not count as one that already ran.
    runStrategy: created || before.runStrategy !== undefined ? strategy : undefined,
    stateChangeRequests: requests.length === 0 ? undefined : requests,
    startFailure,
    observedGeneration: (instance && observedGeneration(instance)) ?? before.observedGeneration,
    desiredGeneration: created ? machine.metadata.generation : before.desiredGeneration,
    printableStatus: printableStatus({
      machine,
      instance,
      deletionIssued: outcome.effect.kind === 'delete-instance' && outcome.failure === undefined,
      strategy,
      failedStarts: startFailure?.consecutiveFailCount ?? 0,
      unboundClaim: (observation.claims ?? []).some(({ status }) => status?.phase !== 'Bound'),
      now,
    }),
    memoryDumpRequest: projectMemoryDumpRequest(observation),
    volumeRequests: openVolumeRequests(machine),
    conditions: projectConditions(observation, instance, outcome),
  };
}

function projectRequests(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  outcome: MachineOutcome,
): NonNullable<VirtualMachineStatus['stateChangeRequests']> {
  const pending = [...pendingRequests(machine, instance)];
  return outcome.effect.kind === 'request-start' ? [...pending, { action: 'Start' }] : pending;
}

function projectConditions(
  observation: MachineObservation,
  instance: VirtualMachineInstance | undefined,
  outcome: MachineOutcome,
): Condition[] {
  const { machine, now } = observation;
  const time = formatTime(now);
  let conditions = mirror(machine.status?.conditions ?? [], instance);
  conditions = setCondition(conditions, readyCondition(instance), { now: time });
  conditions = setFailure(conditions, outcome, time);
  return setRestartRequired(conditions, time, () => {
    const restarted = outcome.created !== undefined || outcome.effect.kind === 'delete-instance';
    if (instance === undefined || restarted) return restarted ? false : undefined;
    return observeLiveUpdate(observation)?.restartRequired;
  });
}

/** While an instance exists, the VM shows its conditions one to one; afterwards the last ones stay. */
function mirror(current: readonly Condition[], instance: VirtualMachineInstance | undefined): Condition[] {
  if (instance === undefined) return [...current];
  const mirrored = (instance.status?.conditions ?? []).filter(({ type }) => !ownConditions.includes(type));
  const kept = current.filter(
    ({ type }) => ownConditions.includes(type) || getCondition(mirrored, type) !== undefined,
  );
  return mirrored.reduce((list, condition) => setCondition(list, condition), kept);
}

function readyCondition(instance: VirtualMachineInstance | undefined): Condition {
  if (instance === undefined) {
    return {
      type: 'Ready',
      status: 'False',
      reason: 'VMINotExists',
      message: 'The instance does not exist.',
    };
  }
  return (
    getCondition(instance.status?.conditions, 'Ready') ?? {
      type: 'Ready',
      status: 'False',
      reason: 'VMIConditionMissing',
      message: 'The instance does not tell yet whether it is ready.',
    }
  );
}

function setFailure(conditions: Condition[], { failure }: MachineOutcome, now: string): Condition[] {
  if (failure === undefined) return removeCondition(conditions, 'Failure');
  return setCondition(conditions, { type: 'Failure', status: 'True', ...failure }, { now });
}

function setRestartRequired(
  conditions: Condition[],
  now: string,
  isRequired: () => boolean | undefined,
): Condition[] {
  const required = isRequired();
  if (required === undefined) return conditions;
  if (!required) return removeCondition(conditions, 'RestartRequired');
  return setCondition(
    conditions,
    {
      type: 'RestartRequired',
      status: 'True',
      message: 'The template differs from the running instance; a restart carries it over.',
    },
    { now },
  );
}
