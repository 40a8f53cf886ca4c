// What admission fills in.
export { defaultClone } from './clone.ts';
export { memoryLiveUpdateFault, type LiveUpdateFault } from './hotplug/live-update.ts';
export { defaultInstance, type InstanceDefaultsInput } from './instance/index.ts';
export { restoredStatus } from './instance/update.ts';
export { defaultInstanceSpec } from './instance-spec.ts';
export {
  architectureOfDataSources,
  dataSourceKeys,
  dataSourceTarget,
  type DataSourceFacts,
  type DataSourceKey,
  type DataSourceLookup,
} from './machine/data-source-architecture.ts';
export { containerPathContainers } from './launcher-pod.ts';
export { legacyFirmwareUuid, withLegacyFirmwareUuid } from './machine/firmware-identity.ts';
export { defaultVirtualMachine, type MachineDefaultsInput } from './machine/index.ts';
export {
  newInstanceOf,
  startsPaused,
  type NewInstance,
  type NewInstanceInput,
} from './machine/new-instance.ts';
export { withSystemMetadata } from './metadata.ts';
export { defaultMigration } from './migration.ts';
export { type Mutation } from './mutation.ts';
export { canonicalIp } from './ntp-servers.ts';
export { renewBefore, silentValues } from './object-values.ts';
export { usesPciExpress } from './pcie.ts';
export { applyPresets, presetWarnings } from './presets/index.ts';
export { networkRefusal } from './spec/network.ts';
