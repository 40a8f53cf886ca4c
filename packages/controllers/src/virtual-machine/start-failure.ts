// Back-off of machines whose instances end before the guest ever ran.
import type {
  RunStrategy,
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachineStartFailure,
} from '@virtkit/core-types';
import { isFinal, reachedRunning } from '../instance-phase.ts';
import { formatTime } from '../runtime/clock.ts';

const maxDelaySeconds = 300;
const counting: readonly (RunStrategy | undefined)[] = ['Always', 'RerunOnFailure', 'Once'];

/**
 * Seconds to wait after the n-th failure in a row (KubeVirt lifecycle, start-failure back-off): 10·n² and up to half of
 * that at random, at most 300. `random` is in [0, 1).
 */
export function startDelaySeconds(failures: number, random: number): number {
  const delay = 10 * failures ** 2;
  return Math.min(maxDelaySeconds, delay + Math.floor(random * (Math.floor(delay / 2) + 1)));
}

/** Whether the instance ended without its guest ever running. */
function isStartFailure(instance: VirtualMachineInstance): boolean {
  return isFinal(instance) && !reachedRunning(instance);
}

/** The failures to record: counted once per instance, forgotten when a guest ran or the strategy does not count. */
export function projectStartFailure(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  strategy: RunStrategy | undefined,
  time: { now: number; random: () => number },
): VirtualMachineStartFailure | undefined {
  if (!counting.includes(strategy)) return undefined;
  const recorded = machine.status?.startFailure;
  if (instance === undefined) return recorded;
  if (reachedRunning(instance)) return undefined;
  const uid = instance.metadata.uid;
  if (!isStartFailure(instance) || recorded?.lastFailedVMIUID === uid) return recorded;
  const failures = (recorded?.consecutiveFailCount ?? 0) + 1;
  return {
    consecutiveFailCount: failures,
    lastFailedVMIUID: uid,
    retryAfterTimestamp: formatTime(time.now + startDelaySeconds(failures, time.random()) * 1000),
  };
}

/** Whether how this instance ended is in the machine's status, so that the instance may go. */
export function isEndRecorded(
  machine: VirtualMachine,
  instance: VirtualMachineInstance,
  strategy: RunStrategy | undefined,
): boolean {
  if (!isStartFailure(instance) || !counting.includes(strategy)) return true;
  return machine.status?.startFailure?.lastFailedVMIUID === instance.metadata.uid;
}

/** Milliseconds until the next start is allowed; 0 when it is now. */
export function startDelayLeft(machine: VirtualMachine, now: number): number {
  const retryAt = Date.parse(machine.status?.startFailure?.retryAfterTimestamp ?? '');
  return Number.isNaN(retryAt) ? 0 : Math.max(0, retryAt - now);
}
