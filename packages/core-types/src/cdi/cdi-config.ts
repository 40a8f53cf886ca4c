// CDIConfig: settings of the Containerized Data Importer.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { LocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { int32, list, mapList, openEnum, presence, quantity } from '../schema/scalars.ts';

const quantities = z.record(z.string(), quantity());

export const TransferPodResourcesSchema = apiObject('Compute resources of the pods that move content.', {
  claims: mapList(
    apiObject('A resource claim of the pod.', { name: z.string(), request: z.string().optional() }),
    ['name'],
  ).optional(),
  limits: quantities.optional(),
  requests: quantities.optional(),
});
export type TransferPodResources = z.output<typeof TransferPodResourcesSchema>;

const overhead = z.string().regex(/^(0(?:\.\d{1,3})?|1)$/);

export const FilesystemOverheadSchema = apiObject('Share of a file system that is kept free, from 0 to 1.', {
  global: overhead.optional(),
  storageClass: z.record(z.string(), overhead).describe('By storage class.').optional(),
});
export type FilesystemOverhead = z.output<typeof FilesystemOverheadSchema>;

export const ImportProxySchema = apiObject('Proxies for imports.', {
  HTTPProxy: z.string().optional(),
  HTTPSProxy: z.string().optional(),
  noProxy: z.string().optional(),
  trustedCAProxy: z.string().describe('ConfigMap with certificates to trust.').optional(),
});
export type ImportProxy = z.output<typeof ImportProxySchema>;

export const CustomTLSProfileSchema = apiObject('Ciphers and protocol versions, one by one.', {
  ciphers: list(z.string()),
  minTLSVersion: z.string(),
});
export type CustomTLSProfile = z.output<typeof CustomTLSProfileSchema>;

export const TLSSecurityProfileSchema = apiObject(
  'Ciphers and protocol versions; `type` says which member.',
  {
    custom: CustomTLSProfileSchema.optional(),
    intermediate: presence().optional(),
    modern: presence().optional(),
    old: presence().optional(),
    type: openEnum(['Old', 'Intermediate', 'Modern', 'Custom']).optional(),
  },
);
export type TLSSecurityProfile = z.output<typeof TLSSecurityProfileSchema>;

export const CDIConfigSpecSchema = apiObject('Settings that people make.', {
  dataVolumeTTLSeconds: int32().describe('Without effect.').optional(),
  featureGates: list(z.string()).optional(),
  filesystemOverhead: FilesystemOverheadSchema.optional(),
  imagePullSecrets: list(LocalObjectReferenceSchema).optional(),
  importProxy: ImportProxySchema.optional(),
  insecureRegistries: list(z.string()).optional(),
  logVerbosity: int32().optional(),
  podResourceRequirements: TransferPodResourcesSchema.optional(),
  preallocation: z.boolean().optional(),
  scratchSpaceStorageClass: z.string().optional(),
  tlsSecurityProfile: TLSSecurityProfileSchema.optional(),
  uploadProxyURLOverride: z.string().optional(),
  webhookPvcRendering: openEnum(['Enabled', 'Disabled']).optional(),
});
export type CDIConfigSpec = z.output<typeof CDIConfigSpecSchema>;

export const CDIConfigStatusSchema = apiObject('Settings in force.', {
  defaultPodResourceRequirements: TransferPodResourcesSchema.optional(),
  filesystemOverhead: FilesystemOverheadSchema.optional(),
  imagePullSecrets: list(LocalObjectReferenceSchema).optional(),
  importProxy: ImportProxySchema.optional(),
  preallocation: z.boolean().optional(),
  scratchSpaceStorageClass: z.string().optional(),
  uploadProxyCA: z.string().optional(),
  uploadProxyURL: z.string().optional(),
});
export type CDIConfigStatus = z.output<typeof CDIConfigStatusSchema>;

export const CDIConfigSchema = apiObject('Settings of the Containerized Data Importer.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: CDIConfigSpecSchema,
  status: CDIConfigStatusSchema.optional(),
});
export type CDIConfig = z.output<typeof CDIConfigSchema>;

export const CDIConfigListSchema = listOf(CDIConfigSchema, 'A list of CDIConfig objects.');
export type CDIConfigList = z.output<typeof CDIConfigListSchema>;
