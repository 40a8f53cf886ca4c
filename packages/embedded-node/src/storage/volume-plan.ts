// What is to be done for a volume: a pure decision, one write a pass. Phases are Kubernetes':
//
//   Pending --> Available --claim--> Bound --claim deleted--> Released --Retain--> (stays, with its data)
//                                                                      --Delete--> (data and object deleted)
import type { PersistentVolume, PersistentVolumeClaim } from '@virtkit/core-types';
import { localProvisioner, storageAnnotations, volumeFinalizer } from './names.ts';

/** What a decision is made of. */
export interface VolumeView {
  readonly volume: PersistentVolume;
  /** The claim that has the namespace and name of the volume's `claimRef` now. */
  readonly claim: PersistentVolumeClaim | undefined;
}

/** Phases that this controller reports. */
export type VolumePhase = 'Available' | 'Bound' | 'Released' | 'Failed';

/** The next step for a volume. */
export type VolumeStep =
  | { readonly kind: 'wait' }
  | { readonly kind: 'protect' }
  | { readonly kind: 'report'; readonly phase: VolumePhase; readonly message?: string }
  /** The claim found another volume: this one is free again. */
  | { readonly kind: 'unbind'; readonly keepName: boolean }
  /** The claim is gone, says the cache: delete the data and then the object, once the server says so too. */
  | { readonly kind: 'reclaim' }
  /** The object is being deleted: let it go, and its data before it where it was to delete them. */
  | { readonly kind: 'release'; readonly discard: boolean };

/** Plans the next step. */
export function planVolume({ volume, claim }: VolumeView): VolumeStep {
  const { metadata, spec } = volume;
  const reference = spec?.claimRef;
  const bound = reference?.uid !== undefined && reference.uid !== '';
  const owner = bound && claim?.metadata.uid === reference.uid ? claim : undefined;
  if (metadata.deletionTimestamp !== undefined) {
    const held = metadata.finalizers?.includes(volumeFinalizer) === true;
    // A claim that was not told of it yet finds another.
    const isNeeded = owner !== undefined && owner.spec?.volumeName === metadata.name;
    if (isNeeded) return report(volume, 'Bound');
    return held ? { kind: 'release', discard: deletesData(volume) } : { kind: 'wait' };
  }
  if (metadata.finalizers?.includes(volumeFinalizer) !== true) return { kind: 'protect' };
  if (!bound) return report(volume, 'Available');
  if (owner === undefined) return planReleased(volume);
  const named = owner.spec?.volumeName ?? '';
  if (named === metadata.name) return report(volume, 'Bound');
  // Set aside; the claim is told next.
  if (named === '') return { kind: 'wait' };
  if (deletesData(volume)) return { kind: 'reclaim' };
  const chosen = metadata.annotations?.[storageAnnotations.boundByController] !== undefined;
  return { kind: 'unbind', keepName: !chosen };
}

function planReleased(volume: PersistentVolume): VolumeStep {
  switch (volume.spec?.persistentVolumeReclaimPolicy) {
    case 'Delete':
      return deletesData(volume)
        ? { kind: 'reclaim' }
        : report(volume, 'Failed', 'nothing here can delete the data of this volume');
    case 'Recycle':
      return report(volume, 'Failed', 'volumes are not recycled');
    default:
      return report(volume, 'Released');
  }
}

/** Whether the data are to be deleted with the volume, and are ours to delete. */
function deletesData({ metadata, spec }: PersistentVolume): boolean {
  return (
    spec?.persistentVolumeReclaimPolicy === 'Delete' &&
    metadata.annotations?.[storageAnnotations.provisionedBy] === localProvisioner
  );
}

function report({ status }: PersistentVolume, phase: VolumePhase, message?: string): VolumeStep {
  if (status?.phase === phase && status.message === message) return { kind: 'wait' };
  return { kind: 'report', phase, ...(message === undefined ? {} : { message }) };
}
