// CDI: an installation of the Containerized Data Importer.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { AffinitySchema, TolerationSchema } from '../kubernetes/scheduling.ts';
import { NodePlacementSchema } from '../kubevirt/kubevirt.ts';
import { uninstallStrategies } from '../kubevirt/values.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, duration, int32, list, openEnum } from '../schema/scalars.ts';
import { CDIConfigSpecSchema } from './cdi-config.ts';
import { CDIConditionSchema } from './condition.ts';
import { cdiPhases, cloneStrategies } from './values.ts';

export const CDICertificateLifetimeSchema = apiObject('How long certificates are valid.', {
  duration: duration().optional(),
  renewBefore: duration().optional(),
});
export type CDICertificateLifetime = z.output<typeof CDICertificateLifetimeSchema>;

export const CDICertConfigSchema = apiObject('Certificates that the installation makes for itself.', {
  ca: CDICertificateLifetimeSchema.optional(),
  client: CDICertificateLifetimeSchema.optional(),
  server: CDICertificateLifetimeSchema.optional(),
});
export type CDICertConfig = z.output<typeof CDICertConfigSchema>;

export const CDIComponentConfigSchema = apiObject('Nodes and number of the components.', {
  affinity: AffinitySchema.optional(),
  apiServerReplicas: int32().optional(),
  deploymentReplicas: int32().optional(),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  tolerations: list(TolerationSchema).optional(),
  uploadProxyReplicas: int32().optional(),
});
export type CDIComponentConfig = z.output<typeof CDIComponentConfigSchema>;

export const CDIComponentPatchSchema = apiObject('A change of one resource of the installation.', {
  patch: z.string(),
  resourceName: z.string().min(1),
  resourceType: z.string().min(1),
  type: openEnum(['json', 'merge', 'strategic']),
});
export type CDIComponentPatch = z.output<typeof CDIComponentPatchSchema>;

export const CDIComponentFlagsSchema = apiObject('Command line flags of the components.', {
  api: z.record(z.string(), z.string()).optional(),
  controller: z.record(z.string(), z.string()).optional(),
  uploadProxy: z.record(z.string(), z.string()).optional(),
});
export type CDIComponentFlags = z.output<typeof CDIComponentFlagsSchema>;

export const CDICustomizeComponentsSchema = apiObject('Changes of the installed components.', {
  flags: CDIComponentFlagsSchema.optional(),
  patches: atomicList(CDIComponentPatchSchema).optional(),
});
export type CDICustomizeComponents = z.output<typeof CDICustomizeComponentsSchema>;

export const CDISpecSchema = apiObject('How to install.', {
  certConfig: CDICertConfigSchema.optional(),
  cloneStrategyOverride: z.enum(cloneStrategies).optional(),
  config: CDIConfigSpecSchema.optional(),
  customizeComponents: CDICustomizeComponentsSchema.optional(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  infra: CDIComponentConfigSchema.optional(),
  priorityClass: z.string().optional(),
  uninstallStrategy: z.enum(uninstallStrategies).optional(),
  workload: NodePlacementSchema.optional(),
});
export type CDISpec = z.output<typeof CDISpecSchema>;

export const CDIStatusSchema = apiObject('What is installed.', {
  conditions: list(CDIConditionSchema).optional(),
  observedVersion: z.string().optional(),
  operatorVersion: z.string().optional(),
  phase: openEnum(cdiPhases).optional(),
  targetVersion: z.string().optional(),
});
export type CDIStatus = z.output<typeof CDIStatusSchema>;

export const CDISchema = apiObject('An installation of the Containerized Data Importer.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: CDISpecSchema,
  status: CDIStatusSchema.optional(),
});
export type CDI = z.output<typeof CDISchema>;

export const CDIListSchema = listOf(CDISchema, 'A list of CDI objects.');
export type CDIList = z.output<typeof CDIListSchema>;
