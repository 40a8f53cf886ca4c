// DataVolume: a claim, and the content that the Containerized Data Importer puts on it.
import * as z from 'zod';
import { LabelSelectorSchema, ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import {
  PersistentVolumeClaimSpecSchema,
  VolumeResourceRequirementsSchema,
} from '../kubernetes/persistent-volume-claim.ts';
import { TypedLocalObjectReferenceSchema, TypedObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { int32, list, openEnum } from '../schema/scalars.ts';
import { CDIConditionSchema } from './condition.ts';
import { DataVolumeImportSourceSchema } from './data-volume-source.ts';
import { contentTypes, dataVolumePhases } from './values.ts';

export const DataVolumeSourceRefSchema = apiObject('A named, shared source of content.', {
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
});
export type DataVolumeSourceRef = z.output<typeof DataVolumeSourceRefSchema>;

export const DataVolumeCheckpointSchema = apiObject('One step of a multi-stage import.', {
  current: z.string(),
  previous: z.string(),
});
export type DataVolumeCheckpoint = z.output<typeof DataVolumeCheckpointSchema>;

export const StorageSpecSchema = apiObject('The claim to create, with defaults from the storage profile.', {
  accessModes: list(
    z.enum(['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']),
  ).optional(),
  dataSource: TypedLocalObjectReferenceSchema.optional(),
  dataSourceRef: TypedObjectReferenceSchema.optional(),
  resources: VolumeResourceRequirementsSchema.optional(),
  selector: LabelSelectorSchema.optional(),
  storageClassName: z.string().optional(),
  volumeMode: z.enum(['Block', 'Filesystem', 'FromStorageProfile']).optional(),
  volumeName: z.string().optional(),
});
export type StorageSpec = z.output<typeof StorageSpecSchema>;

export const DataVolumeSpecSchema = apiObject('Content to import and the claim to put it on.', {
  checkpoints: list(DataVolumeCheckpointSchema).optional(),
  contentType: z.enum(contentTypes).optional(),
  finalCheckpoint: z.boolean().optional(),
  preallocation: z.boolean().optional(),
  priorityClassName: z.string().optional(),
  pvc: PersistentVolumeClaimSpecSchema.optional(),
  serviceAccountName: z.string().optional(),
  source: DataVolumeImportSourceSchema.optional(),
  sourceRef: DataVolumeSourceRefSchema.optional(),
  storage: StorageSpecSchema.optional(),
});
export type DataVolumeSpec = z.output<typeof DataVolumeSpecSchema>;

export const DataVolumeStatusSchema = apiObject('How far the content is.', {
  claimName: z.string().optional(),
  conditions: list(CDIConditionSchema).optional(),
  phase: openEnum(dataVolumePhases).optional(),
  progress: z.string().describe('Share that is done, such as 12.5%, or N/A.').optional(),
  restartCount: int32().describe('Restarts of the pod that fills the volume.').optional(),
});
export type DataVolumeStatus = z.output<typeof DataVolumeStatusSchema>;

export const DataVolumeSchema = apiObject('A claim and the content to put on it.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: DataVolumeSpecSchema,
  status: DataVolumeStatusSchema.optional(),
});
export type DataVolume = z.output<typeof DataVolumeSchema>;

export const DataVolumeListSchema = listOf(DataVolumeSchema, 'A list of DataVolume objects.');
export type DataVolumeList = z.output<typeof DataVolumeListSchema>;
