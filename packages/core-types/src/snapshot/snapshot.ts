// VirtualMachineSnapshot: the state of a machine at one moment.
import * as z from 'zod';
import { ConditionSchema } from '../kubernetes/condition.ts';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { TypedLocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, duration, openEnum, setList, time } from '../schema/scalars.ts';
import { snapshotDeletionPolicies, snapshotIndications, snapshotPhases } from './values.ts';

export const SnapshotErrorSchema = apiObject('What went wrong last, and when.', {
  message: z.string().optional(),
  time: time().optional(),
});
export type SnapshotError = z.output<typeof SnapshotErrorSchema>;

export const SnapshotVolumesListsSchema = apiObject('Volumes that the snapshot has, and those it has not.', {
  excludedVolumes: setList(z.string()).optional(),
  includedVolumes: setList(z.string()).optional(),
});
export type SnapshotVolumesLists = z.output<typeof SnapshotVolumesListsSchema>;

export const SourceIndicationSchema = apiObject('What the machine was like when it was captured.', {
  indication: openEnum(snapshotIndications),
  message: z.string(),
});
export type SourceIndication = z.output<typeof SourceIndicationSchema>;

export const VirtualMachineSnapshotSpecSchema = apiObject('The machine to capture.', {
  deletionPolicy: openEnum(snapshotDeletionPolicies)
    .describe('What becomes of the content when the snapshot is deleted.')
    .optional(),
  failureDeadline: duration()
    .describe('How long it may take, from creation on; 5m when absent, 0 is no limit.')
    .optional(),
  source: TypedLocalObjectReferenceSchema,
});
export type VirtualMachineSnapshotSpec = z.output<typeof VirtualMachineSnapshotSpecSchema>;

export const VirtualMachineSnapshotStatusSchema = apiObject('Progress of the snapshot.', {
  conditions: atomicList(ConditionSchema).optional(),
  creationTime: time().describe('When all volumes were captured.').optional(),
  error: SnapshotErrorSchema.optional(),
  indications: setList(openEnum(snapshotIndications)).describe('Deprecated: sourceIndications.').optional(),
  phase: openEnum(snapshotPhases).optional(),
  readyToUse: z.boolean().optional(),
  snapshotVolumes: SnapshotVolumesListsSchema.optional(),
  sourceIndications: atomicList(SourceIndicationSchema).optional(),
  sourceUID: z.string().optional(),
  virtualMachineSnapshotContentName: z.string().optional(),
});
export type VirtualMachineSnapshotStatus = z.output<typeof VirtualMachineSnapshotStatusSchema>;

export const VirtualMachineSnapshotSchema = apiObject(
  'A machine and its storage as they were at one moment.',
  {
    ...typeMeta,
    metadata: ObjectMetaSchema,
    spec: VirtualMachineSnapshotSpecSchema,
    status: VirtualMachineSnapshotStatusSchema.nullable().optional(),
  },
);
export type VirtualMachineSnapshot = z.output<typeof VirtualMachineSnapshotSchema>;

export const VirtualMachineSnapshotListSchema = listOf(
  VirtualMachineSnapshotSchema,
  'A list of VirtualMachineSnapshot objects.',
);
export type VirtualMachineSnapshotList = z.output<typeof VirtualMachineSnapshotListSchema>;
