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
  type PauseFacet,
  type ResetFacet,
  type SoftRebootFacet,
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
export {
  CpuSchema,
  MachineSpecSchema,
  WatchdogSchema,
  type Cpu,
  type MachineSpec,
  type MachineSpecInput,
  type Watchdog,
} from './machine-spec.ts';
export { parseMachineSpec, sameMachineSpec } from './parse-machine-spec.ts';
export { MachineStateSchema, ObservedSchema, type MachineState, type Observed } from './observed.ts';
export { DiskSchema, DiskSourceSchema, type Disk, type DiskSource } from './spec/disk.ts';
export { FirmwareSchema, type Firmware } from './spec/firmware.ts';
export {
  InterfaceBackendSchema,
  InterfaceSchema,
  type Interface,
  type InterfaceBackend,
} from './spec/interface.ts';
