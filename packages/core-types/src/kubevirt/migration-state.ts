// Progress of a live migration, as kept on the instance.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, int64, openEnum, quantity, time } from '../schema/scalars.ts';
import { migrationAbortStatuses, migrationModes } from './values.ts';

export const DowntimeTuningOptionsSchema = apiObject(
  'How the allowed downtime grows while a migration does not converge.',
  {
    cooldownSeconds: int32().min(1).optional(),
    initialMs: int64().min(1).optional(),
    startAfterIteration: int64().min(1).optional(),
    steps: int32().min(1).optional(),
  },
);
export type DowntimeTuningOptions = z.output<typeof DowntimeTuningOptionsSchema>;

export const StallDetectorOptionsSchema = apiObject('When a migration counts as stalled.', {
  completionTimeoutFactor: quantity().optional(),
  ewmaAlpha: quantity().optional(),
  patienceWindowDecayFactor: quantity().optional(),
  precopyPossibleFactor: quantity().optional(),
  searchLocalMinima: z.boolean().optional(),
  stallMargin: int64().min(0).max(100).optional(),
  stallProgressTimeout: int64().min(0).optional(),
  switchoverTimeout: int64().min(0).optional(),
});
export type StallDetectorOptions = z.output<typeof StallDetectorOptionsSchema>;

export const ExperimentalMigrationOptionsSchema = apiObject(
  'Migration settings that may change without notice.',
  {
    compression: z.enum(['none', 'zstd']).optional(),
    downtimeTuning: DowntimeTuningOptionsSchema.optional(),
    stallDetector: StallDetectorOptionsSchema.optional(),
  },
);
export type ExperimentalMigrationOptions = z.output<typeof ExperimentalMigrationOptionsSchema>;

export const MigrationOptionsSchema = apiObject('Migration settings in force for one migration.', {
  allowAutoConverge: z.boolean().optional(),
  allowPostCopy: z.boolean().optional(),
  allowWorkloadDisruption: z.boolean().optional(),
  bandwidthPerMigration: quantity().optional(),
  completionTimeoutPerGiB: int64().optional(),
  disableTLS: z.boolean().optional(),
  experimental: ExperimentalMigrationOptionsSchema.optional(),
  matchSELinuxLevelOnMigration: z.boolean().optional(),
  maxDowntimeMs: int64().optional(),
  network: z.string().optional(),
  nodeDrainTaintKey: z.string().optional(),
  parallelMigrationsPerCluster: int64().optional(),
  parallelOutboundMigrationsPerNode: int64().optional(),
  progressTimeout: int64().optional(),
  unsafeMigrationOverride: z.boolean().optional(),
  utilityVolumesTimeout: int64().optional(),
});
export type MigrationOptions = z.output<typeof MigrationOptionsSchema>;

export const VirtualMachineInstanceMigrationSourceStateSchema = apiObject('The source side of a migration.', {
  domainName: z.string().optional(),
  domainNamespace: z.string().optional(),
  migrationUID: z.string().optional(),
  node: z.string().optional(),
  nodeSelectors: z.record(z.string(), z.string()).optional(),
  persistentStatePVCName: z.string().optional(),
  pod: z.string().optional(),
  selinuxContext: z.string().optional(),
  syncAddress: z.string().optional(),
  virtualMachineInstanceUID: z.string().optional(),
});
export type VirtualMachineInstanceMigrationSourceState = z.output<
  typeof VirtualMachineInstanceMigrationSourceStateSchema
>;

export const VirtualMachineInstanceMigrationTargetStateSchema = apiObject('The target side of a migration.', {
  attachmentPodUID: z.string().optional(),
  cpuSet: atomicList(int32()).optional(),
  directMigrationNodePorts: z.record(z.string(), int32()).optional(),
  domainDetected: z.boolean().optional(),
  domainName: z.string().optional(),
  domainNamespace: z.string().optional(),
  domainReadyTimestamp: time().optional(),
  migrationUID: z.string().optional(),
  node: z.string().optional(),
  nodeAddress: z.string().optional(),
  nodeTopology: z.string().optional(),
  persistentStatePVCName: z.string().optional(),
  pod: z.string().optional(),
  selinuxContext: z.string().optional(),
  syncAddress: z.string().optional(),
  virtualMachineInstanceUID: z.string().optional(),
});
export type VirtualMachineInstanceMigrationTargetState = z.output<
  typeof VirtualMachineInstanceMigrationTargetStateSchema
>;

export const VirtualMachineInstanceMigrationStateSchema = apiObject(
  'Progress and outcome of the latest migration.',
  {
    abortRequested: z.boolean().optional(),
    abortStatus: openEnum(migrationAbortStatuses).optional(),
    completed: z.boolean().optional(),
    endTimestamp: time().optional(),
    failed: z.boolean().optional(),
    failureReason: z.string().optional(),
    migrationConfiguration: MigrationOptionsSchema.optional(),
    migrationNetworkType: z.string().optional(),
    migrationPolicyName: z.string().optional(),
    migrationUid: z.string().optional(),
    mode: openEnum(migrationModes).optional(),
    sourceNode: z.string().optional(),
    sourcePersistentStatePVCName: z.string().optional(),
    sourcePod: z.string().optional(),
    sourceState: VirtualMachineInstanceMigrationSourceStateSchema.optional(),
    startTimestamp: time().optional(),
    targetAttachmentPodUID: z.string().optional(),
    targetCPUSet: atomicList(int32()).optional(),
    targetDirectMigrationNodePorts: z.record(z.string(), int32()).optional(),
    targetMemoryOverhead: quantity().optional(),
    targetNode: z.string().optional(),
    targetNodeAddress: z.string().optional(),
    targetNodeDomainDetected: z.boolean().optional(),
    targetNodeDomainReadyTimestamp: time().optional(),
    targetNodeTopology: z.string().optional(),
    targetPersistentStatePVCName: z.string().optional(),
    targetPod: z.string().optional(),
    targetState: VirtualMachineInstanceMigrationTargetStateSchema.optional(),
  },
);
export type VirtualMachineInstanceMigrationState = z.output<
  typeof VirtualMachineInstanceMigrationStateSchema
>;
