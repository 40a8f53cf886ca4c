// KubeVirt: the installation.
import * as z from 'zod';
import { ConditionSchema } from '../kubernetes/condition.ts';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { LocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { AffinitySchema, TolerationSchema } from '../kubernetes/scheduling.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, duration, int32, int64, list, openEnum, uint8 } from '../schema/scalars.ts';
import { KubeVirtConfigurationSchema } from './kubevirt-configuration.ts';
import { kubeVirtPhases, uninstallStrategies } from './values.ts';

export const CertConfigSchema = apiObject('Lifetime of a certificate.', {
  duration: duration().optional(),
  renewBefore: duration().optional(),
});
export type CertConfig = z.output<typeof CertConfigSchema>;

export const KubeVirtSelfSignConfigurationSchema = apiObject('Lifetimes of self-signed certificates.', {
  ca: CertConfigSchema.optional(),
  caOverlapInterval: duration().optional(),
  caRotateInterval: duration().optional(),
  certRotateInterval: duration().optional(),
  server: CertConfigSchema.optional(),
});
export type KubeVirtSelfSignConfiguration = z.output<typeof KubeVirtSelfSignConfigurationSchema>;

export const KubeVirtCertificateRotateStrategySchema = apiObject('How certificates are renewed.', {
  selfSigned: KubeVirtSelfSignConfigurationSchema.optional(),
});
export type KubeVirtCertificateRotateStrategy = z.output<typeof KubeVirtCertificateRotateStrategySchema>;

export const CustomizeComponentsPatchSchema = apiObject('A patch of one installed object.', {
  patch: z.string(),
  resourceName: z.string().min(1),
  resourceType: z.string().min(1),
  type: z.string(),
});
export type CustomizeComponentsPatch = z.output<typeof CustomizeComponentsPatchSchema>;

export const FlagsSchema = apiObject('Extra command line flags by component.', {
  api: z.record(z.string(), z.string()).optional(),
  controller: z.record(z.string(), z.string()).optional(),
  handler: z.record(z.string(), z.string()).optional(),
});
export type Flags = z.output<typeof FlagsSchema>;

export const CustomizeComponentsSchema = apiObject('Changes to installed objects.', {
  flags: FlagsSchema.optional(),
  patches: atomicList(CustomizeComponentsPatchSchema).optional(),
});
export type CustomizeComponents = z.output<typeof CustomizeComponentsSchema>;

export const NodePlacementSchema = apiObject('Nodes that components may run on.', {
  affinity: AffinitySchema.optional(),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  tolerations: list(TolerationSchema).optional(),
});
export type NodePlacement = z.output<typeof NodePlacementSchema>;

export const ComponentConfigSchema = apiObject('Placement and replicas of components.', {
  nodePlacement: NodePlacementSchema.optional(),
  replicas: uint8().optional(),
});
export type ComponentConfig = z.output<typeof ComponentConfigSchema>;

export const KubeVirtWorkloadUpdateStrategySchema = apiObject(
  'How running instances move to a new version.',
  {
    batchEvictionInterval: duration().optional(),
    batchEvictionSize: int32().optional(),
    workloadUpdateMethods: atomicList(z.string()).optional(),
  },
);
export type KubeVirtWorkloadUpdateStrategy = z.output<typeof KubeVirtWorkloadUpdateStrategySchema>;

export const KubeVirtSpecSchema = apiObject('Version, placement and configuration to install.', {
  certificateRotateStrategy: KubeVirtCertificateRotateStrategySchema.optional(),
  configuration: KubeVirtConfigurationSchema.describe('Cluster-wide configuration.').optional(),
  customizeComponents: CustomizeComponentsSchema.optional(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  imagePullSecrets: atomicList(LocalObjectReferenceSchema).optional(),
  imageRegistry: z.string().optional(),
  imageTag: z.string().optional(),
  infra: ComponentConfigSchema.optional(),
  monitorAccount: z.string().optional(),
  monitorNamespace: z.string().optional(),
  productComponent: z.string().optional(),
  productName: z.string().optional(),
  productVersion: z.string().optional(),
  serviceMonitorNamespace: z.string().optional(),
  synchronizationPort: z.string().optional(),
  uninstallStrategy: openEnum(uninstallStrategies).optional(),
  workloadUpdateStrategy: KubeVirtWorkloadUpdateStrategySchema.optional(),
  workloads: ComponentConfigSchema.optional(),
});
export type KubeVirtSpec = z.output<typeof KubeVirtSpecSchema>;

export const GenerationStatusSchema = apiObject('The last generation applied to an installed object.', {
  name: z.string(),
  group: z.string(),
  hash: z.string().optional(),
  lastGeneration: int64(),
  namespace: z.string().optional(),
  resource: z.string(),
});
export type GenerationStatus = z.output<typeof GenerationStatusSchema>;

export const KubeVirtStatusSchema = apiObject('What is installed.', {
  conditions: list(ConditionSchema).optional(),
  defaultArchitecture: z.string().optional(),
  generations: atomicList(GenerationStatusSchema).optional(),
  observedDeploymentConfig: z.string().optional(),
  observedDeploymentID: z.string().optional(),
  observedGeneration: int64().optional(),
  observedKubeVirtRegistry: z.string().optional(),
  observedKubeVirtVersion: z.string().optional(),
  operatorVersion: z.string().optional(),
  outdatedVirtualMachineInstanceWorkloads: int32().optional(),
  phase: openEnum(kubeVirtPhases).describe('Where the installation is.').optional(),
  synchronizationAddresses: atomicList(z.string()).optional(),
  targetDeploymentConfig: z.string().optional(),
  targetDeploymentID: z.string().optional(),
  targetKubeVirtRegistry: z.string().optional(),
  targetKubeVirtVersion: z.string().optional(),
});
export type KubeVirtStatus = z.output<typeof KubeVirtStatusSchema>;

export const KubeVirtSchema = apiObject('An installation of the virtualization platform.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: KubeVirtSpecSchema,
  status: KubeVirtStatusSchema.nullable().optional(),
});
export type KubeVirt = z.output<typeof KubeVirtSchema>;

export const KubeVirtListSchema = listOf(KubeVirtSchema, 'A list of KubeVirt objects.');
export type KubeVirtList = z.output<typeof KubeVirtListSchema>;
