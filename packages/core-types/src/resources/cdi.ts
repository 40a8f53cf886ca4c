import { CDIConfigSchema, type CDIConfig } from '../cdi/cdi-config.ts';
import { CDISchema, type CDI } from '../cdi/cdi.ts';
import { DataImportCronSchema, type DataImportCron } from '../cdi/data-import-cron.ts';
import { DataSourceSchema, type DataSource } from '../cdi/data-source.ts';
import { DataVolumeSchema, type DataVolume } from '../cdi/data-volume.ts';
import { ObjectTransferSchema, type ObjectTransfer } from '../cdi/object-transfer.ts';
import {
  VolumeCloneSourceSchema,
  VolumeImportSourceSchema,
  VolumeUploadSourceSchema,
  type VolumeCloneSource,
  type VolumeImportSource,
  type VolumeUploadSource,
} from '../cdi/populators.ts';
import { StorageProfileSchema, type StorageProfile } from '../cdi/storage-profile.ts';
import { age, text } from './columns.ts';
import type { ResourceDefinition } from './definition.ts';

const served = { group: 'cdi.kubevirt.io', version: 'v1beta1' } as const;

/** CDI API: cdi.kubevirt.io/v1beta1, namespaced; has a status subresource. */
export const dataVolumes: ResourceDefinition<DataVolume> = {
  ...served,
  kind: 'DataVolume',
  plural: 'datavolumes',
  singular: 'datavolume',
  shortNames: ['dv', 'dvs'],
  categories: ['all'],
  namespaced: true,
  schema: DataVolumeSchema,
  subresources: { status: true },
  printerColumns: [
    text('Phase', '.status.phase'),
    text('Progress', '.status.progress'),
    { name: 'Restarts', type: 'integer', jsonPath: '.status.restartCount' },
    age,
  ],
};

/** CDI API: cdi.kubevirt.io/v1beta1, namespaced; its status is written through the object itself. */
export const dataSources: ResourceDefinition<DataSource> = {
  ...served,
  kind: 'DataSource',
  plural: 'datasources',
  singular: 'datasource',
  shortNames: ['das'],
  categories: ['all'],
  namespaced: true,
  schema: DataSourceSchema,
};

/** CDI API: cdi.kubevirt.io/v1beta1, namespaced; its status is written through the object itself. */
export const dataImportCrons: ResourceDefinition<DataImportCron> = {
  ...served,
  kind: 'DataImportCron',
  plural: 'dataimportcrons',
  singular: 'dataimportcron',
  shortNames: ['dic', 'dics'],
  categories: ['all'],
  namespaced: true,
  schema: DataImportCronSchema,
  printerColumns: [text('Format', '.status.sourceFormat')],
};

/** CDI API: cdi.kubevirt.io/v1beta1, of the whole cluster; has a status subresource. */
export const storageProfiles: ResourceDefinition<StorageProfile> = {
  ...served,
  kind: 'StorageProfile',
  plural: 'storageprofiles',
  singular: 'storageprofile',
  namespaced: false,
  schema: StorageProfileSchema,
  subresources: { status: true },
};

/** CDI API: cdi.kubevirt.io/v1beta1, of the whole cluster; there is one, `config`. Its status is written through the object itself. */
export const cdiConfigs: ResourceDefinition<CDIConfig> = {
  ...served,
  kind: 'CDIConfig',
  plural: 'cdiconfigs',
  singular: 'cdiconfig',
  namespaced: false,
  schema: CDIConfigSchema,
};

/** CDI API: cdi.kubevirt.io/v1beta1, of the whole cluster; its status is written through the object itself. */
export const cdis: ResourceDefinition<CDI> = {
  ...served,
  additionalVersions: [{ name: 'v1alpha1' }],
  kind: 'CDI',
  plural: 'cdis',
  singular: 'cdi',
  shortNames: ['cdi', 'cdis'],
  namespaced: false,
  schema: CDISchema,
  printerColumns: [age, text('Phase', '.status.phase')],
};

/** CDI API: cdi.kubevirt.io/v1beta1, of the whole cluster; has a status subresource. Deprecated. */
export const objectTransfers: ResourceDefinition<ObjectTransfer> = {
  ...served,
  kind: 'ObjectTransfer',
  plural: 'objecttransfers',
  singular: 'objecttransfer',
  shortNames: ['ot', 'ots'],
  namespaced: false,
  schema: ObjectTransferSchema,
  subresources: { status: true },
  printerColumns: [age, text('Phase', '.status.phase')],
};

/** CDI API: cdi.kubevirt.io/v1beta1, namespaced; its status is empty. */
export const volumeImportSources: ResourceDefinition<VolumeImportSource> = {
  ...served,
  kind: 'VolumeImportSource',
  plural: 'volumeimportsources',
  singular: 'volumeimportsource',
  namespaced: true,
  schema: VolumeImportSourceSchema,
};

/** CDI API: cdi.kubevirt.io/v1beta1, namespaced; its status is empty. */
export const volumeUploadSources: ResourceDefinition<VolumeUploadSource> = {
  ...served,
  kind: 'VolumeUploadSource',
  plural: 'volumeuploadsources',
  singular: 'volumeuploadsource',
  namespaced: true,
  schema: VolumeUploadSourceSchema,
};

/** CDI API: cdi.kubevirt.io/v1beta1, namespaced; has no status. */
export const volumeCloneSources: ResourceDefinition<VolumeCloneSource> = {
  ...served,
  kind: 'VolumeCloneSource',
  plural: 'volumeclonesources',
  singular: 'volumeclonesource',
  namespaced: true,
  schema: VolumeCloneSourceSchema,
};
