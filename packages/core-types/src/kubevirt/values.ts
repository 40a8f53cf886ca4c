/**
 * Values that the KubeVirt API gives a meaning to. Where a CustomResourceDefinition does not restrict a field,
 * its schema accepts other strings too, and admission or the reading controller decides about them.
 */

export const instancePhases = [
  'Pending',
  'Scheduling',
  'Scheduled',
  'Running',
  'Succeeded',
  'Failed',
  'WaitingForSync',
  'Unknown',
] as const;
export type InstancePhase = (typeof instancePhases)[number];

export const runStrategies = [
  'Always',
  'Halted',
  'Manual',
  'RerunOnFailure',
  'Once',
  'WaitAsReceiver',
] as const;
export type RunStrategy = (typeof runStrategies)[number];

export const printableStatuses = [
  'Terminating',
  'Stopping',
  'Migrating',
  'Paused',
  'Running',
  'ErrorPvcNotFound',
  'DataVolumeError',
  'ErrorUnschedulable',
  'Provisioning',
  'WaitingForVolumeBinding',
  'ErrImagePull',
  'ImagePullBackOff',
  'Starting',
  'CrashLoopBackOff',
  'Stopped',
  'WaitingForReceiver',
  'Unknown',
] as const;
export type PrintableStatus = (typeof printableStatuses)[number];

export const migrationPhases = [
  'Pending',
  'Scheduling',
  'Scheduled',
  'PreparingTarget',
  'TargetReady',
  'Running',
  'Succeeded',
  'Failed',
  'WaitingForSync',
  'Synchronizing',
] as const;
export type MigrationPhase = (typeof migrationPhases)[number];

export const migrationModes = ['PreCopy', 'PostCopy', 'Paused'] as const;
export type MigrationMode = (typeof migrationModes)[number];

export const migrationAbortStatuses = ['Aborting', 'Succeeded', 'Failed'] as const;
export type MigrationAbortStatus = (typeof migrationAbortStatuses)[number];

export const migrationMethods = ['LiveMigration', 'BlockMigration'] as const;
export type MigrationMethod = (typeof migrationMethods)[number];

export const kubeVirtPhases = ['Deploying', 'Deployed', 'Deleting', 'Deleted'] as const;
export type KubeVirtPhase = (typeof kubeVirtPhases)[number];

export const evictionStrategies = ['None', 'LiveMigrate', 'LiveMigrateIfPossible', 'External'] as const;
export type EvictionStrategy = (typeof evictionStrategies)[number];

export const startStrategies = ['Paused'] as const;
export type StartStrategy = (typeof startStrategies)[number];

export const ioThreadsPolicies = ['shared', 'auto', 'supplementalPool'] as const;
export type IOThreadsPolicy = (typeof ioThreadsPolicies)[number];

export const diskErrorPolicies = ['stop', 'ignore', 'report', 'enospace'] as const;
export type DiskErrorPolicy = (typeof diskErrorPolicies)[number];

export const diskBuses = ['virtio', 'scsi', 'sata', 'usb'] as const;
export type DiskBus = (typeof diskBuses)[number];

export const updateVolumesStrategies = ['Replacement', 'Migration'] as const;
export type UpdateVolumesStrategy = (typeof updateVolumesStrategies)[number];

export const volumePhases = [
  'Pending',
  'Bound',
  'AttachedToNode',
  'MountedToPod',
  'Ready',
  'UnMountedFromPod',
  'Detaching',
  'MemoryDumpInProgress',
  'MemoryDumpCompleted',
  'MemoryDumpFailed',
] as const;
export type VolumePhase = (typeof volumePhases)[number];

export const memoryDumpPhases = [
  'Associating',
  'InProgress',
  'Unmounting',
  'Completed',
  'Dissociating',
  'Failed',
] as const;
export type MemoryDumpPhase = (typeof memoryDumpPhases)[number];

export const stateChangeActions = ['Start', 'Stop'] as const;
export type StateChangeAction = (typeof stateChangeActions)[number];

export const changedBlockTrackingStates = [
  'PendingRestart',
  'Initializing',
  'Enabled',
  'Disabled',
  'IncrementalBackupFeatureGateDisabled',
] as const;
export type ChangedBlockTrackingState = (typeof changedBlockTrackingStates)[number];

export const uninstallStrategies = ['RemoveWorkloads', 'BlockUninstallIfWorkloadsExist'] as const;
export type UninstallStrategy = (typeof uninstallStrategies)[number];
