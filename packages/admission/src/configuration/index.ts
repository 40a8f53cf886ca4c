export { builtInConfiguration, type CompleteConfiguration } from './built-in.ts';
export {
  architectureSettings,
  clusterConfiguration,
  knownArchitecture,
  type Architecture,
  type ClusterConfiguration,
  type ClusterFacts,
} from './cluster-configuration.ts';
export {
  enabledGates,
  featureGates,
  type FeatureGate,
  type FeatureGateState,
  type GateLists,
} from './feature-gates.ts';
