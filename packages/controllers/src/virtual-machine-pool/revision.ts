import { jsonEqual, labels, type KubernetesObject, type VirtualMachinePool } from '@virtkit/core-types';
import { controllerRevisions, poolType, typeOf } from '../kinds.ts';
import { controllerReference } from '../runtime/object-key.ts';
import type { PoolObservation, PoolRevision } from './observation.ts';

/** Name of the copy of the pool's spec at its present generation. */
export function revisionName({ metadata }: VirtualMachinePool): string {
  return `${metadata.name ?? ''}-${metadata.generation ?? 0}`;
}

/** The copy of the pool's spec to keep. @throws ControllerError `invalid-object` when the pool has no uid */
export function buildPoolRevision(pool: VirtualMachinePool): PoolRevision {
  return {
    ...typeOf(controllerRevisions),
    metadata: {
      name: revisionName(pool),
      namespace: pool.metadata.namespace,
      ownerReferences: [controllerReference(pool, poolType)],
    },
    revision: pool.metadata.generation ?? 0,
    data: pool.spec,
  };
}

/** The name of the revision that an object was made from. */
export function revisionLabel(object: KubernetesObject | undefined): string | undefined {
  return object?.metadata.labels?.[labels.poolRevision];
}

/** The revision that an object was made from, as long as there is one. */
export function revisionOf(
  { revisions }: PoolObservation,
  object: KubernetesObject | undefined,
): PoolRevision | undefined {
  const name = revisionLabel(object);
  return name === undefined ? undefined : revisions.find(({ metadata }) => metadata.name === name);
}

/** Whether a machine was made from another template than the pool's of now. */
export function isOutdated(observation: PoolObservation, machine: KubernetesObject): boolean {
  const revision = revisionOf(observation, machine);
  const { virtualMachineTemplate } = observation.pool.spec;
  return revision === undefined || !jsonEqual(revision.data?.virtualMachineTemplate, virtualMachineTemplate);
}

/** Revisions that no machine and no instance was made from. */
export function unusedRevisions({ pool, members, revisions }: PoolObservation): readonly PoolRevision[] {
  const used = new Set([
    revisionName(pool),
    ...members.flatMap(({ machine, instance }) => [revisionLabel(machine), revisionLabel(instance)]),
  ]);
  return revisions.filter(({ metadata }) => !used.has(metadata.name));
}
