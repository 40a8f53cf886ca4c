// Claims for storage.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, mergedMap, quantity } from '../schema/scalars.ts';
import { ConditionSchema } from './condition.ts';
import { LabelSelectorSchema, ObjectMetaSchema, typeMeta } from './meta.ts';
import { TypedLocalObjectReferenceSchema, TypedObjectReferenceSchema } from './references.ts';

export const ClaimVolumeSourceSchema = apiObject('A claim used as a volume.', {
  claimName: z.string(),
  readOnly: z.boolean().optional(),
});
export type ClaimVolumeSource = z.output<typeof ClaimVolumeSourceSchema>;

export const VolumeResourceRequirementsSchema = apiObject('Storage that a claim asks for.', {
  limits: z.record(z.string(), quantity()).optional(),
  requests: z.record(z.string(), quantity()).optional(),
});
export type VolumeResourceRequirements = z.output<typeof VolumeResourceRequirementsSchema>;

export const PersistentVolumeClaimSpecSchema = apiObject('The storage that is asked for.', {
  accessModes: atomicList(
    z.enum(['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']),
  ).optional(),
  dataSource: TypedLocalObjectReferenceSchema.optional(),
  dataSourceRef: TypedObjectReferenceSchema.optional(),
  resources: VolumeResourceRequirementsSchema.optional(),
  selector: LabelSelectorSchema.optional(),
  storageClassName: z.string().optional(),
  volumeAttributesClassName: z.string().optional(),
  volumeMode: z.enum(['Block', 'Filesystem', 'FromStorageProfile']).optional(),
  volumeName: z.string().optional(),
});
export type PersistentVolumeClaimSpec = z.output<typeof PersistentVolumeClaimSpecSchema>;

export const PersistentVolumeClaimSchema = apiObject('A claim for storage.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: PersistentVolumeClaimSpecSchema.optional(),
  status: apiObject('What was observed of the claim.', {
    phase: z.string().describe('Pending, Bound or Lost.').optional(),
    accessModes: atomicList(z.string()).optional(),
    capacity: z.record(z.string(), quantity()).optional(),
    allocatedResources: z.record(z.string(), quantity()).optional(),
    allocatedResourceStatuses: z.record(z.string(), z.string()).optional(),
    conditions: mergedMap(ConditionSchema, ['type']).optional(),
    currentVolumeAttributesClassName: z.string().optional(),
  }).optional(),
});
export type PersistentVolumeClaim = z.output<typeof PersistentVolumeClaimSchema>;
