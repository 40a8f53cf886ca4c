export { createKvmQemuHypervisor, type KvmQemu, type KvmQemuOptions } from './hypervisor.ts';
export { refreshCapabilityCache, type CapabilityCacheOptions } from './daemon/refresh-capability-cache.ts';
export {
  probeKvm,
  type CpuFeature,
  type CpuModel,
  type DomainCapabilities,
  type GuestArchitecture,
  type HostCapabilities,
  type KvmProbe,
  type MachineType,
  type NodeCapabilities,
  type ProbeOptions,
} from './node-probe/index.ts';
export type { Accelerator, HardwareVirtualization } from './acceleration.ts';
export {
  renderDomain,
  type DiskFile,
  type RenderContext,
  type UefiFiles,
  type VirtType,
} from './domain-xml/render.ts';
export { standInContext, type StandIns } from './domain-xml/stand-in-context.ts';
export { libvirtVersion } from './libvirt-version.ts';
