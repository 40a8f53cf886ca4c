import type { KubeVirt, KubeVirtStatus } from '@virtkit/core-types';
import type { TargetStatus } from '../target.ts';
import { conditionsIn, type Situation } from './conditions.ts';

/** What a pass has come to. */
export interface Progress {
  readonly target: TargetStatus;
  /** Of guests that name none. */
  readonly architecture: string;
  /** Everything is written. */
  readonly created: boolean;
  /** Everything runs. */
  readonly ready: boolean;
}

/** Whether another installation than the one that runs is meant. */
function isUpdating(status: KubeVirtStatus | null | undefined, targetId: string): boolean {
  const observed = status?.observedDeploymentID ?? '';
  return observed !== '' && observed !== targetId;
}

/** The status of the KubeVirt object after a pass. Pure. */
export function projectStatus(kubeVirt: KubeVirt, progress: Progress, now: number): KubeVirtStatus {
  const { target, architecture, created, ready } = progress;
  const before = kubeVirt.status ?? {};
  const situations: Situation[] = [
    ...(ready ? [] : [underWay(before, target)]),
    ...(created ? [{ kind: 'created' } as const] : []),
    ...(ready ? [{ kind: 'ready' } as const] : []),
  ];
  return {
    ...before,
    ...target,
    defaultArchitecture: before.defaultArchitecture ?? architecture,
    phase: ready ? 'Deployed' : (before.phase ?? 'Deploying'),
    conditions: situations.reduce((list, one) => conditionsIn(list, one, now), before.conditions ?? []),
    ...(ready && {
      observedKubeVirtVersion: target.targetKubeVirtVersion,
      observedKubeVirtRegistry: target.targetKubeVirtRegistry,
      observedDeploymentID: target.targetDeploymentID,
      observedDeploymentConfig: target.targetDeploymentConfig,
      observedGeneration: kubeVirt.metadata.generation,
    }),
  };
}

function underWay(before: KubeVirtStatus, target: TargetStatus): Situation {
  const { targetKubeVirtVersion: version, targetKubeVirtRegistry: registry, targetDeploymentID: id } = target;
  return isUpdating(before, id)
    ? { kind: 'updating', from: before.observedKubeVirtVersion ?? '', to: version }
    : { kind: 'deploying', version, registry };
}

/** The status in a situation that says nothing of what is installed. */
export function withSituation(
  kubeVirt: KubeVirt,
  situation: Situation,
  now: number,
  phase?: KubeVirtStatus['phase'],
): KubeVirtStatus {
  const before = kubeVirt.status ?? {};
  return {
    ...before,
    ...(phase !== undefined && { phase }),
    conditions: conditionsIn(before.conditions, situation, now),
  };
}
