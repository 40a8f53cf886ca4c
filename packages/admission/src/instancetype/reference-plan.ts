// What a controller has to do so that a machine keeps what its instance type and preference were.
import {
  jsonEqual,
  type InstancetypeStatusRef,
  type OwnerReference,
  type VirtualMachine,
} from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';
import { applyToMachine } from './apply-to-machine.ts';
import { expandMachine } from './expand.ts';
import { specsOf, statusRef, type FoundReference, type FoundReferences } from './find.ts';
import type { ReferenceRole } from './references.ts';
import {
  buildReferenceRevision,
  isOutdatedRevision,
  type ReferencedObject,
  type ReferenceRevision,
} from './revision.ts';

/** Reasons for which a machine's references cannot be settled, as its condition `Failure` gives them. */
export type ReferenceFailureReason = 'FailedFindInstancetype' | 'FailedFindPreference' | 'FailedCreate';

/** What the status remembers of a machine's references. */
export interface StatusRefs {
  readonly instancetypeRef: InstancetypeStatusRef | undefined;
  readonly preferenceRef: InstancetypeStatusRef | undefined;
}

/** The next step. */
export type ReferencePlan =
  /** Nothing to do; a machine without references is always settled. */
  | { readonly kind: 'settled' }
  /**
   * Create these revisions (one that exists with the same spec will do), write these members of the status, then delete the
   * revisions of these names.
   */
  | {
      readonly kind: 'store';
      readonly create: readonly ReferenceRevision[];
      readonly refs: StatusRefs;
      readonly obsolete: readonly string[];
    }
  /** Write the expanded machine, then delete the revisions of these names. */
  | { readonly kind: 'expand'; readonly machine: VirtualMachine; readonly obsolete: readonly string[] }
  | { readonly kind: 'fail'; readonly reason: ReferenceFailureReason; readonly message: string };

/** What the plan is made from. */
export interface ReferenceFacts {
  readonly machine: VirtualMachine;
  readonly found: FoundReferences;
  readonly configuration: ClusterConfiguration;
  /** The machine as owner of the revisions. */
  readonly owner: OwnerReference;
}

const roles: readonly ReferenceRole[] = ['instancetype', 'preference'];

/**
 * What to do about a machine's instance type and preference (KubeVirt: reference policies): with `reference` each is kept in a
 * ControllerRevision which the status names, with `expand` they are written into machines that have none yet, with
 * `expandAll` into all. What they conflict with is looked at first.
 */
export function planReferences(facts: ReferenceFacts): ReferencePlan {
  const { machine, found, configuration } = facts;
  const present = roles.map((role) => statusRef(machine, role)).filter((ref) => ref !== undefined);
  const matched = roles.some((role) => machine.spec[role] !== undefined);
  if (!matched && present.length === 0) return { kind: 'settled' };
  const failure = failureOf(found);
  if (failure !== undefined) return failure;
  const policy = configuration.values.instancetype.referencePolicy;
  const kept = present.flatMap(({ controllerRevisionRef }) => controllerRevisionRef?.name ?? []);
  const expands = policy === 'expandAll' || (policy === 'expand' && kept.length === 0);
  return matched && expands ? planExpansion(facts, kept) : planStorage(facts);
}

function failureOf({ instancetype, preference }: FoundReferences): ReferencePlan | undefined {
  if (instancetype.state === 'missing')
    return { kind: 'fail', reason: 'FailedFindInstancetype', message: instancetype.message };
  if (preference.state === 'missing')
    return { kind: 'fail', reason: 'FailedFindPreference', message: preference.message };
  return undefined;
}

function planExpansion(
  { machine, found, configuration }: ReferenceFacts,
  kept: readonly string[],
): ReferencePlan {
  const expanded = expandMachine(machine, specsOf(found), configuration);
  if (!expanded.ok) return conflict(expanded.findings);
  return { kind: 'expand', machine: expanded.machine, obsolete: kept };
}

function conflict(findings: readonly { readonly message: string }[]): ReferencePlan {
  return { kind: 'fail', reason: 'FailedCreate', message: findings.map(({ message }) => message).join('; ') };
}

interface Kept {
  readonly ref: InstancetypeStatusRef | undefined;
  readonly create?: ReferenceRevision;
  readonly obsolete?: string | undefined;
}

function planStorage(facts: ReferenceFacts): ReferencePlan {
  const { machine, found } = facts;
  const instancetype = keep(facts, 'instancetype', found.instancetype);
  const preference = keep(facts, 'preference', found.preference);
  const refs: StatusRefs = { instancetypeRef: instancetype.ref, preferenceRef: preference.ref };
  const both = [instancetype, preference];
  const create = both.flatMap(({ create: revision }) => revision ?? []);
  const { instancetypeRef, preferenceRef } = machine.status ?? {};
  if (create.length === 0 && jsonEqual(refs, { instancetypeRef, preferenceRef })) return { kind: 'settled' };
  if (create.length > 0) {
    const applied = applyToMachine(machine, specsOf(found));
    if (!applied.ok) return conflict(applied.findings);
  }
  return { kind: 'store', create, refs, obsolete: both.flatMap(({ obsolete }) => obsolete ?? []) };
}

/** What the status is to remember of a matcher; the revision that it names stays as long as the matcher does. */
function keep<Role extends ReferenceRole>(
  { machine, owner }: ReferenceFacts,
  role: Role,
  found: FoundReference<Role>,
): Kept {
  const matcher = machine.spec[role];
  if (matcher === undefined || found.state !== 'found') return { ref: undefined };
  const { name, kind, inferFromVolume, inferFromVolumeFailurePolicy, revisionName } = matcher;
  const base = { name, kind, inferFromVolume, inferFromVolumeFailurePolicy };
  const named = (revision: string): InstancetypeStatusRef => ({
    ...withoutUndefined(base),
    controllerRevisionRef: { name: revision },
  });
  if (revisionName) return { ref: named(revisionName) };
  const before = statusRef(machine, role);
  const same =
    before !== undefined &&
    (['name', 'kind', 'inferFromVolume'] as const).every(
      (member) => (before[member] ?? '') === (matcher[member] ?? ''),
    );
  const stored = found.revision?.metadata.name;
  if (same && stored !== undefined && found.revision !== undefined && !isOutdatedRevision(found.revision))
    return { ref: named(stored) };
  const create = buildReferenceRevision(machine, found.kind, found.object as ReferencedObject, owner);
  const revision = create.metadata.name ?? '';
  return { ref: named(revision), create, obsolete: stored === revision ? undefined : stored };
}

function withoutUndefined<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
