// Instance types and preferences: what a virtual machine refers to instead of saying it itself.
export { applyReferences, type Applied, type ReferenceTarget } from './apply.ts';
export { applyToMachine, type MachineWithReferences } from './apply-to-machine.ts';
export { instancetypeConflictRules, type ConflictSubject } from './conflicts.ts';
export { expandMachine, withoutReferences } from './expand.ts';
export {
  findReference,
  findReferences,
  specsOf,
  statusRef,
  type FoundReference,
  type FoundReferences,
  type ReferenceLookup,
} from './find.ts';
export {
  inferReferences,
  type InferenceLookup,
  type Inferred,
  type Labelled,
  type LabelledDataSource,
  type LabelledDataVolume,
} from './inference.ts';
export { matcherFindings } from './matchers.ts';
export { applyAutoattachPreferences, applyPreference, defaultInputDevice } from './preference/index.ts';
export {
  planReferences,
  type ReferenceFacts,
  type ReferenceFailureReason,
  type ReferencePlan,
  type StatusRefs,
} from './reference-plan.ts';
export {
  isClusterKind,
  referencedKind,
  type ReferencedKind,
  type ReferencedSpecs,
  type ReferenceMatcher,
  type ReferenceRole,
} from './references.ts';
export { requirementFindings, type RequirementSubject } from './requirements.ts';
export {
  buildReferenceRevision,
  readReferenceRevision,
  revisionLabels,
  type ReadRevision,
  type ReferencedObject,
  type ReferenceRevision,
  type SpecOfRole,
} from './revision.ts';
export { spreadFindings } from './spread.ts';
export { guestTopology, preferredTopology, spreadOptions, type SpreadOptions } from './topology.ts';
