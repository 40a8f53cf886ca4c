// The observed state of one running virtual machine.
import * as z from 'zod';
import { ConditionSchema } from '../kubernetes/condition.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, int64, list, openEnum, time, uint32 } from '../schema/scalars.ts';
import { CPUTopologySchema } from './cpu.ts';
import { MachineSchema } from './firmware.ts';
import { MemoryStatusSchema } from './memory.ts';
import { VirtualMachineInstanceMigrationStateSchema } from './migration-state.ts';
import { changedBlockTrackingStates, instancePhases, migrationMethods } from './values.ts';
import { StorageMigratedVolumeInfoSchema, VolumeStatusSchema } from './volume-status.ts';

export const VirtualMachineInstanceBackupVolumeInfoSchema = apiObject('A volume that is part of a backup.', {
  volumeName: z.string(),
});
export type VirtualMachineInstanceBackupVolumeInfo = z.output<
  typeof VirtualMachineInstanceBackupVolumeInfoSchema
>;

export const VirtualMachineInstanceBackupStatusSchema = apiObject('Progress of a backup.', {
  backupMsg: z.string().optional(),
  backupName: z.string().optional(),
  checkpointName: z.string().optional(),
  completed: z.boolean().optional(),
  endTimestamp: time().optional(),
  failed: z.boolean().optional(),
  quiesceStatus: z.string().optional(),
  startTimestamp: time().optional(),
  volumes: atomicList(VirtualMachineInstanceBackupVolumeInfoSchema).optional(),
});
export type VirtualMachineInstanceBackupStatus = z.output<typeof VirtualMachineInstanceBackupStatusSchema>;

export const ChangedBlockTrackingStatusSchema = apiObject('State of changed block tracking.', {
  backupStatus: VirtualMachineInstanceBackupStatusSchema.optional(),
  state: openEnum(changedBlockTrackingStates),
});
export type ChangedBlockTrackingStatus = z.output<typeof ChangedBlockTrackingStatusSchema>;

export const VirtualMachineInstanceGuestOSInfoSchema = apiObject(
  'The operating system that the guest agent reported.',
  {
    name: z.string().optional(),
    id: z.string().optional(),
    kernelRelease: z.string().optional(),
    kernelVersion: z.string().optional(),
    machine: z.string().optional(),
    prettyName: z.string().optional(),
    version: z.string().optional(),
    versionId: z.string().optional(),
  },
);
export type VirtualMachineInstanceGuestOSInfo = z.output<typeof VirtualMachineInstanceGuestOSInfoSchema>;

export const VirtualMachineInstanceNetworkInterfaceSchema = apiObject(
  'An interface as seen by host and guest.',
  {
    name: z.string().optional(),
    infoSource: z.string().optional(),
    interfaceName: z.string().optional(),
    ipAddress: z.string().optional(),
    ipAddresses: list(z.string()).optional(),
    linkState: z.string().optional(),
    mac: z.string().optional(),
    podInterfaceName: z.string().optional(),
    queueCount: int32().optional(),
  },
);
export type VirtualMachineInstanceNetworkInterface = z.output<
  typeof VirtualMachineInstanceNetworkInterfaceSchema
>;

export const InitrdInfoSchema = apiObject('Checksum of an initial RAM disk.', {
  checksum: uint32().optional(),
});
export type InitrdInfo = z.output<typeof InitrdInfoSchema>;

export const KernelInfoSchema = apiObject('Checksum of a kernel.', {
  checksum: uint32().optional(),
});
export type KernelInfo = z.output<typeof KernelInfoSchema>;

export const KernelBootStatusSchema = apiObject('What was booted directly.', {
  initrdInfo: InitrdInfoSchema.optional(),
  kernelInfo: KernelInfoSchema.optional(),
});
export type KernelBootStatus = z.output<typeof KernelBootStatusSchema>;

export const TopologyHintsSchema = apiObject('Host properties that placement must respect.', {
  tscFrequency: int64().optional(),
});
export type TopologyHints = z.output<typeof TopologyHintsSchema>;

export const PhaseTransitionTimestampSchema = apiObject('When a phase was entered.', {
  phase: z.string().optional(),
  phaseTransitionTimestamp: time().optional(),
});
export type PhaseTransitionTimestamp = z.output<typeof PhaseTransitionTimestampSchema>;

export const VirtualMachineInstanceStatusSchema = apiObject(
  'What was observed of the running virtual machine.',
  {
    VSOCKCID: uint32().describe('Context id of the VSOCK device.').optional(),
    activePods: z
      .record(z.string(), z.string())
      .describe('Pods of the instance: pod UID to node name.')
      .optional(),
    changedBlockTracking: ChangedBlockTrackingStatusSchema.optional(),
    conditions: list(ConditionSchema).optional(),
    currentCPUTopology: CPUTopologySchema.optional(),
    evacuationNodeName: z.string().describe('Node that the instance must leave.').optional(),
    fsFreezeStatus: z.string().optional(),
    guestOSInfo: VirtualMachineInstanceGuestOSInfoSchema.optional(),
    interfaces: list(VirtualMachineInstanceNetworkInterfaceSchema)
      .describe('Interfaces; the one on the pod network comes first.')
      .optional(),
    kernelBootStatus: KernelBootStatusSchema.optional(),
    launcherContainerImageVersion: z.string().optional(),
    machine: MachineSchema.optional(),
    memory: MemoryStatusSchema.optional(),
    migratedVolumes: atomicList(StorageMigratedVolumeInfoSchema).optional(),
    migrationMethod: openEnum(migrationMethods).optional(),
    migrationState: VirtualMachineInstanceMigrationStateSchema.optional(),
    migrationTransport: z.string().optional(),
    nodeName: z.string().describe('Node that runs the instance.').optional(),
    phase: openEnum(instancePhases)
      .describe('Where the instance is in its life; Succeeded and Failed are final.')
      .optional(),
    phaseTransitionTimestamps: atomicList(PhaseTransitionTimestampSchema).optional(),
    qosClass: z.enum(['BestEffort', 'Burstable', 'Guaranteed']).optional(),
    reason: z.string().optional(),
    runtimeUser: int64().describe('User id that the launcher runs as.').optional(),
    selinuxContext: z.string().optional(),
    topologyHints: TopologyHintsSchema.optional(),
    virtualMachineRevisionName: z
      .string()
      .describe('ControllerRevision that the instance was started from.')
      .optional(),
    volumeStatus: atomicList(VolumeStatusSchema).optional(),
  },
);
export type VirtualMachineInstanceStatus = z.output<typeof VirtualMachineInstanceStatusSchema>;
