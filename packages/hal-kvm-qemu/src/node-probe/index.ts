export {
  type CpuFeature,
  type CpuModel,
  type DomainCapabilities,
  parseDomainCapabilities,
} from './domain-capabilities.ts';
export {
  type GuestArchitecture,
  type HostCapabilities,
  hostCapabilities,
  type MachineType,
  type NodeCapabilities,
  parseHostCapabilities,
} from './host-capabilities.ts';
export { type KvmProbe, probeKvm, type ProbeOptions } from './probe.ts';
