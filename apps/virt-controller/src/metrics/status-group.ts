import type { VirtualMachine } from '@virtkit/core-types';

/** Groups of printable statuses that have a metric each. */
export const statusGroups = ['starting', 'running', 'migrating', 'non_running', 'error'] as const;

/** One of {@link statusGroups}. */
export type StatusGroup = (typeof statusGroups)[number];

const groups: Readonly<Record<string, StatusGroup>> = {
  Provisioning: 'starting',
  Starting: 'starting',
  WaitingForVolumeBinding: 'starting',
  Running: 'running',
  Migrating: 'migrating',
  Stopped: 'non_running',
  Paused: 'non_running',
  Stopping: 'non_running',
  Terminating: 'non_running',
  CrashLoopBackOff: 'error',
  Unknown: 'error',
  ErrorUnschedulable: 'error',
  ErrImagePull: 'error',
  ImagePullBackOff: 'error',
  ErrorPvcNotFound: 'error',
  DataVolumeError: 'error',
};

/** The group of a printable status; undefined for one that is in none. */
export function statusGroup(printableStatus: string | undefined): StatusGroup | undefined {
  return printableStatus !== undefined && Object.hasOwn(groups, printableStatus)
    ? groups[printableStatus]
    : undefined;
}

const conditionTypes: ReadonlySet<string> = new Set(['Ready', 'Failure', 'Paused']);

/** When the status of a machine last changed, in seconds since the epoch: the newest of three conditions; -1 without any. */
export function lastTransition({ status }: VirtualMachine): number {
  const times = (status?.conditions ?? [])
    .filter(({ type }) => conditionTypes.has(type))
    .map(({ lastTransitionTime }) => Date.parse(lastTransitionTime ?? '') / 1000)
    .filter((seconds) => !Number.isNaN(seconds));
  return times.length === 0 ? -1 : Math.max(...times);
}
