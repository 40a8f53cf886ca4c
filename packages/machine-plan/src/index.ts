/** Pure translation between VirtualMachineInstance and MachineSpec, and from what is observed to the VMI's status. */
export { carriedFields, type CarriedField, type Carrier } from './carried/table.ts';
export { refusals, type Refusal } from './carried/refusals.ts';
export { uncarried, type UncarriedField } from './carried/uncarried.ts';
export {
  agentCredentials,
  agentSecrets,
  publicKeysOf,
  seededSecrets,
  type GuestCredentials,
  type SecretContents,
} from './credentials.ts';
export { diffMachine, type MachineChange, type MachineDiff } from './diff.ts';
export { planHotplug, type DiskChange, type HotplugInput } from './hotplug.ts';
export { isPluggable } from './plan/pluggable.ts';
export { PlanError, type PlanErrorCode, type PlanErrorOptions, type Retry } from './errors.ts';
export { machineConfiguration, type PlanConfiguration } from './configuration.ts';
export type {
  ClaimedDevice,
  DeviceFacts,
  HostNode,
  ImageFact,
  InterfaceFact,
  MachineFacts,
} from './facts.ts';
export { decodeCloudInit, hostname } from './plan/cloud-init.ts';
export { interfaceQueues } from './plan/interfaces.ts';
export { interfaceMac, normaliseMac, reservedMac } from './plan/mac-address.ts';
export { defaultGracePeriodSeconds, machineName, planMachine } from './plan/plan-machine.ts';
export {
  diskRoom,
  planHostDisks,
  planPersistentDisks,
  type DiskRoom,
  type HostDiskPlan,
  type PersistentDiskPlan,
} from './persistent-disks.ts';
export { planProbes, type ProbeAction, type ProbePlan, type ProbePlans } from './probes.ts';
export { requiredAgentCommands } from './status/conditions.ts';
export { instancePhase, isFinalPhase, type PhaseInput } from './status/phase.ts';
export type { MemoryDumpSight } from './status/memory-dump.ts';
export { noPluggedVolumes, type PluggedVolumes } from './status/plugged-volume.ts';
export { projectStatus, type StatusInput } from './status/project-status.ts';
