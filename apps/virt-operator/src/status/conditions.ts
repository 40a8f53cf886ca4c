// Conditions of the KubeVirt object (KubeVirt operator facts, section 2).
import { formatTime } from '@virtkit/controllers/runtime';
import type { Condition } from '@virtkit/core-types';

type Type = 'Created' | 'Available' | 'Progressing' | 'Degraded' | 'Synchronized';

/** What is the case with an installation. */
export type Situation =
  | { readonly kind: 'deploying'; readonly version: string; readonly registry: string }
  | { readonly kind: 'updating'; readonly from: string; readonly to: string }
  | { readonly kind: 'created' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'other-installation' }
  | { readonly kind: 'deleting' }
  | { readonly kind: 'deletion-failed'; readonly error: string };

interface Change {
  readonly set: Readonly<Partial<Record<Type, boolean>>>;
  readonly remove?: readonly Type[];
  readonly reason: string;
  readonly message: string;
}

function changeOf(situation: Situation): Change {
  switch (situation.kind) {
    case 'deploying':
      return {
        set: { Available: false, Progressing: true, Degraded: false },
        remove: ['Created', 'Synchronized'],
        reason: 'DeploymentInProgress',
        message: `Deploying version ${situation.version} with registry ${situation.registry}`,
      };
    case 'updating':
      return {
        set: { Available: true, Progressing: true, Degraded: true },
        remove: ['Created', 'Synchronized'],
        reason: 'UpdateInProgress',
        message: `Transitioning from previous version ${situation.from} to target version ${situation.to}`,
      };
    case 'created':
      return {
        set: { Created: true },
        reason: 'AllResourcesCreated',
        message: 'All resources were created.',
      };
    case 'ready':
      return {
        set: { Available: true, Progressing: false, Degraded: false },
        remove: ['Synchronized'],
        reason: 'AllComponentsReady',
        message: 'All components are ready.',
      };
    case 'failed':
      return {
        set: { Available: false, Progressing: false, Degraded: true, Synchronized: false },
        reason: 'DeploymentFailed',
        message: `An error occurred during deployment: ${situation.error}`,
      };
    case 'other-installation':
      return {
        set: { Synchronized: false },
        reason: 'ExistingDeployment',
        message: 'There is an active KubeVirt deployment',
      };
    case 'deleting':
      return {
        set: { Available: false, Progressing: false, Degraded: true },
        remove: ['Created', 'Synchronized'],
        reason: 'DeletionInProgress',
        message: 'Deletion was triggered',
      };
    case 'deletion-failed':
      return {
        set: { Synchronized: false },
        reason: 'DeletionFailed',
        message: `An error occurred during deletion: ${situation.error}`,
      };
    default:
      return situation satisfies never;
  }
}

/** The conditions in a situation. Times change only where status, reason or message do. */
export function conditionsIn(
  conditions: readonly Condition[] | undefined,
  situation: Situation,
  now: number,
): Condition[] {
  const { set, remove = [], reason, message } = changeOf(situation);
  const kept = (conditions ?? []).filter(({ type }) => !remove.some((gone) => gone === type));
  const at = formatTime(now);
  return Object.entries(set).reduce<Condition[]>((list, [type, holds]) => {
    const next: Condition = {
      type,
      status: holds ? 'True' : 'False',
      reason,
      message,
      lastProbeTime: at,
      lastTransitionTime: at,
    };
    const index = list.findIndex((condition) => condition.type === type);
    const current = list[index];
    if (current === undefined) return [...list, next];
    const same =
      current.status === next.status && current.reason === next.reason && current.message === next.message;
    return same ? list : list.with(index, next);
  }, kept);
}
