/** How far a feature has come: generally available features cannot be switched off, alpha features are off unless listed. */
export type FeatureGateState = 'Alpha' | 'Beta' | 'GA' | 'Deprecated' | 'Discontinued';

/** KubeVirt's feature gates, with their states between the versions 1.9 and 1.10 (KubeVirt defaulting facts, section 8). */
export const featureGates = {
  AlignCPUs: 'Alpha',
  AutoResourceLimitsGate: 'GA',
  BochsDisplayForEFIGuests: 'GA',
  CPUManager: 'Alpha',
  CPUNodeDiscovery: 'GA',
  ClusterProfiler: 'GA',
  CommonInstancetypesDeploymentGate: 'GA',
  ConfigurableHypervisor: 'Alpha',
  ContainerPathVolumes: 'Alpha',
  CrossArchitectureVirtualization: 'Alpha',
  DecentralizedLiveMigration: 'Beta',
  DeclarativeHotplugVolumes: 'Beta',
  DisableCustomSELinuxPolicy: 'GA',
  DisableMDEVConfiguration: 'Deprecated',
  DockerSELinuxMCSWorkaround: 'Deprecated',
  DownwardMetrics: 'Alpha',
  DynamicPodInterfaceNaming: 'GA',
  EnableVirtioFsConfigVolumes: 'GA',
  EnableVirtioFsStorageVolumes: 'Alpha',
  ExpandDisks: 'GA',
  ExperimentalIgnitionSupport: 'Alpha',
  ExperimentalVirtiofsSupport: 'Discontinued',
  ExternalNetResourceInjection: 'Beta',
  FirmwareAutoSelection: 'Alpha',
  GPU: 'GA',
  GPUsWithDRA: 'Beta',
  GraceIOVirtualization: 'Alpha',
  HostDevices: 'Alpha',
  HostDevicesWithDRA: 'Beta',
  HostDisk: 'Alpha',
  HotplugNICs: 'GA',
  HotplugVolumes: 'Deprecated',
  HypervStrictCheck: 'Alpha',
  IOMMUFD: 'Alpha',
  ImageVolume: 'Beta',
  IncrementalBackup: 'Alpha',
  InstancetypeReferencePolicy: 'GA',
  KubevirtSeccompProfile: 'Beta',
  LibvirtHooksServerAndClient: 'GA',
  LiveMigration: 'GA',
  LiveUpdateNADRef: 'GA',
  Macvtap: 'Discontinued',
  MigrationDowntimeTuning: 'Alpha',
  MigrationPriorityQueue: 'GA',
  MigrationStallDetection: 'Alpha',
  MultiArchitecture: 'Deprecated',
  NUMA: 'GA',
  NetworkBindingPlugins: 'GA',
  NetworkDevicesWithDRA: 'Alpha',
  NodeRestriction: 'Beta',
  NonRoot: 'GA',
  OCIExport: 'Alpha',
  ObjectGraph: 'Alpha',
  OptOutRoleAggregation: 'Beta',
  PCINUMAAwareTopology: 'Alpha',
  PSA: 'GA',
  PanicDevices: 'GA',
  Passt: 'Discontinued',
  PasstBinding: 'Beta',
  PasstIPStackMigration: 'Discontinued',
  PersistentReservation: 'GA',
  Plugins: 'Alpha',
  PodSecondaryInterfaceNamingUpgrade: 'Beta',
  PortRangesSpec: 'Alpha',
  RebootPolicy: 'Beta',
  ReservedOverheadMemlock: 'Alpha',
  Root: 'Alpha',
  SRIOVLiveMigration: 'GA',
  SecureExecution: 'GA',
  Sidecar: 'Alpha',
  Snapshot: 'Beta',
  Template: 'Beta',
  UtilityVolumes: 'Alpha',
  VGPULiveMigration: 'Alpha',
  VMExport: 'GA',
  VMLiveUpdateFeatures: 'GA',
  VMPersistentState: 'GA',
  VMStatsCollector: 'Alpha',
  VSOCK: 'Alpha',
  VideoConfig: 'GA',
  VmiMemoryOverheadReport: 'GA',
  VolumeMigration: 'GA',
  VolumesUpdateStrategy: 'GA',
  WorkloadEncryptionSEV: 'Beta',
  WorkloadEncryptionTDX: 'Alpha',
} as const satisfies Readonly<Record<string, FeatureGateState>>;

/** A gate that KubeVirt knows. */
export type FeatureGate = keyof typeof featureGates;

/** What a KubeVirt object says about gates: `spec.configuration.developerConfiguration`. */
export interface GateLists {
  readonly featureGates?: readonly string[] | undefined;
  readonly disabledFeatureGates?: readonly string[] | undefined;
}

/** The gates that are on. A name that is not registered is never on; a gate that is listed as on and as off is on. */
export function enabledGates(lists: GateLists = {}): ReadonlySet<FeatureGate> {
  const listed = new Set(lists.featureGates);
  const disabled = new Set(lists.disabledFeatureGates);
  const names = Object.keys(featureGates) as FeatureGate[];
  return new Set(
    names.filter((name) => {
      const state = featureGates[name];
      if (state === 'GA' || listed.has(name)) return true;
      return state === 'Beta' && !disabled.has(name);
    }),
  );
}
