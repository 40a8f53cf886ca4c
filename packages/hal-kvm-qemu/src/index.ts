export { createKvmQemuHypervisor, type KvmQemu, type KvmQemuOptions } from './hypervisor.ts';
export { refreshCapabilityCache, type CapabilityCacheOptions } from './daemon/refresh-capability-cache.ts';
export { probeKvm, type KvmProbe, type ProbeOptions } from './node-probe/index.ts';
export type { HardwareVirtualization } from './acceleration.ts';
export { renderDomain, type RenderContext } from './domain-xml/render.ts';
export { libvirtVersion } from './libvirt-version.ts';
