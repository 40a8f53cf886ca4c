// The DataVolume that the Containerized Data Importer fills, as embedded in a VirtualMachine.
import { z } from 'zod';
import { LabelSelectorSchema } from '../kubernetes/meta.ts';
import {
  PersistentVolumeClaimSpecSchema,
  VolumeResourceRequirementsSchema,
} from '../kubernetes/persistent-volume-claim.ts';
import { TypedLocalObjectReferenceSchema, TypedObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { list, presence } from '../schema/scalars.ts';

export const PlatformOptionsSchema = apiObject('The platform to choose from a multi-platform image.', {
  architecture: z.string().optional(),
});
export type PlatformOptions = z.output<typeof PlatformOptionsSchema>;

export const DataVolumeSourceGCSSchema = apiObject('A Google Cloud Storage object.', {
  secretRef: z.string().optional(),
  url: z.string(),
});
export type DataVolumeSourceGCS = z.output<typeof DataVolumeSourceGCSSchema>;

export const DataVolumeSourceHTTPSchema = apiObject('A file served over HTTP(S).', {
  certConfigMap: z.string().optional(),
  extraHeaders: list(z.string()).optional(),
  secretExtraHeaders: list(z.string()).optional(),
  secretRef: z.string().optional(),
  url: z.string(),
});
export type DataVolumeSourceHTTP = z.output<typeof DataVolumeSourceHTTPSchema>;

export const DataVolumeSourceImageIOSchema = apiObject('A disk of an oVirt image service.', {
  certConfigMap: z.string().optional(),
  diskId: z.string(),
  insecureSkipVerify: z.boolean().optional(),
  secretRef: z.string().optional(),
  url: z.string(),
});
export type DataVolumeSourceImageIO = z.output<typeof DataVolumeSourceImageIOSchema>;

export const DataVolumeSourcePVCSchema = apiObject('An existing claim to clone.', {
  name: z.string(),
  namespace: z.string(),
});
export type DataVolumeSourcePVC = z.output<typeof DataVolumeSourcePVCSchema>;

export const DataVolumeSourceRegistrySchema = apiObject('A disk image in a container registry.', {
  certConfigMap: z.string().optional(),
  imageStream: z.string().optional(),
  platform: PlatformOptionsSchema.optional(),
  pullMethod: z.string().optional(),
  secretRef: z.string().optional(),
  url: z.string().optional(),
});
export type DataVolumeSourceRegistry = z.output<typeof DataVolumeSourceRegistrySchema>;

export const DataVolumeSourceS3Schema = apiObject('An object of an S3 compatible store.', {
  certConfigMap: z.string().optional(),
  secretRef: z.string().optional(),
  url: z.string(),
});
export type DataVolumeSourceS3 = z.output<typeof DataVolumeSourceS3Schema>;

export const DataVolumeSourceSnapshotSchema = apiObject('A volume snapshot to clone.', {
  name: z.string(),
  namespace: z.string(),
});
export type DataVolumeSourceSnapshot = z.output<typeof DataVolumeSourceSnapshotSchema>;

export const DataVolumeSourceVDDKSchema = apiObject('A disk of a VMware host.', {
  backingFile: z.string().optional(),
  extraArgs: z.string().optional(),
  initImageURL: z.string().optional(),
  secretRef: z.string().optional(),
  thumbprint: z.string().optional(),
  url: z.string().optional(),
  uuid: z.string().optional(),
});
export type DataVolumeSourceVDDK = z.output<typeof DataVolumeSourceVDDKSchema>;

export const DataVolumeImportSourceSchema = apiObject('Where the content comes from; one member is set.', {
  blank: presence().optional(),
  gcs: DataVolumeSourceGCSSchema.optional(),
  http: DataVolumeSourceHTTPSchema.optional(),
  imageio: DataVolumeSourceImageIOSchema.optional(),
  pvc: DataVolumeSourcePVCSchema.optional(),
  registry: DataVolumeSourceRegistrySchema.optional(),
  s3: DataVolumeSourceS3Schema.optional(),
  snapshot: DataVolumeSourceSnapshotSchema.optional(),
  upload: presence().optional(),
  vddk: DataVolumeSourceVDDKSchema.optional(),
});
export type DataVolumeImportSource = z.output<typeof DataVolumeImportSourceSchema>;

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
  contentType: z.enum(['kubevirt', 'archive']).optional(),
  finalCheckpoint: z.boolean().optional(),
  preallocation: z.boolean().optional(),
  priorityClassName: z.string().optional(),
  pvc: PersistentVolumeClaimSpecSchema.optional(),
  source: DataVolumeImportSourceSchema.optional(),
  sourceRef: DataVolumeSourceRefSchema.optional(),
  storage: StorageSpecSchema.optional(),
});
export type DataVolumeSpec = z.output<typeof DataVolumeSpecSchema>;
