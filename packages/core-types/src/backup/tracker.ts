// VirtualMachineBackupTracker: what the backups of one machine have copied.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { TypedLocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { withRules } from '../schema/rules.ts';
import { atomicList, time } from '../schema/scalars.ts';
import { BackupVolumeInfoSchema } from './backup.ts';

export const BackupCheckpointSchema = apiObject('The moment that the last backup copied.', {
  creationTime: time().optional(),
  name: z.string().optional(),
  volumes: atomicList(BackupVolumeInfoSchema).optional(),
});
export type BackupCheckpoint = z.output<typeof BackupCheckpointSchema>;

const TrackedMachineSchema = withRules(TypedLocalObjectReferenceSchema.describe('The machine to follow.'), [
  {
    cel: "has(self.apiGroup) && self.apiGroup == 'kubevirt.io'",
    message: 'is not of the apiGroup kubevirt.io',
    holds: ({ apiGroup }) => apiGroup === 'kubevirt.io',
  },
  {
    cel: "self.kind == 'VirtualMachine'",
    message: 'is not a VirtualMachine',
    holds: ({ kind }) => kind === 'VirtualMachine',
  },
  { cel: "self.name != ''", message: 'needs a name', holds: ({ name }) => name !== '' },
]);

/** KubeVirt backups: the machine that a tracker follows; it does not change. */
export const VirtualMachineBackupTrackerSpecSchema = withRules(
  apiObject('The machine to follow. It does not change.', { source: TrackedMachineSchema }),
  [{ cel: 'self == oldSelf', message: 'cannot be changed' }],
);
/** KubeVirt backups: the machine that a tracker follows. */
export type VirtualMachineBackupTrackerSpec = z.output<typeof VirtualMachineBackupTrackerSpecSchema>;

export const VirtualMachineBackupTrackerStatusSchema = apiObject('What the backups have copied.', {
  checkpointRedefinitionRequired: z
    .boolean()
    .describe('The machine was restarted, and has to be told of the checkpoint.')
    .optional(),
  latestCheckpoint: BackupCheckpointSchema.optional(),
});
export type VirtualMachineBackupTrackerStatus = z.output<typeof VirtualMachineBackupTrackerStatusSchema>;

export const VirtualMachineBackupTrackerSchema = apiObject(
  'Follows a machine, so that a backup copies only what changed since the last.',
  {
    ...typeMeta,
    metadata: ObjectMetaSchema,
    spec: VirtualMachineBackupTrackerSpecSchema,
    status: VirtualMachineBackupTrackerStatusSchema.nullable().optional(),
  },
);
export type VirtualMachineBackupTracker = z.output<typeof VirtualMachineBackupTrackerSchema>;

export const VirtualMachineBackupTrackerListSchema = listOf(
  VirtualMachineBackupTrackerSchema,
  'A list of VirtualMachineBackupTracker objects.',
);
export type VirtualMachineBackupTrackerList = z.output<typeof VirtualMachineBackupTrackerListSchema>;
