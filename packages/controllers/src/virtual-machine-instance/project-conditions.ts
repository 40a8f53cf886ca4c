import {
  conditionReasons,
  getCondition,
  instanceConditions,
  removeCondition,
  setCondition,
  type Condition,
} from '@virtkit/core-types';
import { formatTime } from '../runtime/clock.ts';
import type { InstanceObservation } from './observation.ts';
import { imagePullProblem, isPodDown, schedulingProblem } from './pod-state.ts';

/** Why the controller could not do what the instance needs; becomes `Synchronized` = False. */
export interface SyncProblem {
  readonly reason:
    | 'FailedCreate'
    | 'FailedPvcNotFound'
    | 'FailedBackendStorageCreate'
    | 'BackendStorageNotReady'
    | 'FailedDelete'
    | 'FailedPodPatch'
    | 'ErrImagePull'
    | 'ImagePullBackOff';
  readonly message: string;
}

/** The conditions that virt-controller writes; all others stay as they are. */
export function projectConditions(
  observation: InstanceObservation,
  phase: string,
  problem: SyncProblem | undefined,
): Condition[] {
  const now = formatTime(observation.now);
  let conditions: Condition[] = [...(observation.instance.status?.conditions ?? [])];
  conditions = setCondition(conditions, ready(observation, phase), { now });
  conditions = synchronized(conditions, observation, phase, problem, now);
  conditions = evictionRequested(conditions, observation, now);
  return podScheduled(conditions, observation, phase, problem, now);
}

function ready({ pod }: InstanceObservation, phase: string): Condition {
  const no = (reason: string, message: string): Condition => ({
    type: 'Ready',
    status: 'False',
    reason,
    message,
  });
  if (pod === undefined) return no('PodNotExists', 'The launcher pod does not exist.');
  if (isPodDown(pod)) return no('PodTerminating', 'The launcher pod is ending.');
  if (phase !== 'Running') return no('GuestNotRunning', 'The guest is not running.');
  return (
    getCondition(pod.status?.conditions, 'Ready') ??
    no('PodConditionMissing', 'The launcher pod does not tell yet whether it is ready.')
  );
}

/** Reasons of ours that are over when the Pod runs. */
const beforeStart = [
  'ErrImagePull',
  'ImagePullBackOff',
  'FailedCreate',
  'FailedPvcNotFound',
  'FailedBackendStorageCreate',
  'BackendStorageNotReady',
];

/** In Scheduled and Running the condition belongs to virt-handler. */
function synchronized(
  conditions: Condition[],
  { pod }: InstanceObservation,
  phase: string,
  problem: SyncProblem | undefined,
  now: string,
): Condition[] {
  if (phase === 'Scheduled' || phase === 'Running') {
    const ours = getCondition(conditions, 'Synchronized')?.reason;
    return ours !== undefined && beforeStart.includes(ours)
      ? removeCondition(conditions, 'Synchronized')
      : conditions;
  }
  const found = problem ?? (pod === undefined ? undefined : imagePullProblem(pod));
  if (found === undefined) return removeCondition(conditions, 'Synchronized');
  const { reason, message } = found;
  return setCondition(conditions, { type: 'Synchronized', status: 'False', reason, message }, { now });
}

/** The eviction webhook marks an instance that is to leave its node; cancelling takes the mark away. */
function evictionRequested(
  conditions: Condition[],
  { instance }: InstanceObservation,
  now: string,
): Condition[] {
  const type = instanceConditions.evictionRequested;
  const node = instance.status?.evacuationNodeName;
  if (!node) return removeCondition(conditions, type);
  const reason = conditionReasons.evictionRequested;
  const message = `The instance is to leave node ${node}.`;
  return setCondition(conditions, { type, status: 'True', reason, message }, { now });
}

function podScheduled(
  conditions: Condition[],
  { pod }: InstanceObservation,
  phase: string,
  sync: SyncProblem | undefined,
  now: string,
): Condition[] {
  const problem = pod === undefined ? missingClaim(sync) : schedulingProblem(pod);
  const expected = pod === undefined ? 'Pending' : 'Scheduling';
  if (problem === undefined || phase !== expected) return removeCondition(conditions, 'PodScheduled');
  if (getCondition(conditions, 'PodScheduled') !== undefined) return conditions;
  return setCondition(conditions, { type: 'PodScheduled', status: 'False', ...problem }, { now });
}

/** KubeVirt lifecycle: a pod that cannot be made for want of a claim counts as one that finds no node. */
function missingClaim(sync: SyncProblem | undefined): { reason: string; message: string } | undefined {
  return sync?.reason === 'FailedPvcNotFound'
    ? { reason: 'Unschedulable', message: sync.message }
    : undefined;
}
