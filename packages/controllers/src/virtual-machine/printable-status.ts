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
  /** A claim of the machine's volumes exists and is not bound. */
  readonly unboundClaim: boolean;
  readonly now: number;
}

const starting = ['Pending', 'Scheduling', 'Scheduled'];
const crashLooping: readonly (RunStrategy | undefined)[] = ['Always', 'RerunOnFailure', 'Once'];

/**
 * One word for people (KubeVirt lifecycle, printableStatus): the first rule that holds. The rules about DataVolumes
 * are absent: a machine uses the claim of a DataVolume's name, whoever made it.
 */
export function printableStatus(facts: PrintableFacts): PrintableStatus {
  const { machine, instance, strategy } = facts;
  if (isDeleting(machine)) return 'Terminating';
  if (facts.unboundClaim && mayStart(facts) && instance === undefined) return 'WaitingForVolumeBinding';
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
  if (facts.unboundClaim && mayStart(facts)) return 'WaitingForVolumeBinding';
  if (isFalseBecause(conditions, 'Synchronized', 'ErrImagePull')) return 'ErrImagePull';
  if (isFalseBecause(conditions, 'Synchronized', 'ImagePullBackOff')) return 'ImagePullBackOff';
  if (starting.includes(phase)) return 'Starting';
  if (facts.strategy === 'WaitAsReceiver' && phase === 'WaitingForSync') return 'WaitingForReceiver';
  return 'Unknown';
}

/** KubeVirt lifecycle, "set to start": the strategy wants an instance, or one is there that nobody wants to stop. */
function mayStart({ strategy, instance }: PrintableFacts): boolean {
  switch (strategy) {
    case 'Always':
      return true;
    case 'Manual':
    case 'RerunOnFailure':
      return instance !== undefined;
    case 'Once':
      return instance === undefined;
    case 'Halted':
    case 'WaitAsReceiver':
    case undefined:
      return false;
  }
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
