// StorageProfile: what a storage class can do.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { list, openEnum } from '../schema/scalars.ts';
import { CDIConditionSchema } from './condition.ts';
import { cloneStrategies, importSourceFormats } from './values.ts';

export const ClaimPropertySetSchema = apiObject('Access modes and volume mode that go together.', {
  accessModes: list(z.enum(['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'])).max(4),
  volumeMode: z.enum(['Block', 'Filesystem']),
});
export type ClaimPropertySet = z.output<typeof ClaimPropertySetSchema>;

const recommended = {
  claimPropertySets: list(ClaimPropertySetSchema).max(8).describe('The first is preferred.').optional(),
  cloneStrategy: openEnum(cloneStrategies).optional(),
  dataImportCronSourceFormat: openEnum(importSourceFormats).optional(),
  snapshotClass: z.string().optional(),
} as const;

export const StorageProfileSpecSchema = apiObject('Settings that go before what is known of the class.', {
  ...recommended,
});
export type StorageProfileSpec = z.output<typeof StorageProfileSpecSchema>;

export const StorageProfileStatusSchema = apiObject('Settings in force for the storage class.', {
  ...recommended,
  conditions: list(CDIConditionSchema).optional(),
  provisioner: z.string().optional(),
  storageClass: z.string().optional(),
});
export type StorageProfileStatus = z.output<typeof StorageProfileStatusSchema>;

export const StorageProfileSchema = apiObject('What the storage class of the same name can do.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: StorageProfileSpecSchema,
  status: StorageProfileStatusSchema.optional(),
});
export type StorageProfile = z.output<typeof StorageProfileSchema>;

export const StorageProfileListSchema = listOf(StorageProfileSchema, 'A list of StorageProfile objects.');
export type StorageProfileList = z.output<typeof StorageProfileListSchema>;
