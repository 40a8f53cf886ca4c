import { Duration, getCondition, type VirtualMachine, type VirtualMachinePool } from '@virtkit/core-types';

const defaultThreshold = 3;
const defaultMinimum = '5m';

/** What a machine says that does not start. */
const failing: readonly (string | undefined)[] = [
  'CrashLoopBackOff',
  'ErrorUnschedulable',
  'DataVolumeError',
  'ErrorPvcNotFound',
  'ErrImagePull',
  'ImagePullBackOff',
];

/**
 * Milliseconds until the pool replaces the machine because it does not start; 0 when it is time, undefined when it does not fail
 * (KubeVirt lifecycle, pools: autohealing). `now` is in milliseconds since the epoch.
 */
export function healingDelay(
  { spec: { autohealing } }: VirtualMachinePool,
  { status }: VirtualMachine,
  now: number,
): number | undefined {
  if (autohealing === undefined || status == null) return undefined;
  const threshold = autohealing.startUpFailureThreshold ?? defaultThreshold;
  if ((status.startFailure?.consecutiveFailCount ?? 0) >= threshold) return 0;
  const ready = getCondition(status.conditions, 'Ready');
  if (!failing.includes(status.printableStatus) || ready?.status !== 'False') return undefined;
  const since = Date.parse(ready.lastProbeTime ?? ready.lastTransitionTime ?? '');
  const minimum = Duration.parse(autohealing.minFailingToStartDuration ?? defaultMinimum);
  const left = since + Number(minimum.nanoseconds / 1_000_000n) - now;
  return Number.isNaN(left) ? undefined : Math.max(0, left);
}
