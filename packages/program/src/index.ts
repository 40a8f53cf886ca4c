/** What all long-running programs share. */
export {
  readCommandLine,
  startProgram,
  type CommandLine,
  type CommandLineRules,
  type Invocation,
  type ProgramFlags,
} from './command-line.ts';
export { connectionHelp, connectionOptions, type ConnectionValues } from './connection-flags.ts';
export { DurationSchema } from './duration.ts';
export { PortSchema, TextSchema, wholeNumber } from './flag-values.ts';
export { countSyncs, type FollowedInstances, type InstanceSyncs } from './instance-syncs.ts';
export { jsonLogger, levelOfVerbosity, type LogLevel } from './json-logger.ts';
export { labelName, registerFamilies, type MetricFamily, type Sample } from './metric-families.ts';
export { serveOperations, type OperationsServer, type OperationsServerOptions } from './operations-server.ts';
export { serviceAccountConnection, serviceAccountFolder, type PodEnvironment } from './service-account.ts';
export { processMetrics, requestMetrics } from './program-metrics.ts';
export { requestedResource, type RequestedResource } from './requested-resource.ts';
export { serverConnections, type ServerConnections } from './server-connections.ts';
export { stopSignal } from './stop-signal.ts';
export {
  clientTlsOptions,
  commonName,
  expectName,
  peerName,
  secureServer,
  TlsAgent,
  type ClientSecurity,
  type ClientTlsOptions,
  type ServerSecurity,
  type TlsPolicy,
} from './tls-connections.ts';
export {
  readBundle,
  readKeyPair,
  watchBundle,
  watchKeyPair,
  type KeyPair,
  type TlsFilesOptions,
} from './tls-files.ts';
export { watchConfigMap, type WatchConfigMapOptions, type WatchedConfigMap } from './watched-config-map.ts';
export { tlsPolicyOf, type TlsConfiguration } from './tls-policy.ts';
export { unchanging, WatchedValue, type Watched } from './watched.ts';
export { watchFiles, type Reading, type WatchedFiles, type WatchFilesOptions } from './watched-files.ts';
