import type { InstancetypeStatusRef, KubernetesObject, VirtualMachine } from '@virtkit/core-types';
import {
  isClusterKind,
  referencedKind,
  type ReferencedKind,
  type ReferencedSpecs,
  type ReferenceRole,
} from './references.ts';
import {
  readReferenceRevision,
  revisionLabels,
  type ReferencedObject,
  type ReferenceRevision,
  type SpecOfRole,
} from './revision.ts';

/** Where referenced objects are looked up; each answers undefined when there is no such object and throws when it cannot tell. */
export interface ReferenceLookup {
  /** A ControllerRevision. */
  revision(namespace: string, name: string): Promise<ReferenceRevision | undefined>;
  /** An object of one of the four kinds; `namespace` is undefined for cluster-wide kinds. */
  object(
    kind: ReferencedKind,
    namespace: string | undefined,
    name: string,
  ): Promise<ReferencedObject | undefined>;
}

/** What a matcher stands for. */
export type FoundReference<Role extends ReferenceRole> =
  /** The machine has no matcher of this role. */
  | { readonly state: 'none' }
  | {
      readonly state: 'found';
      readonly spec: SpecOfRole[Role];
      readonly kind: ReferencedKind;
      /** The object itself, or the copy that a revision keeps. */
      readonly object: KubernetesObject;
      /** The revision that it was read from; undefined for the object as it is now. */
      readonly revision?: ReferenceRevision;
    }
  | { readonly state: 'missing'; readonly message: string };

/** What a virtual machine refers to. */
export interface FoundReferences {
  readonly instancetype: FoundReference<'instancetype'>;
  readonly preference: FoundReference<'preference'>;
}

/**
 * Finds what a machine's matcher of this role stands for (KubeVirt: lookup order of instance types): the revision that the
 * matcher names, else the one that the status remembers for the same name, else the object as it is now. A matcher that is
 * still to be inferred from a volume is `missing`.
 * @throws whatever the lookup throws
 */
export async function findReference<Role extends ReferenceRole>(
  role: Role,
  machine: VirtualMachine,
  lookup: ReferenceLookup,
): Promise<FoundReference<Role>> {
  const matcher = machine.spec[role];
  if (matcher === undefined) return { state: 'none' };
  const { namespace = '' } = machine.metadata;
  if (matcher.revisionName) return findRevision(role, namespace, matcher.revisionName, lookup);
  const remembered = statusRef(machine, role);
  const name = remembered?.controllerRevisionRef?.name;
  if (name && (remembered?.kind ?? '') === (matcher.kind ?? '')) {
    const revision = await lookup.revision(namespace, name);
    // One of another name is of what the machine referred to before.
    if (revision !== undefined && revision.metadata.labels?.[revisionLabels.name] === matcher.name)
      return readRevision(role, revision);
  }
  return findLive(role, matcher, namespace, lookup);
}

/** Both references of a machine; see `findReference`. */
export async function findReferences(
  machine: VirtualMachine,
  lookup: ReferenceLookup,
): Promise<FoundReferences> {
  return {
    instancetype: await findReference('instancetype', machine, lookup),
    preference: await findReference('preference', machine, lookup),
  };
}

/** The specs of what was found; what is missing counts as not referred to. */
export function specsOf({ instancetype, preference }: FoundReferences): ReferencedSpecs {
  return {
    instancetype: instancetype.state === 'found' ? instancetype.spec : undefined,
    preference: preference.state === 'found' ? preference.spec : undefined,
  };
}

/** The status member that remembers what a matcher stood for. */
export function statusRef(machine: VirtualMachine, role: ReferenceRole): InstancetypeStatusRef | undefined {
  return role === 'instancetype' ? machine.status?.instancetypeRef : machine.status?.preferenceRef;
}

async function findRevision<Role extends ReferenceRole>(
  role: Role,
  namespace: string,
  name: string,
  lookup: ReferenceLookup,
): Promise<FoundReference<Role>> {
  const revision = await lookup.revision(namespace, name);
  return revision === undefined
    ? { state: 'missing', message: `there is no ControllerRevision ${namespace}/${name}` }
    : readRevision(role, revision);
}

function readRevision<Role extends ReferenceRole>(
  role: Role,
  revision: ReferenceRevision,
): FoundReference<Role> {
  const read = readReferenceRevision(role, revision);
  if (!read.ok) return { state: 'missing', message: read.message };
  return { state: 'found', spec: read.spec, kind: read.kind, object: read.object, revision };
}

async function findLive<Role extends ReferenceRole>(
  role: Role,
  { kind: word, name = '' }: { kind?: string | undefined; name?: string | undefined },
  namespace: string,
  lookup: ReferenceLookup,
): Promise<FoundReference<Role>> {
  const kind = referencedKind(role, word);
  if (kind === undefined)
    return { state: 'missing', message: `spec.${role}.kind ${word ?? ''} is not a kind of ${role}` };
  if (name === '') return { state: 'missing', message: `spec.${role} names nothing` };
  const object = await lookup.object(kind, isClusterKind(kind) ? undefined : namespace, name);
  if (object === undefined) return { state: 'missing', message: `there is no ${kind} ${name}` };
  return { state: 'found', spec: object.spec as SpecOfRole[Role], kind, object };
}
