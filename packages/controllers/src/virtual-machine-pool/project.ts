import {
  removeCondition,
  setCondition,
  type Condition,
  type VirtualMachinePoolStatus,
} from '@virtkit/core-types';
import { formatTime } from '../runtime/clock.ts';
import type { PoolObservation } from './observation.ts';
import type { PoolStage } from './plan.ts';
import { isReady } from './rolling-update.ts';

/** How the steps of a pass went. */
export interface PoolOutcome {
  /** The first step that failed. */
  readonly failure?: { readonly reason: PoolStage; readonly message: string };
}

/** The status of the pool after a pass; machines that the pass made or deleted count from the next one on. */
export function projectStatus(
  { pool, selection, members, now }: PoolObservation,
  { failure }: PoolOutcome,
): VirtualMachinePoolStatus {
  const before = pool.status ?? {};
  const time = { now: formatTime(now) };
  const failed: Condition[] =
    failure === undefined
      ? removeCondition(before.conditions, 'ReplicaFailure')
      : setCondition(before.conditions, { type: 'ReplicaFailure', status: 'True', ...failure }, time);
  const conditions =
    pool.spec.paused === true
      ? setCondition(failed, pausedCondition, time)
      : removeCondition(failed, 'ReplicaPaused');
  return {
    ...before,
    replicas: members.length,
    readyReplicas: members.filter(({ machine }) => isReady(machine)).length,
    ...(selection === undefined ? {} : { labelSelector: selection.text }),
    conditions: conditions.length === 0 ? undefined : conditions,
  };
}

const pausedCondition: Condition = {
  type: 'ReplicaPaused',
  status: 'True',
  reason: 'SuccessfulPaused',
  message: 'The machines are left as they are.',
};
