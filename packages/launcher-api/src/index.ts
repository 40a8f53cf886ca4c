export {
  connectLauncher,
  type ConnectLauncherOptions,
  type LauncherClient,
} from './client/connect-launcher.ts';
export type { FileIdentity } from './client/open-socket.ts';
export { heartbeatSeconds, limits } from './contract/limits.ts';
export {
  DhcpSpecSchema,
  FactsRequestSchema,
  FactsSchema,
  LauncherEventSchema,
  LauncherInfoSchema,
  PersistentDiskSchema,
  VolumeFactSchema,
  type BlockSizesFact,
  type CpusFact,
  type DevicesFact,
  type DhcpSpec,
  type DhcpSpecInput,
  type Facts,
  type FactsRequest,
  type LauncherEvent,
  type LauncherInfo,
  type PersistentDisk,
  type VolumeFact,
} from './contract/schemas.ts';
export { launcherApiVersion } from './contract/version.ts';
export { toWireError } from './contract/wire-error.ts';
export { LauncherApiError, type LauncherApiErrorCode } from './errors.ts';
export { serveLauncher, type LauncherServer, type ServeLauncherOptions } from './server/serve-launcher.ts';
