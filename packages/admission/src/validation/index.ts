export {
  denialOf,
  pluginDenialOf,
  unlimitedDenialOf,
  type Denial,
  type DenialCause,
  type Verdict,
} from './denial.ts';
export {
  backupCreateFindings,
  backupTrackerCreateFindings,
  backupTrackerUpdateFindings,
  backupUpdateFindings,
  type BackupCreation,
} from './backup/index.ts';
export { cloneFindings, type CloneWrite } from './clone/index.ts';
export { exportFindings, type ExportWrite } from './export/index.ts';
export { pluginFindings, type PluginWrite } from './plugin/index.ts';
export { poolFindings, type PoolWrite } from './pool/index.ts';
export { presetFindings } from './preset/index.ts';
export { replicaSetFindings, type ReplicaSetWrite } from './replica-set/index.ts';
export { restoreFindings } from './restore/index.ts';
export { isOtherMachine, type RestoreTarget, type RestoreWrite } from './restore/subject.ts';
export { snapshotFindings, type SnapshotWrite } from './snapshot/index.ts';
export {
  decideEviction,
  evictionFailure,
  evictionOwner,
  instanceOfOwner,
  type Eviction,
  type EvictionDecision,
  type LookUp,
} from './eviction/index.ts';
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
export {
  kubeVirtCreateFindings,
  kubeVirtDeleteFindings,
  kubeVirtUpdateFindings,
  kubeVirtUpdateWarnings,
  placementOf,
  workloadsBlockDeletion,
  type KubeVirtDeletion,
  type Workload,
} from './kubevirt/index.ts';
export type { KubeVirtUpdate, PlacementRefusals } from './kubevirt/subject.ts';
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
export {
  migrationCreateFindings,
  migrationUpdateFindings,
  type MigrationCreation,
  type MigrationUpdate,
} from './migration/index.ts';
export { migrationPolicyFindings, type MigrationPolicyWrite } from './migration-policy/index.ts';
export { metadataRules, type MetadataSubject } from './metadata.ts';
export { applyRules, firstFindings, firstRuleFindings, type Rule } from './rule.ts';
export { parseObject, schemaFindings, statusFindings, type Parsed, type SchemaCheck } from './schema.ts';
export { isController, isNodeAgent, isSystemUser, type RequestUser } from './system-users.ts';
