import {
  getCondition,
  isConditionTrue,
  type Condition,
  type PrintableStatus,
  type RunStrategy,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { isFinal, phaseOf } from '../instance-phase.ts';
import { isDeleting } from '../runtime/finalizers.ts';

export interface PrintableFacts {
  readonly machine: VirtualMachine;
  /** The instance as the pass leaves it: absent while its creation has failed or its deletion is done. */
  readonly instance: VirtualMachineInstance | undefined;
  /** The pass asked for the instance's deletion. */
  readonly deletionIssued: boolean;
  readonly strategy: RunStrategy | undefined;
  /** Starts that failed in a row, this pass included. */
  readonly failedStarts: number;
  readonly now: number;
}

const starting = ['Pending', 'Scheduling', 'Scheduled'];
const crashLooping: readonly (RunStrategy | undefined)[] = ['Always', 'RerunOnFailure', 'Once'];

/**
 * One word for people (KubeVirt lifecycle, printableStatus): the first rule that holds. The rules about DataVolumes and
 * claims are absent, because machines with them are refused before anything is created.
 */
export function printableStatus(facts: PrintableFacts): PrintableStatus {
  const { machine, instance, strategy } = facts;
  if (isDeleting(machine)) return 'Terminating';
  if (instance === undefined || isFinal(instance)) {
    return facts.failedStarts > 0 && crashLooping.includes(strategy) ? 'CrashLoopBackOff' : 'Stopped';
  }
  return presentStatus(facts, instance);
}

function presentStatus(facts: PrintableFacts, instance: VirtualMachineInstance): PrintableStatus {
  const conditions = instance.status?.conditions;
  const phase = phaseOf(instance);
  if (isDeleting(instance) || facts.deletionIssued) return 'Stopping';
  if (isMigrating(instance, facts.now)) return 'Migrating';
  if (phase === 'Running') return isConditionTrue(conditions, 'Paused') ? 'Paused' : 'Running';
  if (isFalseBecause(conditions, 'Synchronized', 'FailedPvcNotFound')) return 'ErrorPvcNotFound';
  if (isFalseBecause(conditions, 'PodScheduled', 'Unschedulable')) return 'ErrorUnschedulable';
  if (isFalseBecause(conditions, 'Synchronized', 'ErrImagePull')) return 'ErrImagePull';
  if (isFalseBecause(conditions, 'Synchronized', 'ImagePullBackOff')) return 'ImagePullBackOff';
  if (starting.includes(phase)) return 'Starting';
  if (facts.strategy === 'WaitAsReceiver' && phase === 'WaitingForSync') return 'WaitingForReceiver';
  return 'Unknown';
}

function isFalseBecause(conditions: readonly Condition[] | undefined, type: string, reason: string): boolean {
  const condition = getCondition(conditions, type);
  return condition?.status === 'False' && condition.reason === reason;
}

/** Whether the instance is on its way to another node. */
export function isMigrating(instance: VirtualMachineInstance, now: number): boolean {
  const { startTimestamp, endTimestamp } = instance.status?.migrationState ?? {};
  const started = startTimestamp != null && Date.parse(startTimestamp) <= now;
  return started && (endTimestamp == null || Date.parse(endTimestamp) > now);
}
