// DataImportCron: imports an image whenever there is a newer one.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { int32, list, openEnum, time } from '../schema/scalars.ts';
import { CDIConditionSchema } from './condition.ts';
import { DataVolumeSourcePVCSchema } from './data-volume-source.ts';
import { DataVolumeSchema } from './data-volume.ts';
import { importGarbageCollections, importRetentionPolicies, importSourceFormats } from './values.ts';

export const DataImportCronSpecSchema = apiObject('What to import, when, and how many to keep.', {
  garbageCollect: openEnum(importGarbageCollections).optional(),
  importsToKeep: int32().describe('Imports that stay; 3 when absent.').optional(),
  managedDataSource: z.string().describe('DataSource that names the newest import.'),
  retentionPolicy: openEnum(importRetentionPolicies).optional(),
  schedule: z.string().describe('When to look, as in crontab; never when empty.'),
  serviceAccountName: z.string().min(1).optional(),
  template: DataVolumeSchema.describe('The DataVolume of one import.'),
});
export type DataImportCronSpec = z.output<typeof DataImportCronSpecSchema>;

export const ImportStatusSchema = apiObject('An import that runs.', {
  DataVolumeName: z.string(),
  Digest: z.string(),
});
export type ImportStatus = z.output<typeof ImportStatusSchema>;

export const DataImportCronStatusSchema = apiObject('The imports so far.', {
  conditions: list(CDIConditionSchema).optional(),
  currentImports: list(ImportStatusSchema).optional(),
  lastExecutionTimestamp: time().optional(),
  lastImportTimestamp: time().optional(),
  lastImportedPVC: DataVolumeSourcePVCSchema.optional(),
  sourceFormat: openEnum(importSourceFormats).optional(),
});
export type DataImportCronStatus = z.output<typeof DataImportCronStatusSchema>;

export const DataImportCronSchema = apiObject('Imports an image whenever there is a newer one.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: DataImportCronSpecSchema,
  status: DataImportCronStatusSchema.optional(),
});
export type DataImportCron = z.output<typeof DataImportCronSchema>;

export const DataImportCronListSchema = listOf(DataImportCronSchema, 'A list of DataImportCron objects.');
export type DataImportCronList = z.output<typeof DataImportCronListSchema>;
