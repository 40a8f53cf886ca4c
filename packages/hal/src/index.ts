export { withDisk, withMedium, withoutDisk } from './disk-changes.ts';
export { HalError, halErrorCodes, type HalErrorCode, type HalErrorOptions, type Retry } from './errors.ts';
export { EventQueue } from './event-queue.ts';
export { MachineEventSchema, type MachineEvent } from './events.ts';
export {
  facetNames,
  type CallOptions,
  type ConsolesFacet,
  type DisplayFacet,
  type FacetName,
  type Facets,
  type GuestAgentFacet,
  type HotplugFacet,
  type MemoryDumpFacet,
  type PauseFacet,
  type ResetFacet,
  type SoftRebootFacet,
  type StatisticsFacet,
  type UsbRedirectionFacet,
} from './facets.ts';
export {
  GuestFilesystemSchema,
  GuestInfoSchema,
  GuestUserSchema,
  type GuestFilesystem,
  type GuestInfo,
  type GuestUser,
} from './guest.ts';
export type { Hypervisor, HypervisorCapabilities, Machine } from './hypervisor.ts';
export { MachineSpecSchema, type MachineSpec, type MachineSpecInput } from './machine-spec.ts';
export { parseMachineSpec, sameMachineSpec } from './parse-machine-spec.ts';
export {
  InterfaceProcessSchema,
  MachineStateSchema,
  MemoryDumpStateSchema,
  ObservedSchema,
  type InterfaceProcess,
  type MachineState,
  type MemoryDumpState,
  type Observed,
} from './observed.ts';
export { ClockSchema, TimerSchema, type Clock, type Timer } from './spec/clock.ts';
export {
  CpuPinningSchema,
  CpuSchema,
  HostCpusSchema,
  NumaNodeSchema,
  type Cpu,
  type CpuPinning,
  type NumaNode,
} from './spec/cpu.ts';
export {
  BalloonSchema,
  DisplaySchema,
  ExtraDevicesSchema,
  InputSchema,
  PanicDeviceSchema,
  SharedDirectorySchema,
  SoundSchema,
  TpmSchema,
  VsockSchema,
  WatchdogSchema,
  type Balloon,
  type Display,
  type ExtraDevices,
  type Input,
  type SharedDirectory,
  type Watchdog,
} from './spec/devices.ts';
export {
  BlockSizesSchema,
  DiskSchema,
  DiskSourceSchema,
  type BlockSizes,
  type Disk,
  type DiskSource,
} from './spec/disk.ts';
export { EnlightenmentsSchema, FeaturesSchema, type Enlightenments, type Features } from './spec/features.ts';
export {
  ChassisSchema,
  FirmwareSchema,
  UefiSchema,
  type Chassis,
  type Firmware,
  type Uefi,
} from './spec/firmware.ts';
export { HostDeviceSchema, type HostDevice } from './spec/host-device.ts';
export {
  InterfaceBackendSchema,
  InterfaceSchema,
  type Interface,
  type InterfaceBackend,
} from './spec/interface.ts';
export { IoThreadsSchema, type IoThreads } from './spec/io-threads.ts';
export { LaunchSecuritySchema, type LaunchSecurity } from './spec/launch-security.ts';
export {
  AddedMemorySchema,
  MemoryBackingSchema,
  MemorySchema,
  type AddedMemory,
  type Memory,
  type MemoryBacking,
} from './spec/memory.ts';
export { PciAddressSchema, PciSchema, type Pci } from './spec/pci.ts';
export { MachineStatisticsSchema, vcpuStates, type MachineStatistics, type VcpuState } from './statistics.ts';
