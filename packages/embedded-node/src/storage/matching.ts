// Which volume suits a claim. Pure.
import {
  matchesLabels,
  Quantity,
  type Node,
  type ObjectReference,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '@virtkit/core-types';
import { matchesNodeSelector } from '../scheduler/node-affinity.ts';

/** Whether a volume was set aside for a claim of this namespace and name; before a binding its uid may be missing. */
export function isFor(
  reference: ObjectReference | undefined,
  { metadata }: PersistentVolumeClaim,
): reference is ObjectReference {
  return (
    reference !== undefined &&
    reference.namespace === metadata.namespace &&
    reference.name === metadata.name &&
    (reference.uid === undefined || reference.uid === '' || reference.uid === metadata.uid)
  );
}

/** Whether a volume belongs to this very claim, not to an earlier one of its name. */
export function belongsTo(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return isFor(volume.spec?.claimRef, claim) && volume.spec.claimRef.uid === claim.metadata.uid;
}

/** What a claim asks for, in bytes. */
export function requestedBytes({ spec }: PersistentVolumeClaim): bigint {
  return bytes(spec?.resources?.requests?.['storage']);
}

/** How large a volume says it is, in bytes. */
export function capacityBytes({ spec }: PersistentVolume): bigint {
  return bytes(spec?.capacity?.['storage']);
}

function bytes(amount: string | number | undefined): bigint {
  return amount === undefined ? 0n : Quantity.parse(amount).toBytes();
}

/** Why a volume does not do for a claim that wants it by name; undefined when it does. */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  const { spec } = volume;
  if ((claim.spec?.storageClassName ?? '') !== (spec?.storageClassName ?? ''))
    return 'the volume is of another storage class';
  if ((claim.spec?.volumeMode ?? 'Filesystem') !== (spec?.volumeMode ?? 'Filesystem'))
    return 'the volume has another volumeMode';
  const offered = spec?.accessModes ?? [];
  if (!(claim.spec?.accessModes ?? []).every((mode) => offered.includes(mode)))
    return 'the volume does not offer all access modes that are asked for';
  if (capacityBytes(volume) < requestedBytes(claim)) return 'the volume is smaller than what is asked for';
  return undefined;
}

/** Whether a node reaches a volume. */
export function isReachable({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec?.nodeAffinity?.required;
  return required === undefined || matchesNodeSelector(required, node);
}

/** The volume that was set aside for a claim, by a user or in an interrupted binding. */
export function reservedVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
): PersistentVolume | undefined {
  const reserved = volumes.filter((volume) => !isGoing(volume) && isFor(volume.spec?.claimRef, claim));
  return reserved.find((volume) => belongsTo(volume, claim)) ?? bySize(reserved)[0];
}

/**
 * The smallest free volume that suits a claim.
 * @param node which must reach it, when that matters
 */
export function freeVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  node?: Node,
): PersistentVolume | undefined {
  const suitable = volumes.filter(
    (volume) =>
      !isGoing(volume) &&
      volume.spec?.claimRef === undefined &&
      volume.status?.phase === 'Available' &&
      mismatch(volume, claim) === undefined &&
      (claim.spec?.selector === undefined || matchesLabels(claim.spec.selector, volume.metadata.labels)) &&
      (node === undefined || isReachable(volume, node)),
  );
  return bySize(suitable)[0];
}

const isGoing = ({ metadata }: PersistentVolume): boolean => metadata.deletionTimestamp !== undefined;

function bySize(volumes: readonly PersistentVolume[]): PersistentVolume[] {
  return [...volumes].sort((a, b) => {
    const difference = capacityBytes(a) - capacityBytes(b);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
    return a.metadata.name! < b.metadata.name! ? -1 : 1;
  });
}
