// ControllerRevisions that keep an instance type or preference as a machine was given it.
import {
  VirtualMachineInstancetypeSchema,
  VirtualMachinePreferenceSchema,
  type KubernetesObject,
  type ObjectMeta,
  type OwnerReference,
  type VirtualMachine,
  type VirtualMachineInstancetypeSpec,
  type VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import { roleOfKind, type ReferencedKind, type ReferenceRole } from './references.ts';

/** An instance type or preference, of one namespace or cluster-wide. */
export interface ReferencedObject extends KubernetesObject {
  readonly spec: VirtualMachineInstancetypeSpec | VirtualMachinePreferenceSpec;
}

/** The spec that goes with a role. */
export interface SpecOfRole {
  readonly instancetype: VirtualMachineInstancetypeSpec;
  readonly preference: VirtualMachinePreferenceSpec;
}

/** A ControllerRevision (Kubernetes `apps/v1`) with a referenced object for data. */
export interface ReferenceRevision extends KubernetesObject {
  readonly data?: unknown;
  readonly revision: number;
}

/** Labels of such revisions. */
export const revisionLabels = {
  generation: 'instancetype.kubevirt.io/object-generation',
  kind: 'instancetype.kubevirt.io/object-kind',
  name: 'instancetype.kubevirt.io/object-name',
  uid: 'instancetype.kubevirt.io/object-uid',
  version: 'instancetype.kubevirt.io/object-version',
} as const;

/** The version of the API in which objects are stored. */
const referencedVersion = 'v1beta1';
const apiVersion = `instancetype.kubevirt.io/${referencedVersion}`;

/**
 * The revision that keeps `object` for `machine` (KubeVirt: ControllerRevisions of instance types): its name follows from both,
 * its data is the object without what only concerns its own life.
 */
export function buildReferenceRevision(
  machine: VirtualMachine,
  kind: ReferencedKind,
  object: ReferencedObject,
  owner: OwnerReference,
): ReferenceRevision {
  const { name = '', uid = '', generation = 0 } = object.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: [machine.metadata.name ?? '', name, referencedVersion, uid, generation].join('-'),
      namespace: machine.metadata.namespace,
      labels: {
        [revisionLabels.generation]: String(generation),
        [revisionLabels.kind]: kind,
        [revisionLabels.name]: name,
        [revisionLabels.uid]: uid,
        [revisionLabels.version]: referencedVersion,
      },
      ownerReferences: [owner],
    },
    data: { apiVersion, kind, metadata: keptMetadata(object.metadata), spec: object.spec },
    revision: 0,
  };
}

function keptMetadata(metadata: ObjectMeta): ObjectMeta {
  const {
    annotations: _annotations,
    finalizers: _finalizers,
    labels: _labels,
    managedFields: _managedFields,
    ownerReferences: _ownerReferences,
    ...kept
  } = metadata;
  return kept;
}

/** The object that a revision keeps, or why it keeps none that can be used. */
export type ReadRevision<Role extends ReferenceRole> =
  | {
      readonly ok: true;
      readonly kind: ReferencedKind;
      readonly object: KubernetesObject;
      readonly spec: SpecOfRole[Role];
    }
  | { readonly ok: false; readonly message: string };

/**
 * Reads a revision back. Data of an older version of the API counts when it has one of the four kinds and fits their schema;
 * anything else does not.
 */
export function readReferenceRevision<Role extends ReferenceRole>(
  role: Role,
  revision: ReferenceRevision,
): ReadRevision<Role> {
  const name = revision.metadata.name ?? '';
  const parsed = parsers[role](revision.data);
  if (parsed === undefined || roleOfKind(parsed.kind) !== role)
    return { ok: false, message: `ControllerRevision ${name} does not keep an object of use as ${role}` };
  return {
    ok: true,
    kind: parsed.kind as ReferencedKind,
    object: parsed,
    spec: parsed.spec,
  };
}

type Parsed<Role extends ReferenceRole> = KubernetesObject & { spec: SpecOfRole[Role] };

const parsers: { readonly [Role in ReferenceRole]: (data: unknown) => Parsed<Role> | undefined } = {
  instancetype: (data) => VirtualMachineInstancetypeSchema.safeParse(data).data,
  preference: (data) => VirtualMachinePreferenceSchema.safeParse(data).data,
};

/** Whether a revision was written for another version of the API, or before its version was noted. */
export function isOutdatedRevision(revision: ReferenceRevision): boolean {
  return revision.metadata.labels?.[revisionLabels.version] !== referencedVersion;
}
