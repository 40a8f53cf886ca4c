export {
  activeKubeVirt,
  configurationReader,
  type ConfigurationReader,
  type InstallationFacts,
} from './active-kubevirt.ts';
export { builtInConfiguration, type CompleteConfiguration } from './built-in.ts';
export {
  clusterConfiguration,
  knownArchitecture,
  nextConfiguration,
  type Architecture,
  type ClusterConfiguration,
  type ClusterFacts,
} from './cluster-configuration.ts';
export { configurationFaults, type ConfigurationFault } from './faults.ts';
export {
  enabledGates,
  featureGates,
  type FeatureGate,
  type FeatureGateState,
  type GateLists,
} from './feature-gates.ts';
export { featureGateMessage, featureGateWarnings, gateListsChanged } from './gate-warnings.ts';
export {
  architectureSettings,
  commonInstancetypesEnabled,
  componentVerbosity,
  kubeVirtHypervisor,
  leastTlsVersion,
  mediatedDevicesEnabled,
  mediatedDeviceTypes,
  memoryOverheadRatio,
  persistentReservationEnabled,
  roleAggregation,
  virtTemplateEnabled,
  workloadDisruptionAllowed,
  type ArchitectureSettings,
  type LoggingComponent,
} from './lookups.ts';
export { builtInMigrationTuning } from './migration-tuning.ts';
