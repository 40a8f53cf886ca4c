/** Finalizers of KubeVirt objects. */
export const finalizers = {
  /** On an instance, until its launcher pods are gone. */
  instance: 'kubevirt.io/foregroundDeleteVirtualMachine',
  /** The old form of `instance`, to be replaced on sight. */
  instanceLegacy: 'foregroundDeleteVirtualMachine',
  /** On a machine, and on an instance that a machine owns. */
  machine: 'kubevirt.io/virtualMachineControllerFinalize',
  migration: 'kubevirt.io/migrationJobFinalize',
  decentralizedMigration: 'synchronization.kubevirt.io/migrationFinalizer',
  pool: 'pool.kubevirt.io/finalizer',
  operatorComponent: 'kubevirt.io/virtOperatorFinalizer',
  kubeVirt: 'kubevirt.io/foregroundDeleteKubeVirt',
  snapshot: 'snapshot.kubevirt.io/vmsnapshot-protection',
  snapshotContent: 'snapshot.kubevirt.io/vmsnapshotcontent-protection',
  snapshotSource: 'snapshot.kubevirt.io/snapshot-source-protection',
  restore: 'snapshot.kubevirt.io/vmrestore-protection',
  backup: 'backup.kubevirt.io/vmbackup-protection',
} as const;

/** Labels of KubeVirt objects, pods and nodes. */
export const labels = {
  /** The component that an object belongs to, for example `virt-launcher`. */
  app: 'kubevirt.io',
  /** UID of the instance, on its launcher pods; UID of the machine, on its DataVolumes. */
  createdBy: 'kubevirt.io/created-by',
  /** Node that runs the instance; node agents select their instances by it. */
  nodeName: 'kubevirt.io/nodeName',
  migrationTargetNodeName: 'kubevirt.io/migrationTargetNodeName',
  /** UID of the migration, on its target pod. */
  migrationJobUID: 'kubevirt.io/migrationJobUID',
  migrationName: 'kubevirt.io/migrationName',
  /** Name of the instance, on its migrations. */
  instanceName: 'kubevirt.io/vmi-name',
  outdatedLauncherImage: 'kubevirt.io/outdatedLauncherImage',
  volumeUpdateMigration: 'kubevirt.io/volume-update-migration',
  podCpuLimits: 'kubevirt.io/vmi-pod-cpu-resource-limits',
  podMemoryRequests: 'kubevirt.io/vmi-pod-memory-resource-requests',
  memoryHotplugOverheadRatio: 'kubevirt.io/memory-hotplug-overhead-ratio',
  poolRevision: 'kubevirt.io/vm-pool-revision-name',
  /** A convention of users, without meaning to controllers. */
  machine: 'kubevirt.io/vm',
  machineName: 'vm.kubevirt.io/name',
  instanceId: 'vmi.kubevirt.io/id',
  persistentStateFor: 'persistent-state-for',
  autoMemoryLimitsRatio: 'alpha.kubevirt.io/auto-memory-limits-ratio',
  debugLogs: 'debugLogs',
  logVerbosity: 'logVerbosity',
  virtiofsdDebugLogs: 'virtiofsdDebugLogs',
  /** On nodes: `true` when instances may be placed there. */
  schedulable: 'kubevirt.io/schedulable',
  cpuManager: 'kubevirt.io/cpumanager',
  realtime: 'kubevirt.io/realtime',
  sev: 'kubevirt.io/sev',
  sevES: 'kubevirt.io/sev-es',
  sevSNP: 'kubevirt.io/sev-snp',
  tdx: 'kubevirt.io/tdx',
  secureExecution: 'kubevirt.io/s390-pv',
  ksmEnabled: 'kubevirt.io/ksm-enabled',
  tscFrequency: 'cpu-timer.node.kubevirt.io/tsc-frequency',
  tscScalable: 'cpu-timer.node.kubevirt.io/tsc-scalable',
  obsoleteHostModel: 'node-labeller.kubevirt.io/obsolete-host-model',
  installStrategy: 'kubevirt.io/install-strategy',
  allowClusterServices: 'np.kubevirt.io/allow-access-cluster-services',
  managedBy: 'app.kubernetes.io/managed-by',
  component: 'app.kubernetes.io/component',
  partOf: 'app.kubernetes.io/part-of',
  version: 'app.kubernetes.io/version',
} as const;

/** Prefixes of node labels that carry one fact each after the prefix. */
export const labelPrefixes = {
  cpuModel: 'cpu-model.node.kubevirt.io/',
  cpuModelMigration: 'cpu-model-migration.node.kubevirt.io/',
  cpuFeature: 'cpu-feature.node.kubevirt.io/',
  cpuVendor: 'cpu-vendor.node.kubevirt.io/',
  hyperv: 'hyperv.node.kubevirt.io/',
  machineType: 'machine-type.node.kubevirt.io/',
  hostModelCpu: 'host-model-cpu.node.kubevirt.io/',
  hostModelRequiredFeatures: 'host-model-required-features.node.kubevirt.io/',
  schedulableTscFrequency: 'scheduling.node.kubevirt.io/tsc-frequency-',
  architecture: 'kubevirt.io/vm-arch-',
  /** Hypervisors that a node offers; Virtkit's own. */
  hypervisor: 'virtkit.dev/hypervisor.',
} as const;

/** Annotations of KubeVirt objects, pods and nodes. */
export const annotations = {
  latestObservedApiVersion: 'kubevirt.io/latest-observed-api-version',
  storageObservedApiVersion: 'kubevirt.io/storage-observed-api-version',
  /** Generation of the machine that an instance reflects. */
  machineGeneration: 'kubevirt.io/vm-generation',
  /** Name of the instance, on its pods. */
  domain: 'kubevirt.io/domain',
  ownerInstanceName: 'kubevirt.io/owner-vmi-name',
  ownerInstanceUID: 'kubevirt.io/owner-vmi-uid',
  ephemeralProvisioning: 'kubevirt.io/ephemeral-provisioning',
  memoryOverheadBytes: 'kubevirt.io/memory-overhead-bytes',
  migrationTransportUnix: 'kubevirt.io/migrationTransportUnix',
  migrationJobName: 'kubevirt.io/migrationJobName',
  migrationTargetReadyTimestamp: 'kubevirt.io/migration-target-ready-timestamp',
  evacuationMigration: 'kubevirt.io/evacuationMigration',
  workloadUpdateMigration: 'kubevirt.io/workloadUpdateMigration',
  evictionSource: 'kubevirt.io/eviction-source',
  createMigrationTarget: 'kubevirt.io/create-migration-target',
  restoreRunStrategy: 'kubevirt.io/restore-run-strategy',
  immediateDataVolumeCreation: 'kubevirt.io/immediate-data-volume-creation',
  instancetypeName: 'kubevirt.io/instancetype-name',
  clusterInstancetypeName: 'kubevirt.io/cluster-instancetype-name',
  preferenceName: 'kubevirt.io/preference-name',
  clusterPreferenceName: 'kubevirt.io/cluster-preference-name',
  keepLauncherAliveAfterFailure: 'kubevirt.io/keep-launcher-alive-after-failure',
  allowPodBridgeNetworkLiveMigration: 'kubevirt.io/allow-pod-bridge-network-live-migration',
  pciTopologyVersion: 'kubevirt.io/pci-topology-version',
  pciInterfaceSlotCount: 'kubevirt.io/pci-interface-slot-count',
  placePCIDevicesOnRootComplex: 'kubevirt.io/placePCIDevicesOnRootComplex',
  disablePCIHole64: 'kubevirt.io/disablePCIHole64',
  memfd: 'kubevirt.io/memfd',
  freePageReportingDisabled: 'kubevirt.io/free-page-reporting-disabled',
  libvirtLogFilters: 'kubevirt.io/libvirt-log-filters',
  ignitionData: 'kubevirt.io/ignitiondata',
  imageVolumeSkipDigestResolution: 'kubevirt.io/image-volume-skip-digest-resolution',
  pauseGuestAgentProbes: 'kubevirt.io/pause-guest-agent-probes',
  hookSidecars: 'hooks.kubevirt.io/hookSidecars',
  vgaDisplayEfiX86: 'kubevirt.io/vga-display-efi-x86',
  nonRoot: 'kubevirt.io/nonroot',
  skipBackupHooks: 'kubevirt.io/skip-backup-hooks',
  memoryDump: 'kubevirt.io/memory-dump',
  networkInfo: 'kubevirt.io/network-info',
  qgsSocketPath: 'kubevirt.io/qgs-socket-path',
  emulatorThreadEvenParity: 'alpha.kubevirt.io/EmulatorThreadCompleteToEvenParity',
  presetExclude: 'virtualmachineinstancepresets.admission.kubevirt.io/exclude',
  /** Time of the last sign of life of a node agent, on its node. */
  heartbeat: 'kubevirt.io/heartbeat',
  ksmHandlerManaged: 'kubevirt.io/ksm-handler-managed',
  nodeLabellerSkip: 'node-labeller.kubevirt.io/skip-node',
  migrationUnschedulableTimeout: 'kubevirt.io/migrationUnschedulablePodTimeoutSeconds',
  migrationPendingTimeout: 'kubevirt.io/migrationPendingPodTimeoutSeconds',
  migrationUtilityVolumesTimeout: 'kubevirt.io/migrationUtilityVolumesTimeoutSeconds',
  installStrategyVersion: 'kubevirt.io/install-strategy-version',
  installStrategyRegistry: 'kubevirt.io/install-strategy-registry',
  installStrategyIdentifier: 'kubevirt.io/install-strategy-identifier',
  requestEvictOnly: 'descheduler.alpha.kubernetes.io/request-evict-only',
  evictionInProgress: 'descheduler.alpha.kubernetes.io/eviction-in-progress',
  allowClaimAdoption: 'cdi.kubevirt.io/allowClaimAdoption',
  /** The hypervisor of a machine; Virtkit's own. */
  hypervisor: 'virtkit.dev/hypervisor',
} as const;

/** Taints of nodes. */
export const taints = {
  /** Evacuate the node by migration; effect `NoSchedule`. */
  drain: 'kubevirt.io/drain',
} as const;
