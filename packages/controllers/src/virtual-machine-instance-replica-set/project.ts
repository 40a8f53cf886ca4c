import {
  isConditionTrue,
  removeCondition,
  setCondition,
  type Condition,
  type VirtualMachineInstanceReplicaSetStatus,
} from '@virtkit/core-types';
import { formatTime } from '../runtime/clock.ts';
import type { ReplicaSetObservation } from './observation.ts';
import { isActive, membersOf, planReplicaSet } from './plan.ts';

/** How the steps of a pass went. */
export interface ReplicaSetOutcome {
  /** Why an instance could not be made or deleted; the first reason. */
  readonly failure?: { readonly reason: 'FailedCreate' | 'FailedDelete'; readonly message: string };
}

/** The status of the replica set after a pass; instances that the pass made or deleted count from the next one on. */
export function projectStatus(
  observation: ReplicaSetObservation,
  outcome: ReplicaSetOutcome,
): VirtualMachineInstanceReplicaSetStatus {
  const { replicaSet, selection, now } = observation;
  const before = replicaSet.status ?? {};
  if (selection === undefined) return before;
  const active = membersOf(observation, planReplicaSet(observation)).filter(isActive);
  const time = formatTime(now);
  let conditions = setFailure(before.conditions ?? [], outcome, time);
  conditions = setPaused(conditions, replicaSet.spec.paused === true, time);
  return {
    ...before,
    replicas: active.length,
    readyReplicas: active.filter(({ status }) => isConditionTrue(status?.conditions, 'Ready')).length,
    labelSelector: selection.text,
    conditions: conditions.length === 0 ? undefined : conditions,
  };
}

function setFailure(
  conditions: readonly Condition[],
  { failure }: ReplicaSetOutcome,
  now: string,
): Condition[] {
  if (failure === undefined) return removeCondition(conditions, 'ReplicaFailure');
  return setCondition(conditions, { type: 'ReplicaFailure', status: 'True', ...failure }, { now });
}

function setPaused(conditions: readonly Condition[], paused: boolean, now: string): Condition[] {
  if (!paused) return removeCondition(conditions, 'ReplicaPaused');
  const condition = {
    type: 'ReplicaPaused',
    status: 'True',
    reason: 'Paused',
    message: 'The number of instances is left as it is.',
  };
  return setCondition(conditions, condition, { now });
}
