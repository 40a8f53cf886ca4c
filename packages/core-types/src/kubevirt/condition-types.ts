/** Condition types of instances; a machine mirrors those of its instance. */
export const instanceConditions = {
  ready: 'Ready',
  synchronized: 'Synchronized',
  provisioning: 'Provisioning',
  podScheduled: 'PodScheduled',
  dataVolumesReady: 'DataVolumesReady',
  paused: 'Paused',
  agentConnected: 'AgentConnected',
  agentVersionNotSupported: 'AgentVersionNotSupported',
  accessCredentialsSynchronized: 'AccessCredentialsSynchronized',
  liveMigratable: 'LiveMigratable',
  storageLiveMigratable: 'StorageLiveMigratable',
  hotVCPUChange: 'HotVCPUChange',
  hotMemoryChange: 'HotMemoryChange',
  volumesChange: 'VolumesChange',
  migrationRequired: 'MigrationRequired',
  evictionRequested: 'EvictionRequested',
  decentralizedLiveMigrationFailure: 'DecentralizedLiveMigrationFailure',
  softwareEmulation: 'SoftwareEmulation',
} as const;

/** Condition types that only machines have, besides those mirrored from the instance. */
export const machineConditions = {
  ready: 'Ready',
  failure: 'Failure',
  restartRequired: 'RestartRequired',
  manualRecoveryRequired: 'ManualRecoveryRequired',
} as const;

/** Condition types of migrations. */
export const migrationConditions = {
  abortRequested: 'migrationAbortRequested',
  rejectedByResourceQuota: 'migrationRejectedByResourceQuota',
  blockedByUtilityVolumes: 'migrationBlockedByUtilityVolumes',
  decentralizedBlocked: 'decentralizedMigrationBlocked',
  blockedByBackup: 'migrationBlockedByBackup',
} as const;

/** Conditions of launcher pods that are written for their guests. */
export const podConditions = {
  /** Readiness gate of launcher pods: the guest is not paused. */
  unpaused: 'kubevirt.io/virtual-machine-unpaused',
  /** Readiness gate of the launcher pods whose instance has a readiness probe: the guest passes it. Virtkit's own. */
  guestReady: 'virtkit.dev/guest-ready',
} as const;

/** Reasons of conditions; misspelt wire values are kept as they are. */
export const conditionReasons = {
  podNotExists: 'PodNotExists',
  podTerminating: 'PodTerminating',
  guestNotRunning: 'GuestNotRunning',
  podConditionMissing: 'PodConditionMissing',
  unschedulable: 'Unschedulable',
  allDataVolumesReady: 'AllDVsReady',
  notAllDataVolumesReady: 'NotAllDVsReady',
  pausedByUser: 'PausedByUser',
  pausedIOError: 'PausedIOError',
  pausedByMigrationMonitor: 'PausedByMigrationMonitor',
  paused: 'Paused',
  notPaused: 'NotPaused',
  synchronizingFailed: 'Synchronizing with the Domain failed.',
  notMigratable: 'NotMigratable',
  interfaceNotLiveMigratable: 'InterfaceNotLiveMigratable',
  cpuModeNotLiveMigratable: 'CPUModeLiveMigratable',
  hostDeviceNotLiveMigratable: 'HostDeviceNotLiveMigratable',
  sevNotLiveMigratable: 'SEVNotLiveMigratable',
  tdxNotLiveMigratable: 'TDXNotLiveMigratable',
  secureExecutionNotLiveMigratable: 'SecureExecutionNotLiveMigratable',
  noTSCFrequencyNotLiveMigratable: 'NoTSCFrequencyNotLiveMigratable',
  hypervPassthroughNotLiveMigratable: 'HypervPassthroughNotLiveMigratable',
  disksNotLiveMigratable: 'DisksNotLiveMigratable',
  persistentReservationNotLiveMigratable: 'PersistentReservationNotLiveMigratable',
  memoryHotplugFailed: 'Memory Hotplug Failed',
  volumesChangeCancellation: 'VolumesChangeCancellation',
  autoMigrationDueToLiveUpdate: 'AutoMigrationDueToLiveUpdate',
  autoMigrationPending: 'AutoMigrationPending',
  evictionRequested: 'EvictionRequested',
  crossArchitectureEmulation: 'CrossArchitectureEmulation',
  instanceNotExists: 'VMINotExists',
  instanceConditionMissing: 'VMIConditionMissing',
  failedCreate: 'FailedCreate',
  failedDelete: 'FailedDelete',
  failedHotplugSync: 'FailedHotplugSync',
  failedPvcNotFound: 'FailedPvcNotFound',
  failedDataVolumeImport: 'FailedDataVolumeImport',
  failedGuaranteeResources: 'FailedGuaranteeResources',
  failedPodPatch: 'FailedPodPatch',
  pvcNotReady: 'PVCNotReady',
  errImagePull: 'ErrImagePull',
  imagePullBackOff: 'ImagePullBackOff',
  nodeUnresponsive: 'NodeUnresponsive',
} as const;
