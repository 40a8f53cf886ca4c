// Values that the KubeVirt API gives a meaning to. Where a CustomResourceDefinition does not restrict a field, its
// schema accepts other strings too, and admission or the reading controller decides about them.

/**
 * KubeVirt API: `status.phase` of a VirtualMachineInstance, in the order of a life; `Succeeded` and `Failed` are final.
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

/** KubeVirt API: `spec.runStrategy` of a VirtualMachine: who starts it, and what happens when its instance ends. */
export const runStrategies = [
  'Always',
  'Halted',
  'Manual',
  'RerunOnFailure',
  'Once',
  'WaitAsReceiver',
] as const;
export type RunStrategy = (typeof runStrategies)[number];

/**
 * KubeVirt API: `status.printableStatus` of a VirtualMachine, the STATUS column of `kubectl get vm`; for people, not
 * for programs.
 */
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

/**
 * KubeVirt API: `status.phase` of a VirtualMachineInstanceMigration, in order; `Succeeded` and `Failed` are final.
 */
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

/**
 * KubeVirt API: `status.migrationState.mode`: whether memory is copied before the guest changes hosts, after, or
 * while it is paused.
 */
export const migrationModes = ['PreCopy', 'PostCopy', 'Paused'] as const;
export type MigrationMode = (typeof migrationModes)[number];

/** KubeVirt API: `status.migrationState.abortStatus`: how far the cancelling of a migration is. */
export const migrationAbortStatuses = ['Aborting', 'Succeeded', 'Failed'] as const;
export type MigrationAbortStatus = (typeof migrationAbortStatuses)[number];

/** KubeVirt API: `status.migrationMethod`: `BlockMigration` copies disks too, because the hosts share no storage. */
export const migrationMethods = ['LiveMigration', 'BlockMigration'] as const;
export type MigrationMethod = (typeof migrationMethods)[number];

/** KubeVirt API: `status.phase` of the KubeVirt object, that is of the installation. */
export const kubeVirtPhases = ['Deploying', 'Deployed', 'Deleting', 'Deleted'] as const;
export type KubeVirtPhase = (typeof kubeVirtPhases)[number];

/** KubeVirt API: `spec.evictionStrategy`: what happens to an instance when its node is drained. */
export const evictionStrategies = ['None', 'LiveMigrate', 'LiveMigrateIfPossible', 'External'] as const;
export type EvictionStrategy = (typeof evictionStrategies)[number];

/**
 * KubeVirt API: `spec.startStrategy`: `Paused` starts the machine without letting its guest run; absent is the usual
 * start.
 */
export const startStrategies = ['Paused'] as const;
export type StartStrategy = (typeof startStrategies)[number];

/** KubeVirt API: `domain.ioThreadsPolicy`: which disks share a thread that does their I/O. */
export const ioThreadsPolicies = ['shared', 'auto', 'supplementalPool'] as const;
export type IOThreadsPolicy = (typeof ioThreadsPolicies)[number];

/**
 * KubeVirt API: `errorPolicy` of a disk: what QEMU does when the host cannot read or write it; `enospace` stops the
 * guest only when the host is full.
 */
export const diskErrorPolicies = ['stop', 'ignore', 'report', 'enospace'] as const;
export type DiskErrorPolicy = (typeof diskErrorPolicies)[number];

/** KubeVirt API: `bus` of a disk, LUN or CD-ROM: the controller that the guest sees. */
export const diskBuses = ['virtio', 'scsi', 'sata', 'usb'] as const;
export type DiskBus = (typeof diskBuses)[number];

/**
 * KubeVirt API: `spec.updateVolumesStrategy`: whether a changed volume takes the place of the old one at the next
 * start, or its data is migrated.
 */
export const updateVolumesStrategies = ['Replacement', 'Migration'] as const;
export type UpdateVolumesStrategy = (typeof updateVolumesStrategies)[number];

/** KubeVirt API: `status.volumeStatus[].phase`: where a hot-plugged volume or a memory dump is on its way. */
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

/** KubeVirt API: `status.memoryDumpRequest.phase` of a VirtualMachine. */
export const memoryDumpPhases = [
  'Associating',
  'InProgress',
  'Unmounting',
  'Completed',
  'Dissociating',
  'Failed',
] as const;
export type MemoryDumpPhase = (typeof memoryDumpPhases)[number];

/**
 * KubeVirt API: `status.stateChangeRequests[].action` of a VirtualMachine; a restart is a `Stop` followed by a
 * `Start`.
 */
export const stateChangeActions = ['Start', 'Stop'] as const;
export type StateChangeAction = (typeof stateChangeActions)[number];

/**
 * KubeVirt API: `status.changedBlockTracking.state`: whether QEMU keeps track of written blocks for incremental
 * backups.
 */
export const changedBlockTrackingStates = [
  'PendingRestart',
  'Initializing',
  'Enabled',
  'Disabled',
  'IncrementalBackupFeatureGateDisabled',
] as const;
export type ChangedBlockTrackingState = (typeof changedBlockTrackingStates)[number];

/**
 * KubeVirt API: `spec.uninstallStrategy` of the KubeVirt object: whether deleting it takes running machines along.
 */
export const uninstallStrategies = ['RemoveWorkloads', 'BlockUninstallIfWorkloadsExist'] as const;
export type UninstallStrategy = (typeof uninstallStrategies)[number];
