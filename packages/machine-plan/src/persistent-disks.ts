import type { ClusterConfiguration } from '@virtkit/admission';
import type {
  Disk,
  PersistentVolumeClaimInfo,
  VirtualMachineInstance,
  Volume,
  VolumeStatus,
} from '@virtkit/core-types';
import { PlanError } from './errors.ts';
import { wholeUnits } from './plan/quantities.ts';

const mebibyte = 1024 * 1024;

/** What is to be found, or made, in the folder of a volume that outlives the machine. */
export interface PersistentDiskPlan {
  /** Name in the volume's folder. */
  file: string;
  /** The guest cannot write to it. */
  readOnly: boolean;
  /** Other machines may write to it at the same time. */
  shared: boolean;
  /** Bytes with which it is made where there is none; absent: it has to be there. */
  sizeBytes?: number;
  /** Between 0 and 1: what of its size is left to the file system when it is grown; absent: it is not grown. */
  overhead?: number;
}

/** A disk that the node agent makes in a folder of its node. */
export interface HostDiskPlan {
  volume: string;
  /** Absolute. */
  path: string;
  /** Bytes with which it is made where there is none; absent: it has to be there. */
  sizeBytes?: number;
}

/** The file of a claim's disk (KubeVirt storage runtime: hostDisk and filesystem PVC handling). */
const claimFile = 'disk.img';

/**
 * The disks in folders of claims and of the node, by volume; those of volumes that are plugged in later are not among them.
 * @throws PlanError `missing-fact` while nobody told the size of a claim, `invalid` for one that holds no disk
 */
export function planPersistentDisks({
  spec,
  status,
}: VirtualMachineInstance): Record<string, PersistentDiskPlan> {
  const found: Record<string, PersistentDiskPlan> = {};
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    const entry = status?.volumeStatus?.find(({ name }) => name === volume.name);
    const disk = (spec.domain.devices.disks ?? []).find(({ name }) => name === volume.name);
    if (disk === undefined || entry?.hotplugVolume !== undefined) continue;
    const plan = persistentDisk(volume, disk, entry, `spec.volumes[${index}]`);
    if (plan !== undefined) found[volume.name] = plan;
  }
  return found;
}

function persistentDisk(
  volume: Volume,
  disk: Disk,
  entry: VolumeStatus | undefined,
  field: string,
): PersistentDiskPlan | undefined {
  const shared = disk.shareable === true;
  const { hostDisk, ephemeral, persistentVolumeClaim, dataVolume } = volume;
  if (hostDisk !== undefined) return { file: baseName(hostDisk.path), readOnly: isReadOnly(disk), shared };
  // The guest writes to a layer on top.
  if (ephemeral !== undefined) return { file: claimFile, readOnly: true, shared };
  const source = persistentVolumeClaim ?? dataVolume;
  if (source === undefined || source.hotpluggable === true) return undefined;
  const info = entry?.persistentVolumeClaimInfo;
  if (info?.volumeMode === 'Block') return undefined;
  if (persistentVolumeClaim?.readOnly === true) return { file: claimFile, readOnly: true, shared };
  const overhead = Number(info?.filesystemOverhead ?? 0);
  return { file: claimFile, readOnly: isReadOnly(disk), shared, sizeBytes: claimSize(info, field), overhead };
}

function isReadOnly({ cdrom, disk, lun }: Disk): boolean {
  if (cdrom !== undefined) return cdrom.readonly !== false;
  return (disk ?? lun)?.readonly === true;
}

/** KubeVirt: what was asked for or what is there, whichever is less, in whole MiB. */
function claimSize(info: PersistentVolumeClaimInfo | undefined, field: string): number {
  const sizes = [info?.requests, info?.capacity]
    .map((amounts) => wholeUnits(amounts?.['storage'], field))
    .filter((size) => size !== undefined);
  if (sizes.length === 0)
    throw new PlanError('missing-fact', 'the size of the claim is not known', { field });
  const size = Math.floor(Math.min(...sizes) / mebibyte) * mebibyte;
  if (size === 0)
    throw new PlanError('invalid', 'the claim is too small for a disk, which has at least 1 MiB', { field });
  return size;
}

/** The disks that are files of the node, with what is to be made where there is none. @throws PlanError `invalid` */
export function planHostDisks({ spec }: VirtualMachineInstance): HostDiskPlan[] {
  return (spec.volumes ?? []).flatMap(({ name, hostDisk }, index) => {
    if (hostDisk === undefined) return [];
    const { path, type, capacity } = hostDisk;
    const field = `spec.volumes[${index}].hostDisk.capacity`;
    const sizeBytes = type === 'DiskOrCreate' ? (wholeUnits(capacity, field) ?? 0) : undefined;
    return [{ volume: name, path, ...(sizeBytes !== undefined && { sizeBytes }) }];
  });
}

/** Bytes that disks leave to their file system, and by how many per cent they may be smaller than asked for. */
export interface DiskRoom {
  reserveBytes: number;
  tolerancePercent: number;
}

/** KubeVirt configuration: `developerConfiguration.minimumReservePVCBytes` and `pvcTolerateLessSpaceUpToPercent`. */
export function diskRoom({ values }: ClusterConfiguration): DiskRoom {
  const { minimumReservePVCBytes, pvcTolerateLessSpaceUpToPercent } = values.developerConfiguration;
  return { reserveBytes: minimumReservePVCBytes, tolerancePercent: pvcTolerateLessSpaceUpToPercent };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
