// DataSource: a name for content that many volumes are made from.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { list } from '../schema/scalars.ts';
import { CDIConditionSchema } from './condition.ts';
import { DataVolumeSourcePVCSchema, DataVolumeSourceSnapshotSchema } from './data-volume-source.ts';

export const DataSourceReferenceSchema = apiObject('Another DataSource.', {
  name: z.string(),
  namespace: z.string(),
});
export type DataSourceReference = z.output<typeof DataSourceReferenceSchema>;

export const DataSourceSourceSchema = apiObject('Where the content is; one member is set.', {
  dataSource: DataSourceReferenceSchema.optional(),
  pvc: DataVolumeSourcePVCSchema.optional(),
  snapshot: DataVolumeSourceSnapshotSchema.optional(),
});
export type DataSourceSource = z.output<typeof DataSourceSourceSchema>;

export const DataSourceSpecSchema = apiObject('Where the content is.', { source: DataSourceSourceSchema });
export type DataSourceSpec = z.output<typeof DataSourceSpecSchema>;

export const DataSourceStatusSchema = apiObject('Whether the content is there.', {
  conditions: list(CDIConditionSchema).optional(),
  source: DataSourceSourceSchema.describe('What the references lead to.').optional(),
});
export type DataSourceStatus = z.output<typeof DataSourceStatusSchema>;

export const DataSourceSchema = apiObject('A name for content that volumes are made from.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: DataSourceSpecSchema,
  status: DataSourceStatusSchema.optional(),
});
export type DataSource = z.output<typeof DataSourceSchema>;

export const DataSourceListSchema = listOf(DataSourceSchema, 'A list of DataSource objects.');
export type DataSourceList = z.output<typeof DataSourceListSchema>;
