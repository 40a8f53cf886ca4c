/** What a cluster needs for Virtkit, as a pure function: definitions, roles, workloads, webhooks and policies. */
export {
  authority,
  certificateDefinitions,
  durationAnnotation,
  type CertificateDefinition,
} from './certificates/definitions.ts';
export { certificateLifetimes, type CertificateLifetime } from './certificates/lifetimes.ts';
export { bundleConfigMap, certificateSecret, pairInSecret, type PemPair } from './certificates/objects.ts';
export { accounts, authorityBundle, ports, priorityClassName, serviceNames } from './components.ts';
export { InstallError, type InstallErrorCode } from './errors.ts';
export {
  defaultRegistry,
  imagesOf,
  parseOperatorImage,
  programs,
  type ImageChoice,
  type Images,
  type Program,
} from './images.ts';
export * from './kinds/index.ts';
export { managedBy } from './labels.ts';
export { monitoringPlaces } from './monitoring/service-monitor.ts';
export { withAuthorityBundle } from './registration/api-services.ts';
export { defaultNamespace, release, type Release, type ReleaseOptions } from './release.ts';
export { installedDefinitions, installStrategy, type InstallStrategy } from './strategy.ts';
export type { ClusterFacts, InstallTarget } from './target.ts';
