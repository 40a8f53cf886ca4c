// VolumeImportSource, VolumeUploadSource and VolumeCloneSource: what fills a claim that refers to them.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { TypedLocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { list, presence } from '../schema/scalars.ts';
import { DataVolumeImportSourceSchema } from './data-volume-source.ts';
import { DataVolumeCheckpointSchema } from './data-volume.ts';
import { contentTypes } from './values.ts';

export const ImportSourceTypeSchema = DataVolumeImportSourceSchema.pick({
  blank: true,
  gcs: true,
  http: true,
  imageio: true,
  registry: true,
  s3: true,
  vddk: true,
}).describe('Where the content comes from; one member is set.');
export type ImportSourceType = z.output<typeof ImportSourceTypeSchema>;

export const VolumeImportSourceSpecSchema = apiObject('What to import.', {
  checkpoints: list(DataVolumeCheckpointSchema).optional(),
  contentType: z.enum(contentTypes).optional(),
  finalCheckpoint: z.boolean().optional(),
  preallocation: z.boolean().optional(),
  source: ImportSourceTypeSchema.optional(),
  targetClaim: z.string().describe('The only claim to fill; needed for checkpoints.').optional(),
});
export type VolumeImportSourceSpec = z.output<typeof VolumeImportSourceSpecSchema>;

export const VolumeImportSourceSchema = apiObject('Fills claims that refer to it with imported content.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VolumeImportSourceSpecSchema,
  status: presence().optional(),
});
export type VolumeImportSource = z.output<typeof VolumeImportSourceSchema>;

export const VolumeImportSourceListSchema = listOf(
  VolumeImportSourceSchema,
  'A list of VolumeImportSource objects.',
);
export type VolumeImportSourceList = z.output<typeof VolumeImportSourceListSchema>;

export const VolumeUploadSourceSpecSchema = apiObject('What kind of content is uploaded.', {
  contentType: z.enum(contentTypes).optional(),
  preallocation: z.boolean().optional(),
});
export type VolumeUploadSourceSpec = z.output<typeof VolumeUploadSourceSpecSchema>;

export const VolumeUploadSourceSchema = apiObject('Fills claims that refer to it with uploaded content.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VolumeUploadSourceSpecSchema,
  status: presence().optional(),
});
export type VolumeUploadSource = z.output<typeof VolumeUploadSourceSchema>;

export const VolumeUploadSourceListSchema = listOf(
  VolumeUploadSourceSchema,
  'A list of VolumeUploadSource objects.',
);
export type VolumeUploadSourceList = z.output<typeof VolumeUploadSourceListSchema>;

export const VolumeCloneSourceSpecSchema = apiObject('What to copy.', {
  preallocation: z.boolean().optional(),
  priorityClassName: z.string().optional(),
  source: TypedLocalObjectReferenceSchema.describe('A claim or a volume snapshot.'),
});
export type VolumeCloneSourceSpec = z.output<typeof VolumeCloneSourceSpecSchema>;

export const VolumeCloneSourceSchema = apiObject('Fills claims that refer to it with a copy.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VolumeCloneSourceSpecSchema,
});
export type VolumeCloneSource = z.output<typeof VolumeCloneSourceSchema>;

export const VolumeCloneSourceListSchema = listOf(
  VolumeCloneSourceSchema,
  'A list of VolumeCloneSource objects.',
);
export type VolumeCloneSourceList = z.output<typeof VolumeCloneSourceListSchema>;
