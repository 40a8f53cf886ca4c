import type { KubeVirtConfiguration } from '@virtkit/core-types';

const rateLimit = (qps: number, burst: number) => ({
  restClient: { rateLimiter: { tokenBucketRateLimiter: { qps, burst } } },
});

/** KubeVirt's configuration where the KubeVirt object is silent (KubeVirt defaulting facts, section 7). */
export const builtInConfiguration = {
  apiConfiguration: rateLimit(200, 400),
  controllerConfiguration: rateLimit(200, 400),
  handlerConfiguration: rateLimit(50, 100),
  webhookConfiguration: rateLimit(200, 400),
  architectureConfiguration: {
    amd64: {
      machineType: 'q35',
      emulatedMachines: ['q35*', 'pc-q35*'],
      ovmfPath: '/usr/share/edk2/ovmf',
    },
    arm64: { machineType: 'virt', emulatedMachines: ['virt*'], ovmfPath: '/usr/share/AAVMF' },
    s390x: { machineType: 's390-ccw-virtio', emulatedMachines: ['s390-ccw-virtio*'], ovmfPath: '' },
  },
  confidentialCompute: {
    tdx: { attestation: { enforced: false, qgsSocketPath: '/var/run/tdx-qgs/qgs.socket' } },
  },
  cpuModel: '',
  cpuRequest: '100m',
  defaultRuntimeClass: '',
  developerConfiguration: {
    featureGates: [] as string[],
    disabledFeatureGates: [] as string[],
    useEmulation: false,
    memoryOvercommit: 100,
    pvcTolerateLessSpaceUpToPercent: 10,
    minimumReservePVCBytes: 131_072,
    cpuAllocationRatio: 10,
    diskVerification: { memoryLimit: 2_097_152_000 },
    logVerbosity: {
      virtAPI: 2,
      virtController: 2,
      virtHandler: 2,
      virtLauncher: 2,
      virtOperator: 2,
      virtSynchronizationController: 0,
    },
    clusterProfiler: false,
  },
  evictionStrategy: 'None',
  hypervisors: [{ name: 'kvm' }],
  imagePullPolicy: 'IfNotPresent',
  instancetype: { referencePolicy: 'reference' },
  liveUpdateConfiguration: { maxHotplugRatio: 4 },
  machineType: '',
  memBalloonStatsPeriod: 10,
  migrations: {
    parallelMigrationsPerCluster: 5,
    parallelOutboundMigrationsPerNode: 2,
    nodeDrainTaintKey: 'kubevirt.io/drain',
    bandwidthPerMigration: '0Mi',
    progressTimeout: 150,
    completionTimeoutPerGiB: 150,
    utilityVolumesTimeout: 150,
    maxDowntimeMs: 900,
    unsafeMigrationOverride: false,
    allowAutoConverge: false,
    allowPostCopy: false,
  },
  minCPUModel: '',
  network: { defaultNetworkInterface: 'bridge', permitBridgeInterfaceOnPodNetwork: true },
  ovmfPath: '',
  selinuxLauncherType: '',
  smbios: { family: 'KubeVirt', manufacturer: 'KubeVirt', product: 'None', sku: '', version: '' },
  supportedGuestAgentVersions: ['2.*', '3.*', '4.*', '5.*'],
  vmRolloutStrategy: 'LiveUpdate',
  vmStateStorageClass: '',
} satisfies KubeVirtConfiguration;

/** A configuration in which every member that KubeVirt has a default for is present. */
export type CompleteConfiguration = KubeVirtConfiguration & Widened<typeof builtInConfiguration>;

/** The literal types of the defaults, as wide as the values that may replace them. */
type Widened<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T extends readonly unknown[]
        ? T
        : { [K in keyof T]: Widened<T[K]> };
