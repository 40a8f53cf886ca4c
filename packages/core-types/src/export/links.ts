// Where the content of an export can be fetched.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { mapList, openEnum } from '../schema/scalars.ts';
import { exportBackupEndpoints, exportFormats, exportManifests } from './values.ts';

export const VirtualMachineExportVolumeFormatSchema = apiObject('A volume in one format.', {
  format: openEnum(exportFormats),
  url: z.string(),
});
export type VirtualMachineExportVolumeFormat = z.output<typeof VirtualMachineExportVolumeFormatSchema>;

export const VirtualMachineExportVolumeSchema = apiObject('A volume and the formats it is offered in.', {
  formats: mapList(VirtualMachineExportVolumeFormatSchema, ['format']).optional(),
  name: z.string(),
});
export type VirtualMachineExportVolume = z.output<typeof VirtualMachineExportVolumeSchema>;

export const VirtualMachineExportBackupEndpointSchema = apiObject('One way to read a backup.', {
  endpoint: openEnum(exportBackupEndpoints),
  url: z.string(),
});
export type VirtualMachineExportBackupEndpoint = z.output<typeof VirtualMachineExportBackupEndpointSchema>;

export const VirtualMachineExportBackupSchema = apiObject('The backup of one volume.', {
  endpoints: mapList(VirtualMachineExportBackupEndpointSchema, ['endpoint']).optional(),
  name: z.string(),
});
export type VirtualMachineExportBackup = z.output<typeof VirtualMachineExportBackupSchema>;

export const VirtualMachineExportManifestSchema = apiObject('Manifests that make the machine anew.', {
  type: openEnum(exportManifests),
  url: z.string(),
});
export type VirtualMachineExportManifest = z.output<typeof VirtualMachineExportManifestSchema>;

export const VirtualMachineExportLinkSchema = apiObject('Addresses, and the certificate behind them.', {
  backups: mapList(VirtualMachineExportBackupSchema, ['name']).optional(),
  cert: z.string().describe('Certificate of the authority, PEM.'),
  manifests: mapList(VirtualMachineExportManifestSchema, ['type']).optional(),
  volumes: mapList(VirtualMachineExportVolumeSchema, ['name']).optional(),
});
export type VirtualMachineExportLink = z.output<typeof VirtualMachineExportLinkSchema>;

export const VirtualMachineExportLinksSchema = apiObject('Addresses in the cluster and outside of it.', {
  external: VirtualMachineExportLinkSchema.optional(),
  internal: VirtualMachineExportLinkSchema.optional(),
});
export type VirtualMachineExportLinks = z.output<typeof VirtualMachineExportLinksSchema>;
