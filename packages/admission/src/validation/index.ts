export {
  denialOf,
  pluginDenialOf,
  unlimitedDenialOf,
  type Denial,
  type DenialCause,
  type Verdict,
} from './denial.ts';
export {
  badRequest,
  duplicate,
  forbidden,
  invalid,
  notFound,
  notSupported,
  plain,
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
export { instanceUpdateRules, type InstanceUpdate } from './instance-update.ts';
export { kubeVirtRules, type KubeVirtSubject } from './kubevirt.ts';
export { machineFindings } from './machine/index.ts';
export type { MachineRule, MachineSubject } from './machine/subject.ts';
export { metadataRules, type MetadataSubject } from './metadata.ts';
export { applyRules, firstFindings, firstRuleFindings, type Rule } from './rule.ts';
export { parseObject, type Parsed } from './schema.ts';
export { isSystemUser } from './system-users.ts';
