import type { KubeVirt } from '@virtkit/core-types';

/**
 * Whether this is the object that an operator acts for: the oldest of its own namespace. Of a cluster that has several, the
 * one that is installed goes on, and the others are told so.
 */
export function isActive(kubeVirt: KubeVirt, all: readonly KubeVirt[], namespace: string): boolean {
  const [oldest] = all.filter(({ metadata }) => metadata.namespace === namespace).sort(byAge);
  return oldest !== undefined && oldest.metadata.uid === kubeVirt.metadata.uid;
}

function byAge(a: KubeVirt, b: KubeVirt): number {
  return (
    compare(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compare(a.metadata.name ?? '', b.metadata.name ?? '')
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
