// Keys of KubeVirt's API that the controllers read or write, each with its standard meaning.

export const finalizers = {
  /** On VMs, and on VMIs that a VM manages: removed once the VM's status has recorded how the instance ended. */
  virtualMachineController: 'kubevirt.io/virtualMachineControllerFinalize',
  /** On VMIs: removed once the instance is final and its pods are gone. */
  foregroundDelete: 'kubevirt.io/foregroundDeleteVirtualMachine',
  /** Former name of `foregroundDelete`; only removed. */
  legacyForegroundDelete: 'foregroundDeleteVirtualMachine',
  /** Kubernetes: keep the dependents. */
  orphan: 'orphan',
} as const;

export const labels = {
  component: 'kubevirt.io',
  createdBy: 'kubevirt.io/created-by',
  nodeName: 'kubevirt.io/nodeName',
  outdatedLauncherImage: 'kubevirt.io/outdatedLauncherImage',
  schedulable: 'kubevirt.io/schedulable',
  instanceId: 'vmi.kubevirt.io/id',
  legacyName: 'vm.kubevirt.io/name',
  istioInject: 'sidecar.istio.io/inject',
} as const;

export const annotations = {
  latestObservedApiVersion: 'kubevirt.io/latest-observed-api-version',
  storageObservedApiVersion: 'kubevirt.io/storage-observed-api-version',
  vmGeneration: 'kubevirt.io/vm-generation',
  domain: 'kubevirt.io/domain',
  memoryOverheadBytes: 'kubevirt.io/memory-overhead-bytes',
  migrationTransportUnix: 'kubevirt.io/migrationTransportUnix',
  ephemeralProvisioning: 'kubevirt.io/ephemeral-provisioning',
  heartbeat: 'kubevirt.io/heartbeat',
  defaultContainer: 'kubectl.kubernetes.io/default-container',
  requestEvictOnly: 'descheduler.alpha.kubernetes.io/request-evict-only',
  istioInject: 'sidecar.istio.io/inject',
  skipBackupHooks: 'kubevirt.io/skip-backup-hooks',
  keepLauncherAlive: 'kubevirt.io/keep-launcher-alive-after-failure',
  /** Virtkit: which hypervisor runs the instance. */
  hypervisor: 'virtkit.dev/hypervisor',
} as const;

/** The version of the API that the controllers write into the observed-version annotations. */
export const observedApiVersion = 'v1';

/** Readiness gate and condition of launcher pods: false while the guest is paused. */
export const unpausedCondition = 'kubevirt.io/virtual-machine-unpaused';

/** Name of the container that runs the launcher. */
export const computeContainer = 'compute';
