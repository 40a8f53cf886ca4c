export {
  denialOf,
  pluginDenialOf,
  unlimitedDenialOf,
  type Denial,
  type DenialCause,
  type Verdict,
} from './denial.ts';
export {
  duplicate,
  forbidden,
  invalid,
  notFound,
  notSupported,
  plain,
  refused,
  required,
  unexpected,
  type Finding,
  type FindingReason,
  type Objection,
} from './finding.ts';
export { instanceFindings } from './instance/index.ts';
export type { InstanceRule, InstanceSubject } from './instance/subject.ts';
export { graceAnnotationRules, type GraceAnnotationSubject } from './instance-create/grace-annotations.ts';
export { instanceCreateFindings, type InstanceCreation } from './instance-create/index.ts';
export { discontinuedGateRules, networkCreateRules } from './instance-create/withdrawn-bindings.ts';
export { hotplugDiskFindings, type HotplugDisk } from './instance-update/hotplug-disk.ts';
export { instanceUpdateFindings } from './instance-update/index.ts';
export type { InstanceUpdate } from './instance-update/subject.ts';
export { kubeVirtRules, type KubeVirtSubject } from './kubevirt.ts';
export {
  machineFindings,
  machineStatusFindings,
  machineWarnings,
  type MachineWrite,
} from './machine/index.ts';
export { machineSpecFindings } from './machine/spec.ts';
export type {
  MachineRule,
  MachineSpecSubject,
  MachineSubject,
  VolumeRequestsSubject,
} from './machine/subject.ts';
export { volumeRequestFindings } from './machine/volume-requests.ts';
export { metadataRules, type MetadataSubject } from './metadata.ts';
export { applyRules, firstFindings, firstRuleFindings, type Rule } from './rule.ts';
export { parseObject, schemaFindings, statusFindings, type Parsed, type SchemaCheck } from './schema.ts';
export { isController, isNodeAgent, isSystemUser, type RequestUser } from './system-users.ts';
