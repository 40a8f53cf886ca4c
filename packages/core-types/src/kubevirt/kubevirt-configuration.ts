// Cluster-wide configuration.
import * as z from 'zod';
import { LabelSelectorSchema } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, int64, list, mapList, openEnum, quantity } from '../schema/scalars.ts';
import {
  ReloadableComponentConfigurationSchema,
  SeccompConfigurationSchema,
  SupportContainerResourcesSchema,
  TLSConfigurationSchema,
} from './component-configuration.ts';
import { DeveloperConfigurationSchema } from './developer-configuration.ts';
import {
  ArchConfigurationSchema,
  ChangedBlockTrackingSelectorsSchema,
  CommonInstancetypesDeploymentSchema,
  ConfidentialComputeConfigurationSchema,
  HypervisorConfigurationSchema,
  InstancetypeConfigurationSchema,
  KSMConfigurationSchema,
  LiveUpdateConfigurationSchema,
  PersistentReservationConfigurationSchema,
  SMBiosConfigurationSchema,
  VirtTemplateDeploymentSchema,
  VirtualMachineOptionsSchema,
} from './guest-configuration.ts';
import {
  MediatedDevicesConfigurationSchema,
  PermittedHostDevicesSchema,
} from './host-device-configuration.ts';
import { MigrationConfigurationSchema } from './migration-configuration.ts';
import { NetworkConfigurationSchema } from './network-configuration.ts';
import { evictionStrategies } from './values.ts';

export const KubeVirtConfigurationSchema = apiObject('Cluster-wide configuration of virtualization.', {
  additionalGuestMemoryOverheadRatio: z.string().optional(),
  apiConfiguration: ReloadableComponentConfigurationSchema.optional(),
  architectureConfiguration: ArchConfigurationSchema.optional(),
  autoCPULimitNamespaceLabelSelector: LabelSelectorSchema.optional(),
  changedBlockTrackingLabelSelectors: ChangedBlockTrackingSelectorsSchema.optional(),
  commonInstancetypesDeployment: CommonInstancetypesDeploymentSchema.optional(),
  confidentialCompute: ConfidentialComputeConfigurationSchema.optional(),
  controllerConfiguration: ReloadableComponentConfigurationSchema.optional(),
  cpuModel: z.string().optional(),
  cpuRequest: quantity().optional(),
  defaultRuntimeClass: z.string().optional(),
  developerConfiguration: DeveloperConfigurationSchema.optional(),
  emulatedMachines: list(z.string()).optional(),
  evictionStrategy: openEnum(evictionStrategies).optional(),
  handlerConfiguration: ReloadableComponentConfigurationSchema.optional(),
  hypervisors: atomicList(HypervisorConfigurationSchema).max(1).optional(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  instancetype: InstancetypeConfigurationSchema.optional(),
  ksmConfiguration: KSMConfigurationSchema.optional(),
  liveUpdateConfiguration: LiveUpdateConfigurationSchema.optional(),
  machineType: z.string().optional(),
  mediatedDevicesConfiguration: MediatedDevicesConfigurationSchema.optional(),
  memBalloonStatsPeriod: int64().optional(),
  migrations: MigrationConfigurationSchema.optional(),
  minCPUModel: z.string().optional(),
  network: NetworkConfigurationSchema.optional(),
  obsoleteCPUModels: z.record(z.string(), z.boolean()).optional(),
  ovmfPath: z.string().optional(),
  permittedHostDevices: PermittedHostDevicesSchema.optional(),
  persistentReservationConfiguration: PersistentReservationConfigurationSchema.optional(),
  roleAggregationStrategy: z.enum(['AggregateToDefault', 'Manual']).optional(),
  seccompConfiguration: SeccompConfigurationSchema.optional(),
  selinuxLauncherType: z.string().optional(),
  smbios: SMBiosConfigurationSchema.optional(),
  supportContainerResources: mapList(SupportContainerResourcesSchema, ['type']).optional(),
  supportedGuestAgentVersions: list(z.string()).optional(),
  tlsConfiguration: TLSConfigurationSchema.optional(),
  virtTemplateDeployment: VirtTemplateDeploymentSchema.optional(),
  virtualMachineInstancesPerNode: int32().optional(),
  virtualMachineOptions: VirtualMachineOptionsSchema.optional(),
  vmRolloutStrategy: z
    .enum(['Stage', 'LiveUpdate'])
    .describe('Whether changes of a machine reach its running instance.')
    .optional(),
  vmStateStorageClass: z.string().optional(),
  webhookConfiguration: ReloadableComponentConfigurationSchema.optional(),
});
export type KubeVirtConfiguration = z.output<typeof KubeVirtConfigurationSchema>;
