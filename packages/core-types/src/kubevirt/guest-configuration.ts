// Cluster-wide settings of guests and of node features.
import * as z from 'zod';
import { LabelSelectorSchema } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, int64, presence, quantity } from '../schema/scalars.ts';

export const ArchSpecificConfigurationSchema = apiObject('Machine types of one architecture.', {
  emulatedMachines: atomicList(z.string()).optional(),
  machineType: z.string().optional(),
  ovmfPath: z.string().optional(),
});
export type ArchSpecificConfiguration = z.output<typeof ArchSpecificConfigurationSchema>;

export const ArchConfigurationSchema = apiObject('Machine types by architecture.', {
  amd64: ArchSpecificConfigurationSchema.optional(),
  arm64: ArchSpecificConfigurationSchema.optional(),
  defaultArchitecture: z.string().optional(),
  ppc64le: ArchSpecificConfigurationSchema.optional(),
  s390x: ArchSpecificConfigurationSchema.optional(),
});
export type ArchConfiguration = z.output<typeof ArchConfigurationSchema>;

export const SMBiosConfigurationSchema = apiObject('System information shown to guests.', {
  family: z.string().optional(),
  manufacturer: z.string().optional(),
  product: z.string().optional(),
  sku: z.string().optional(),
  version: z.string().optional(),
});
export type SMBiosConfiguration = z.output<typeof SMBiosConfigurationSchema>;

export const TDXAttestationConfigurationSchema = apiObject('Attestation of Intel TDX guests.', {
  enforced: z.boolean().optional(),
  qgsSocketPath: z.string().optional(),
});
export type TDXAttestationConfiguration = z.output<typeof TDXAttestationConfigurationSchema>;

export const TDXConfigurationSchema = apiObject('Settings of Intel TDX guests.', {
  attestation: TDXAttestationConfigurationSchema.optional(),
});
export type TDXConfiguration = z.output<typeof TDXConfigurationSchema>;

export const ConfidentialComputeConfigurationSchema = apiObject('Settings of confidential guests.', {
  tdx: TDXConfigurationSchema.optional(),
});
export type ConfidentialComputeConfiguration = z.output<typeof ConfidentialComputeConfigurationSchema>;

export const LiveUpdateConfigurationSchema = apiObject(
  'How far CPU and memory of a running guest may grow.',
  {
    maxCpuSockets: int64().optional(),
    maxGuest: quantity().optional(),
    maxHotplugRatio: int64().optional(),
  },
);
export type LiveUpdateConfiguration = z.output<typeof LiveUpdateConfigurationSchema>;

export const KSMConfigurationSchema = apiObject('Nodes on which equal memory pages are merged.', {
  nodeLabelSelector: LabelSelectorSchema.optional(),
});
export type KSMConfiguration = z.output<typeof KSMConfigurationSchema>;

export const VirtualMachineOptionsSchema = apiObject('Switches for all guests; presence means set.', {
  disableFreePageReporting: presence().optional(),
  disableSerialConsoleLog: presence().optional(),
});
export type VirtualMachineOptions = z.output<typeof VirtualMachineOptionsSchema>;

export const PersistentReservationConfigurationSchema = apiObject('SCSI persistent reservation.', {
  enabled: z.boolean().optional(),
});
export type PersistentReservationConfiguration = z.output<typeof PersistentReservationConfigurationSchema>;

export const ChangedBlockTrackingSelectorsSchema = apiObject('Which machines have changed block tracking.', {
  namespaceLabelSelector: LabelSelectorSchema.optional(),
  virtualMachineLabelSelector: LabelSelectorSchema.optional(),
});
export type ChangedBlockTrackingSelectors = z.output<typeof ChangedBlockTrackingSelectorsSchema>;

export const InstancetypeConfigurationSchema = apiObject('How instance types are referred to.', {
  referencePolicy: z.enum(['reference', 'expand', 'expandAll']).optional(),
});
export type InstancetypeConfiguration = z.output<typeof InstancetypeConfigurationSchema>;

export const CommonInstancetypesDeploymentSchema = apiObject(
  'Whether the common instance types are installed.',
  {
    enabled: z.boolean().optional(),
  },
);
export type CommonInstancetypesDeployment = z.output<typeof CommonInstancetypesDeploymentSchema>;

export const VirtTemplateDeploymentSchema = apiObject('Whether machine templates are installed.', {
  enabled: z.boolean().optional(),
});
export type VirtTemplateDeployment = z.output<typeof VirtTemplateDeploymentSchema>;

export const HypervisorConfigurationSchema = apiObject('A hypervisor that the cluster offers.', {
  name: z.enum(['kvm', 'hyperv-direct']).optional(),
});
export type HypervisorConfiguration = z.output<typeof HypervisorConfigurationSchema>;
