// VirtualMachineClone: a copy of a machine.
import * as z from 'zod';
import { ConditionSchema } from '../kubernetes/condition.ts';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { TypedLocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, openEnum, time } from '../schema/scalars.ts';

/** KubeVirt clones: `status.phase`; `Failed` is final. */
export const clonePhases = [
  'SnapshotInProgress',
  'RestoreInProgress',
  'CreatingTargetVM',
  'Succeeded',
  'Failed',
  'Unknown',
] as const;
export type ClonePhase = (typeof clonePhases)[number];

/** KubeVirt clones: `spec.volumeNamePolicy`: names of the copied claims. No others are admitted. */
export const volumeNamePolicies = ['RandomizeNames', 'PrefixTargetName'] as const;
export type VolumeNamePolicy = (typeof volumeNamePolicies)[number];

const filter = 'Keys to keep: a key, a beginning with * at its end, or either with ! to leave it out.';

export const VirtualMachineCloneTemplateFiltersSchema = apiObject(
  'Labels and annotations of the template that the copy keeps.',
  {
    annotationFilters: atomicList(z.string()).describe(filter).optional(),
    labelFilters: atomicList(z.string()).describe(filter).optional(),
  },
);
export type VirtualMachineCloneTemplateFilters = z.output<typeof VirtualMachineCloneTemplateFiltersSchema>;

export const VirtualMachineCloneSpecSchema = apiObject('What to copy, to where, and what differs.', {
  annotationFilters: atomicList(z.string()).describe(filter).optional(),
  labelFilters: atomicList(z.string()).describe(filter).optional(),
  newMacAddresses: z
    .record(z.string(), z.string())
    .describe('MAC addresses by interface; others are made up.')
    .optional(),
  newSMBiosSerial: z.string().optional(),
  patches: atomicList(z.string()).describe('JSON patch operations on the copy.').optional(),
  source: TypedLocalObjectReferenceSchema.describe('A machine, or a snapshot of one.'),
  target: TypedLocalObjectReferenceSchema.describe('The copy; its name is made up when absent.').optional(),
  template: VirtualMachineCloneTemplateFiltersSchema.optional(),
  volumeNamePolicy: z.enum(volumeNamePolicies).describe('Names of the copied claims.').optional(),
});
export type VirtualMachineCloneSpec = z.output<typeof VirtualMachineCloneSpecSchema>;

export const VirtualMachineCloneStatusSchema = apiObject('Progress of the copy.', {
  conditions: atomicList(ConditionSchema).optional(),
  creationTime: time().optional(),
  phase: openEnum(clonePhases).optional(),
  restoreName: z.string().optional(),
  snapshotName: z.string().optional(),
  targetName: z.string().optional(),
});
export type VirtualMachineCloneStatus = z.output<typeof VirtualMachineCloneStatusSchema>;

export const VirtualMachineCloneSchema = apiObject('Makes a copy of a machine and its storage.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineCloneSpecSchema,
  status: VirtualMachineCloneStatusSchema.nullable().optional(),
});
export type VirtualMachineClone = z.output<typeof VirtualMachineCloneSchema>;

export const VirtualMachineCloneListSchema = listOf(
  VirtualMachineCloneSchema,
  'A list of VirtualMachineClone objects.',
);
export type VirtualMachineCloneList = z.output<typeof VirtualMachineCloneListSchema>;

/** KubeVirt clones: a clone in v1alpha1, which has no patches and no policy for names. */
export const VirtualMachineCloneV1Alpha1Schema = VirtualMachineCloneSchema.extend({
  spec: VirtualMachineCloneSpecSchema.omit({ patches: true, volumeNamePolicy: true }),
});
