// State of volumes of a running instance.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, int64, openEnum, quantity, time, uint32 } from '../schema/scalars.ts';
import { volumePhases } from './values.ts';

export const ContainerDiskInfoSchema = apiObject('Checksum of a container disk.', {
  checksum: uint32().optional(),
});
export type ContainerDiskInfo = z.output<typeof ContainerDiskInfoSchema>;

export const HotplugVolumeStatusSchema = apiObject('The pod that attaches a hot-plugged volume.', {
  attachPodName: z.string().optional(),
  attachPodUID: z.string().optional(),
});
export type HotplugVolumeStatus = z.output<typeof HotplugVolumeStatusSchema>;

export const DomainMemoryDumpInfoSchema = apiObject('Progress of a memory dump.', {
  claimName: z.string().optional(),
  endTimestamp: time().optional(),
  startTimestamp: time().optional(),
  targetFileName: z.string().optional(),
});
export type DomainMemoryDumpInfo = z.output<typeof DomainMemoryDumpInfoSchema>;

export const PersistentVolumeClaimInfoSchema = apiObject('What is known of the claim behind a volume.', {
  accessModes: atomicList(
    z.enum(['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']),
  ).optional(),
  capacity: z.record(z.string(), quantity()).optional(),
  claimName: z.string().optional(),
  filesystemOverhead: z
    .string()
    .regex(/^(0(?:\.\d{1,3})?|1)$/)
    .optional(),
  preallocated: z.boolean().optional(),
  requests: z.record(z.string(), quantity()).optional(),
  volumeMode: z.enum(['Block', 'Filesystem', 'FromStorageProfile']).optional(),
});
export type PersistentVolumeClaimInfo = z.output<typeof PersistentVolumeClaimInfoSchema>;

export const VolumeStatusSchema = apiObject('State of one volume.', {
  name: z.string(),
  containerDiskVolume: ContainerDiskInfoSchema.optional(),
  hotplugVolume: HotplugVolumeStatusSchema.optional(),
  memoryDumpVolume: DomainMemoryDumpInfoSchema.optional(),
  message: z.string().optional(),
  persistentVolumeClaimInfo: PersistentVolumeClaimInfoSchema.optional(),
  phase: openEnum(volumePhases).optional(),
  reason: z.string().optional(),
  size: int64().optional(),
  target: z.string(),
});
export type VolumeStatus = z.output<typeof VolumeStatusSchema>;

export const StorageMigratedVolumeInfoSchema = apiObject('A volume that moves from one claim to another.', {
  destinationPVCInfo: PersistentVolumeClaimInfoSchema.optional(),
  sourcePVCInfo: PersistentVolumeClaimInfoSchema.optional(),
  volumeName: z.string(),
});
export type StorageMigratedVolumeInfo = z.output<typeof StorageMigratedVolumeInfoSchema>;
