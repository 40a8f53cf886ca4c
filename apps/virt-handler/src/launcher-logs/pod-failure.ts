import type { FailedLauncher, Pod } from '@virtkit/core-types';
import { launcherContainer } from './pod-logs.ts';

/** How a launcher failed, as far as is known. */
export type LauncherFailure = Partial<Pick<FailedLauncher, 'failedAt' | 'exitCode' | 'reason' | 'message'>>;

/** The instance that a launcher's Pod is for; undefined for any other Pod. */
export function instanceOf({ metadata }: Pod): { name: string; uid: string } | undefined {
  const owner = (metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
  return owner?.kind === 'VirtualMachineInstance' && owner.apiVersion.startsWith('kubevirt.io/')
    ? { name: owner.name, uid: owner.uid }
    : undefined;
}

/** How the launcher of a Pod failed; undefined while it runs, and when it ended as it should. */
export function podFailure({ status }: Pod): LauncherFailure | undefined {
  const launcher = status?.containerStatuses?.find(({ name }) => name === launcherContainer);
  const { terminated } = launcher?.state ?? {};
  if (terminated !== undefined) {
    const { exitCode, reason, finishedAt } = terminated;
    if (exitCode === 0) return undefined;
    return {
      exitCode,
      ...(reason !== undefined && { reason }),
      ...(finishedAt !== undefined && finishedAt !== null && { failedAt: finishedAt }),
    };
  }
  if (status?.phase !== 'Failed') return undefined;
  const { reason, message } = status;
  return { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) };
}
