/** Values that a schema takes and values that it refuses. */
export interface Samples {
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

/** Of scalar types. */
export const scalars: Readonly<Record<string, Samples>> = {
  string: { good: ['', '/x', '0', 'x', 'Reboot'], bad: [1, true, {}] },
  boolean: { good: [true, false], bad: ['true', 1] },
  integer: { good: [1, 10], bad: [1.5, '1'] },
  number: { good: [1, 1.5], bad: ['1'] },
  quantity: { good: ['1Gi', '100m', 1], bad: ['1GB', 1.5, true] },
  time: { good: ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678901+02:00'], bad: ['today', 1] },
  intOrString: { good: [80, 'http'], bad: [1.5, true] },
  free: { good: [{ 'f:a': {} }], bad: ['x'] },
};

const share: Samples = { good: ['0.055', '1', '0'], bad: ['2', '0.0551'] };
const text: Samples = { good: ['x'], bad: [''] };
const bytes32: Samples = { good: [0, 4_294_967_295], bad: [-1, 4_294_967_296] };
const fromOne: Samples = { good: [1, 7], bad: [0] };
const fromNothing: Samples = { good: [0, 7], bad: [-1] };
const statePreservation: Samples = { good: ['Disabled', 'Offline', 'Online'], bad: ['On', ''] };

/** Fields whose schema is narrower than the type in the facts, by what the CustomResourceDefinition says. */
export const narrowed: Readonly<Record<string, Samples>> = {
  'AdmissionReference.name': text,
  'CDISpec.cloneStrategyOverride': { good: ['copy', 'snapshot', 'csi-clone'], bad: ['csi'] },
  'CDISpec.uninstallStrategy': { good: ['RemoveWorkloads', 'BlockUninstallIfWorkloadsExist'], bad: ['x'] },
  'ContainerPathVolumeSource.path': { good: ['/a'], bad: ['a', '/a/../b'] },
  'ContainerPathVolumeSource.readOnly': { good: [true], bad: [false] },
  'CustomizeComponentsPatch.resourceName': text,
  'CustomizeComponentsPatch.resourceType': text,
  'DataImportCronSpec.serviceAccountName': text,
  'DataVolumeSpec.contentType': { good: ['kubevirt', 'archive'], bad: ['iso'] },
  'DeveloperConfiguration.memoryOvercommit': { good: [10, 150], bad: [9, '10'] },
  'DomainHookCEL.expression': text,
  'DomainHookSidecar.socketPath': text,
  'DomainSpec.rebootPolicy': { good: ['Reboot', 'Terminate'], bad: ['x'] },
  'DowntimeTuningOptions.cooldownSeconds': fromOne,
  'DowntimeTuningOptions.initialMs': fromOne,
  'DowntimeTuningOptions.startAfterIteration': fromOne,
  'DowntimeTuningOptions.steps': fromOne,
  'ExperimentalMigrationOptions.compression': { good: ['none', 'zstd'], bad: ['gzip'] },
  'FilesystemOverhead.global': share,
  'FilesystemOverhead.storageClass': share,
  'HypervisorConfiguration.name': { good: ['kvm', 'hyperv-direct'], bad: ['xen'] },
  'InstancetypeConfiguration.referencePolicy': { good: ['reference', 'expand', 'expandAll'], bad: ['x'] },
  'KubeVirtConfiguration.roleAggregationStrategy': { good: ['AggregateToDefault', 'Manual'], bad: ['x'] },
  'KubeVirtConfiguration.vmRolloutStrategy': { good: ['Stage', 'LiveUpdate'], bad: ['x'] },
  'MigrationConfiguration.maxDowntimeMs': { good: [1, 2_000_000], bad: [0, 2_000_001] },
  'NodeHook.socket': text,
  'PersistentVolumeClaimInfo.filesystemOverhead': share,
  'ReservedOverhead.memLock': { good: ['NotRequired', 'Required'], bad: ['x'] },
  'StallDetectorOptions.stallMargin': { good: [0, 100], bad: [-1, 101] },
  'StallDetectorOptions.stallProgressTimeout': fromNothing,
  'StallDetectorOptions.switchoverTimeout': fromNothing,
  'TLSConfiguration.minTLSVersion': { good: ['VersionTLS12', 'VersionTLS13'], bad: ['TLS1.2'] },
  'VirtualMachineInstanceStatus.VSOCKCID': bytes32,
  'VirtualMachineTemplateRequestSpec.ttlSecondsAfterFinished': fromNothing,
  'meta.Condition.message': { good: ['', 'x'], bad: ['x'.repeat(32_769)] },
  'meta.Condition.observedGeneration': fromNothing,
  'meta.Condition.reason': text,
  'meta.Condition.status': { good: ['True', 'False', 'Unknown'], bad: ['', 'true'] },
  'v1alpha1.MigrationPolicySpec.maxDowntimeMs': { good: [1, 2_000_000], bad: [0, 2_000_001] },
  'v1alpha1.VirtualMachineBackupSpec.mode': { good: ['Push', 'Pull'], bad: ['x'] },
  'v1beta1.DataVolumeSpec.contentType': { good: ['kubevirt', 'archive'], bad: ['iso'] },
  'v1beta1.MemoryInstancetype.overcommitPercent': { good: [0, 100], bad: [-1, 101] },
  'v1beta1.VirtualMachineCloneSpec.volumeNamePolicy': {
    good: ['RandomizeNames', 'PrefixTargetName'],
    bad: ['x'],
  },
  'v1beta1.VirtualMachinePoolAutohealingStrategy.startUpFailureThreshold': fromOne,
  'v1beta1.VirtualMachinePoolOpportunisticScaleInStrategy.statePreservation': statePreservation,
  'v1beta1.VirtualMachinePoolProactiveScaleInStrategy.statePreservation': statePreservation,
  'v1beta1.VirtualMachinePoolSelectionPolicy.sortPolicy': {
    good: ['AscendingOrder', 'DescendingOrder', 'Newest', 'Oldest', 'Random'],
    bad: ['x'],
  },
  'v1beta1.VirtualMachineRestoreSpec.targetReadinessPolicy': {
    good: ['StopTarget', 'WaitGracePeriod', 'FailImmediate', 'WaitEventually'],
    bad: ['x'],
  },
};

const machine = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'x' };

/** Objects that rules tie together beyond their types. */
export const tied: Readonly<Record<string, unknown>> = {
  'VirtualMachineBackupTrackerSpec.source': machine,
  'v1alpha1.VirtualMachineBackupSpec.source': machine,
  'v1alpha1.VirtualMachineBackupSpec.pvcName': 'x',
  'v1alpha1.VirtualMachineBackupSpec.tokenSecretRef': 'x',
};
