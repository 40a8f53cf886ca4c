// What a Pod's claims mean for its placement. Pure.
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '@virtkit/core-types';
import { claimNamesOf } from '../storage/claim-use.ts';
import { freeVolume, isReachable } from '../storage/matching.ts';
import { noProvisioner, storageAnnotations, waitForFirstConsumer } from '../storage/names.ts';

/** The storage of a cluster, as far as it matters to where Pods go. */
export interface StorageView {
  /** A claim, if there is one of this name. */
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  /** A class, if there is one of this name. */
  storageClass(name: string): StorageClass | undefined;
  readonly volumes: readonly PersistentVolume[];
}

/** A cluster without claims. */
export const noStorage: StorageView = {
  claim: () => undefined,
  storageClass: () => undefined,
  volumes: [],
};

/** Why the claims of a Pod keep it from every node, in the terms of Kubernetes' scheduler; undefined when they do not. */
export function claimProblem(pod: Pod, storage: StorageView): string | undefined {
  for (const name of claimNamesOf(pod)) {
    const claim = storage.claim(pod.metadata.namespace ?? '', name);
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    if (claim.metadata.deletionTimestamp !== undefined)
      return `persistentvolumeclaim "${name}" is being deleted`;
    if (claim.status?.phase === 'Lost')
      return `persistentvolumeclaim "${name}" lost its volume "${claim.spec?.volumeName ?? ''}"`;
    if (!isBound(claim) && !waitsForNode(claim, storage))
      return `persistentvolumeclaim "${name}" is not bound to a volume`;
  }
  return undefined;
}

/** Why a node is out because of the Pod's claims; undefined when it is not. */
export function volumeConflict(
  pod: Pod,
  node: Node,
  storage: StorageView,
  bound: readonly Pod[],
): string | undefined {
  for (const claim of claimsOf(pod, storage)) {
    if (isExclusive(claim) && bound.some((other) => uses(other, claim)))
      return 'node(s) had a Pod that uses a ReadWriteOncePod claim of this Pod';
    const volume = storage.volumes.find(({ metadata }) => metadata.name === claim.spec?.volumeName);
    if (volume !== undefined && !isReachable(volume, node))
      return 'node(s) had volume node affinity conflict';
    if (isBound(claim)) continue;
    const selected = claim.metadata.annotations?.[storageAnnotations.selectedNode];
    if (selected !== undefined && selected !== node.metadata.name)
      return 'node(s) were not those on which a volume of the Pod is being made';
    const provisioner = storage.storageClass(claim.spec?.storageClassName ?? '')?.provisioner;
    if (provisioner === noProvisioner && freeVolume(claim, storage.volumes, node) === undefined)
      return "node(s) didn't find available persistent volumes to bind";
  }
  return undefined;
}

/** Claims of the Pod that get their volume only once its node is chosen. */
export function unboundClaims(pod: Pod, storage: StorageView): PersistentVolumeClaim[] {
  return claimsOf(pod, storage).filter((claim) => !isBound(claim));
}

function claimsOf(pod: Pod, storage: StorageView): PersistentVolumeClaim[] {
  const claims = claimNamesOf(pod).map((name) => storage.claim(pod.metadata.namespace ?? '', name));
  return claims.filter((claim) => claim !== undefined);
}

function isBound({ status }: PersistentVolumeClaim): boolean {
  return status?.phase === 'Bound';
}

function waitsForNode({ spec }: PersistentVolumeClaim, storage: StorageView): boolean {
  const storageClass = storage.storageClass(spec?.storageClassName ?? '');
  return (spec?.volumeName ?? '') === '' && storageClass?.volumeBindingMode === waitForFirstConsumer;
}

function isExclusive({ spec }: PersistentVolumeClaim): boolean {
  return spec?.accessModes?.includes('ReadWriteOncePod') === true;
}

function uses(pod: Pod, { metadata }: PersistentVolumeClaim): boolean {
  return pod.metadata.namespace === metadata.namespace && claimNamesOf(pod).includes(metadata.name!);
}
