// VirtualMachineSnapshotContent: what a snapshot holds.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { PersistentVolumeClaimSpecSchema } from '../kubernetes/persistent-volume-claim.ts';
import { VirtualMachineSpecSchema, VirtualMachineStatusSchema } from '../kubevirt/virtual-machine.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, time } from '../schema/scalars.ts';
import { SnapshotErrorSchema } from './snapshot.ts';

export const CapturedVirtualMachineSchema = apiObject('The machine as it was.', {
  metadata: ObjectMetaSchema.optional(),
  spec: VirtualMachineSpecSchema.optional(),
  status: VirtualMachineStatusSchema.nullable().optional(),
});
export type CapturedVirtualMachine = z.output<typeof CapturedVirtualMachineSchema>;

export const CapturedPersistentVolumeClaimSchema = apiObject('A claim as it was.', {
  metadata: ObjectMetaSchema.optional(),
  spec: PersistentVolumeClaimSpecSchema.optional(),
});
export type CapturedPersistentVolumeClaim = z.output<typeof CapturedPersistentVolumeClaimSchema>;

export const VolumeBackupSchema = apiObject('A volume: its claim and the snapshot of its content.', {
  persistentVolumeClaim: CapturedPersistentVolumeClaimSchema,
  volumeName: z.string(),
  volumeSnapshotName: z.string().optional(),
});
export type VolumeBackup = z.output<typeof VolumeBackupSchema>;

export const SnapshotSourceSpecSchema = apiObject('What was captured; one member is set.', {
  virtualMachine: CapturedVirtualMachineSchema.optional(),
});
export type SnapshotSourceSpec = z.output<typeof SnapshotSourceSpecSchema>;

export const VirtualMachineSnapshotContentSpecSchema = apiObject('The captured machine and its volumes.', {
  source: SnapshotSourceSpecSchema,
  virtualMachineSnapshotName: z.string().optional(),
  volumeBackups: atomicList(VolumeBackupSchema).optional(),
});
export type VirtualMachineSnapshotContentSpec = z.output<typeof VirtualMachineSnapshotContentSpecSchema>;

export const CapturedVolumeStatusSchema = apiObject('State of the snapshot of one volume.', {
  creationTime: time().optional(),
  error: SnapshotErrorSchema.optional(),
  readyToUse: z.boolean().optional(),
  volumeSnapshotName: z.string(),
});
export type CapturedVolumeStatus = z.output<typeof CapturedVolumeStatusSchema>;

export const VirtualMachineSnapshotContentStatusSchema = apiObject('State of the snapshots of the volumes.', {
  creationTime: time().describe('When all volumes were captured.').optional(),
  error: SnapshotErrorSchema.optional(),
  readyToUse: z.boolean().optional(),
  volumeSnapshotStatus: atomicList(CapturedVolumeStatusSchema).optional(),
});
export type VirtualMachineSnapshotContentStatus = z.output<typeof VirtualMachineSnapshotContentStatusSchema>;

export const VirtualMachineSnapshotContentSchema = apiObject('What a snapshot of a machine holds.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineSnapshotContentSpecSchema,
  status: VirtualMachineSnapshotContentStatusSchema.nullable().optional(),
});
export type VirtualMachineSnapshotContent = z.output<typeof VirtualMachineSnapshotContentSchema>;

export const VirtualMachineSnapshotContentListSchema = listOf(
  VirtualMachineSnapshotContentSchema,
  'A list of VirtualMachineSnapshotContent objects.',
);
export type VirtualMachineSnapshotContentList = z.output<typeof VirtualMachineSnapshotContentListSchema>;
