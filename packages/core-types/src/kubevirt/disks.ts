// Disks and shared file systems of a guest.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { int32, int64, openEnum, presence } from '../schema/scalars.ts';
import { FeatureStateSchema } from './features.ts';
import { diskBuses, diskErrorPolicies } from './values.ts';

export const CDRomTargetSchema = apiObject('Presented as a CD-ROM drive.', {
  bus: openEnum(diskBuses).optional(),
  readonly: z.boolean().optional(),
  tray: z.string().optional(),
});
export type CDRomTarget = z.output<typeof CDRomTargetSchema>;

export const DiskTargetSchema = apiObject('Presented as a disk.', {
  bus: openEnum(diskBuses).optional(),
  pciAddress: z.string().optional(),
  readonly: z.boolean().optional(),
});
export type DiskTarget = z.output<typeof DiskTargetSchema>;

export const LunTargetSchema = apiObject('Presented as a LUN with SCSI pass-through.', {
  bus: openEnum(diskBuses).optional(),
  readonly: z.boolean().optional(),
  reservation: z.boolean().optional(),
});
export type LunTarget = z.output<typeof LunTargetSchema>;

export const CustomBlockSizeSchema = apiObject('Explicit logical and physical block sizes in bytes.', {
  discardGranularity: int32().optional(),
  logical: int32().optional(),
  physical: int32().optional(),
});
export type CustomBlockSize = z.output<typeof CustomBlockSizeSchema>;

export const BlockSizeSchema = apiObject('Block sizes shown to the guest.', {
  custom: CustomBlockSizeSchema.optional(),
  matchVolume: FeatureStateSchema.optional(),
});
export type BlockSize = z.output<typeof BlockSizeSchema>;

export const DiskSchema = apiObject('A disk, bound to the volume of the same name.', {
  name: z.string(),
  blockSize: BlockSizeSchema.optional(),
  bootOrder: int32().describe('Place in the boot order, from 1.').optional(),
  cache: z.string().optional(),
  cdrom: CDRomTargetSchema.optional(),
  changedBlockTracking: z.boolean().optional(),
  dedicatedIOThread: z.boolean().optional(),
  disk: DiskTargetSchema.optional(),
  errorPolicy: openEnum(diskErrorPolicies).optional(),
  io: z.string().optional(),
  lun: LunTargetSchema.optional(),
  serial: z.string().describe('Serial number shown to the guest.').optional(),
  shareable: z.boolean().optional(),
  tag: z.string().optional(),
});
export type Disk = z.output<typeof DiskSchema>;

export const FilesystemSchema = apiObject('A volume shared into the guest as a file system.', {
  name: z.string(),
  virtiofs: presence(),
});
export type Filesystem = z.output<typeof FilesystemSchema>;

export const DiskIOThreadsSchema = apiObject('The pool of extra I/O threads.', {
  supplementalPoolThreadCount: int64().optional(),
});
export type DiskIOThreads = z.output<typeof DiskIOThreadsSchema>;
