// Where the content of a volume comes from.
import * as z from 'zod';
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
  checksum: z.string().describe('Algorithm and digest, for example sha256:0123…').optional(),
  extraHeaders: list(z.string()).optional(),
  insecureSkipVerify: z.boolean().describe('Trust any certificate.').optional(),
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
  certConfigMap: z.string().optional(),
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
