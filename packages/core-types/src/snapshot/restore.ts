// VirtualMachineRestore: a snapshot becomes a machine.
import * as z from 'zod';
import { ConditionSchema } from '../kubernetes/condition.ts';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { TypedLocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, openEnum, setList, time } from '../schema/scalars.ts';
import { targetReadinessPolicies, volumeOwnershipPolicies, volumeRestorePolicies } from './values.ts';

export const VolumeRestoreOverrideSchema = apiObject('Name and labels of one restored claim.', {
  annotations: z.record(z.string(), z.string()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  restoreName: z.string().describe('Name of the claim.').optional(),
  volumeName: z.string().optional(),
});
export type VolumeRestoreOverride = z.output<typeof VolumeRestoreOverrideSchema>;

export const VolumeRestoreSchema = apiObject('A volume and the claim it is restored to.', {
  dataVolumeName: z.string().optional(),
  persistentVolumeClaim: z.string(),
  volumeName: z.string(),
  volumeSnapshotName: z.string(),
});
export type VolumeRestore = z.output<typeof VolumeRestoreSchema>;

export const VirtualMachineRestoreSpecSchema = apiObject('What to restore, to which machine, and how.', {
  patches: atomicList(z.string())
    .describe('JSON patch operations on a machine that the restore creates.')
    .optional(),
  target: TypedLocalObjectReferenceSchema,
  targetReadinessPolicy: z
    .enum(targetReadinessPolicies)
    .meta({ default: 'WaitGracePeriod' })
    .describe('What is done while the target runs.')
    .optional(),
  virtualMachineSnapshotName: z.string(),
  volumeOwnershipPolicy: openEnum(volumeOwnershipPolicies).describe('Who owns restored claims.').optional(),
  volumeRestoreOverrides: atomicList(VolumeRestoreOverrideSchema).optional(),
  volumeRestorePolicy: openEnum(volumeRestorePolicies).describe('Names of restored claims.').optional(),
});
export type VirtualMachineRestoreSpec = z.output<typeof VirtualMachineRestoreSpecSchema>;

export const VirtualMachineRestoreStatusSchema = apiObject('Progress of the restore.', {
  complete: z.boolean().optional(),
  conditions: atomicList(ConditionSchema).optional(),
  deletedDataVolumes: setList(z.string()).optional(),
  restoreTime: time().optional(),
  restores: atomicList(VolumeRestoreSchema).optional(),
});
export type VirtualMachineRestoreStatus = z.output<typeof VirtualMachineRestoreStatusSchema>;

export const VirtualMachineRestoreSchema = apiObject('Gives a machine the state of a snapshot.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineRestoreSpecSchema,
  status: VirtualMachineRestoreStatusSchema.nullable().optional(),
});
export type VirtualMachineRestore = z.output<typeof VirtualMachineRestoreSchema>;

export const VirtualMachineRestoreListSchema = listOf(
  VirtualMachineRestoreSchema,
  'A list of VirtualMachineRestore objects.',
);
export type VirtualMachineRestoreList = z.output<typeof VirtualMachineRestoreListSchema>;

/** KubeVirt snapshots: a restore in v1alpha1, which has no policies and no overrides. */
export const VirtualMachineRestoreV1Alpha1Schema = VirtualMachineRestoreSchema.extend({
  spec: VirtualMachineRestoreSpecSchema.omit({
    targetReadinessPolicy: true,
    volumeOwnershipPolicy: true,
    volumeRestoreOverrides: true,
    volumeRestorePolicy: true,
  }),
});
