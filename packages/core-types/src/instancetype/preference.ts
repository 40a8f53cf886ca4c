// VirtualMachinePreference and VirtualMachineClusterPreference: what is filled in where a machine says nothing.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { ClockOffsetSchema, TimerSchema } from '../kubevirt/clock.ts';
import { CPUFeatureSchema } from '../kubevirt/cpu.ts';
import {
  FeatureAPICSchema,
  FeatureHypervSchema,
  FeatureKVMSchema,
  FeatureStateSchema,
} from '../kubevirt/features.ts';
import { EFISchema } from '../kubevirt/firmware.ts';
import { LaunchSecuritySchema } from '../kubevirt/launch-security.ts';
import { apiObject } from '../schema/object.ts';
import { int64, list, openEnum, quantity } from '../schema/scalars.ts';
import { DevicePreferencesSchema } from './device-preferences.ts';
import {
  preferredCPUTopologies,
  spreadAcross,
  type DeprecatedCPUTopology,
  type PreferredCPUTopology,
} from './values.ts';

export const ClockPreferencesSchema = apiObject('Guest clock.', {
  preferredClockOffset: ClockOffsetSchema.optional(),
  preferredTimer: TimerSchema.optional(),
});
export type ClockPreferences = z.output<typeof ClockPreferencesSchema>;

export const SpreadOptionsSchema = apiObject('How virtual CPUs spread over a topology.', {
  across: openEnum(spreadAcross).optional(),
  ratio: int64().describe('Virtual CPUs of one level for each of the level above; 2 when absent.').optional(),
});
export type SpreadOptions = z.output<typeof SpreadOptionsSchema>;

export const CPUPreferencesSchema = apiObject('Virtual CPUs.', {
  preferredCPUFeatures: list(CPUFeatureSchema).optional(),
  preferredCPUTopology: openEnum<PreferredCPUTopology | DeprecatedCPUTopology>(preferredCPUTopologies)
    .describe('What the virtual CPUs of the instance type become; sockets when absent.')
    .optional(),
  spreadOptions: SpreadOptionsSchema.optional(),
});
export type CPUPreferences = z.output<typeof CPUPreferencesSchema>;

export const FeaturePreferencesSchema = apiObject('Features of the virtual hardware.', {
  preferredAcpi: FeatureStateSchema.optional(),
  preferredApic: FeatureAPICSchema.optional(),
  preferredHyperv: FeatureHypervSchema.optional(),
  preferredKvm: FeatureKVMSchema.optional(),
  preferredPvspinlock: FeatureStateSchema.optional(),
  preferredSmm: FeatureStateSchema.optional(),
});
export type FeaturePreferences = z.output<typeof FeaturePreferencesSchema>;

export const FirmwarePreferencesSchema = apiObject('Firmware.', {
  preferredEfi: EFISchema.optional(),
  preferredUseBios: z.boolean().optional(),
  preferredUseBiosSerial: z.boolean().optional(),
  preferredUseEfi: z.boolean().describe('Deprecated: set preferredEfi.').optional(),
  preferredUseSecureBoot: z.boolean().describe('Deprecated: set preferredEfi.').optional(),
});
export type FirmwarePreferences = z.output<typeof FirmwarePreferencesSchema>;

export const MachinePreferencesSchema = apiObject('Machine type.', {
  preferredMachineType: z.string().optional(),
});
export type MachinePreferences = z.output<typeof MachinePreferencesSchema>;

export const VolumePreferencesSchema = apiObject('Storage.', {
  preferredStorageClassName: z.string().optional(),
});
export type VolumePreferences = z.output<typeof VolumePreferencesSchema>;

export const CPUPreferenceRequirementSchema = apiObject('Virtual CPUs that the machine must have.', {
  guest: int64().describe('Least number of virtual CPUs.'),
});
export type CPUPreferenceRequirement = z.output<typeof CPUPreferenceRequirementSchema>;

export const MemoryPreferenceRequirementSchema = apiObject('Memory that the machine must have.', {
  guest: quantity().describe('Least memory of the guest.'),
});
export type MemoryPreferenceRequirement = z.output<typeof MemoryPreferenceRequirementSchema>;

export const PreferenceRequirementsSchema = apiObject('What a machine must have to use the preference.', {
  architecture: z.string().optional(),
  cpu: CPUPreferenceRequirementSchema.optional(),
  memory: MemoryPreferenceRequirementSchema.optional(),
});
export type PreferenceRequirements = z.output<typeof PreferenceRequirementsSchema>;

export const VirtualMachinePreferenceSpecSchema = apiObject(
  'What is filled in where the machine says nothing, and what it must have.',
  {
    annotations: z.record(z.string(), z.string()).describe('Annotations that the instances get.').optional(),
    clock: ClockPreferencesSchema.optional(),
    cpu: CPUPreferencesSchema.optional(),
    devices: DevicePreferencesSchema.optional(),
    features: FeaturePreferencesSchema.optional(),
    firmware: FirmwarePreferencesSchema.optional(),
    machine: MachinePreferencesSchema.optional(),
    preferSpreadSocketToCoreRatio: int64()
      .describe('Cores for each socket; the ratio of cpu.spreadOptions goes before it.')
      .optional(),
    preferredArchitecture: z.string().optional(),
    preferredLaunchSecurity: LaunchSecuritySchema.optional(),
    preferredSubdomain: z.string().optional(),
    preferredTerminationGracePeriodSeconds: int64().optional(),
    requirements: PreferenceRequirementsSchema.optional(),
    volumes: VolumePreferencesSchema.optional(),
  },
);
export type VirtualMachinePreferenceSpec = z.output<typeof VirtualMachinePreferenceSpecSchema>;

export const VirtualMachinePreferenceSchema = apiObject('Preferred settings, for one namespace.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachinePreferenceSpecSchema,
});
export type VirtualMachinePreference = z.output<typeof VirtualMachinePreferenceSchema>;

export const VirtualMachinePreferenceListSchema = listOf(
  VirtualMachinePreferenceSchema,
  'A list of VirtualMachinePreference objects.',
);
export type VirtualMachinePreferenceList = z.output<typeof VirtualMachinePreferenceListSchema>;

export const VirtualMachineClusterPreferenceSchema = apiObject('Preferred settings, for all namespaces.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachinePreferenceSpecSchema,
});
export type VirtualMachineClusterPreference = z.output<typeof VirtualMachineClusterPreferenceSchema>;

export const VirtualMachineClusterPreferenceListSchema = listOf(
  VirtualMachineClusterPreferenceSchema,
  'A list of VirtualMachineClusterPreference objects.',
);
export type VirtualMachineClusterPreferenceList = z.output<typeof VirtualMachineClusterPreferenceListSchema>;
