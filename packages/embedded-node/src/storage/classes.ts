import type { StorageClass } from '@virtkit/core-types';
import { storageAnnotations } from './names.ts';

/**
 * The class of claims that name none: the newest of those marked as default, by name when equally old; Kubernetes
 * chooses the same way.
 */
export function defaultClass(classes: readonly StorageClass[]): StorageClass | undefined {
  const age = ({ metadata }: StorageClass) => Date.parse(metadata.creationTimestamp ?? '') || 0;
  return classes
    .filter(({ metadata }) => metadata.annotations?.[storageAnnotations.defaultClass] === 'true')
    .sort((a, b) => age(b) - age(a) || (a.metadata.name! < b.metadata.name! ? -1 : 1))[0];
}
