export type { LiveHandles } from './binding.ts';
export type { CallOptions } from './call-options.ts';
export { Connection, type DomainCapabilitiesQuery, type Subscription } from './connection.ts';
export { Console } from './console.ts';
export { type BlockCommitRange, DomainBlock } from './domain-block.ts';
export type * from './domain-data.ts';
export { DomainGuest } from './domain-guest.ts';
export { DomainMigration } from './domain-migration.ts';
export { type DomainState, type DomainStateName, domainStateName } from './domain-state.ts';
export { Domain, type MetadataElement } from './domain.ts';
export {
  type CloseReason,
  DOMAIN_EVENT_KINDS,
  type DomainEvent,
  type DomainEventKind,
  type LifecycleChange,
} from './events.ts';
export * from './flags.ts';
export {
  type GuestMemory,
  hostLoop,
  Kvm,
  KVM_API_VERSION,
  type KvmOptions,
  KvmVcpu,
  KvmVm,
  type RunOptions,
} from './kvm.ts';
export type {
  CpuidEntry,
  KvmExit,
  KvmRegisters,
  KvmSegment,
  KvmSystemRegisters,
  MsrIndices,
} from './kvm-binding.ts';
export { KvmError, type KvmErrorCode } from './kvm-error.ts';
export { type EntryPoint, enterLongMode, enterRealMode } from './kvm-modes.ts';
export { type ConnectOptions, Libvirt, type LibvirtOptions } from './libvirt.ts';
export { LibvirtError, type LibvirtErrorCode, type Retry } from './libvirt-error.ts';
export { loadBinding } from './loader.ts';
export type { MigrationParameters, TypedParameters } from './typed-parameters.ts';
