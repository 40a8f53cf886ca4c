import type {
  InstancetypeMatcher,
  PreferenceMatcher,
  VirtualMachineInstancetypeSpec,
  VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';

/** The two things that a virtual machine can refer to for a part of its spec. */
export type ReferenceRole = 'instancetype' | 'preference';

/** A matcher of either role; both have the same members. */
export type ReferenceMatcher = InstancetypeMatcher | PreferenceMatcher;

/** The kinds that matchers refer to. */
export type ReferencedKind =
  | 'VirtualMachineInstancetype'
  | 'VirtualMachineClusterInstancetype'
  | 'VirtualMachinePreference'
  | 'VirtualMachineClusterPreference';

/** The specs that a virtual machine refers to; undefined where it refers to none. */
export interface ReferencedSpecs {
  readonly instancetype?: VirtualMachineInstancetypeSpec | undefined;
  readonly preference?: VirtualMachinePreferenceSpec | undefined;
}

const kinds: Readonly<Record<ReferenceRole, Readonly<Record<'namespaced' | 'cluster', ReferencedKind>>>> = {
  instancetype: {
    namespaced: 'VirtualMachineInstancetype',
    cluster: 'VirtualMachineClusterInstancetype',
  },
  preference: { namespaced: 'VirtualMachinePreference', cluster: 'VirtualMachineClusterPreference' },
};

/**
 * The kind that a matcher means: its `kind` in any case, as singular or plural, and the cluster-wide kind where it says nothing
 * (KubeVirt: instancetype matchers). Undefined for any other word.
 */
export function referencedKind(role: ReferenceRole, kind: string | undefined): ReferencedKind | undefined {
  const { namespaced, cluster } = kinds[role];
  if (kind === undefined || kind === '') return cluster;
  const word = kind.toLowerCase().replace(/s$/, '');
  return [namespaced, cluster].find((known) => known.toLowerCase() === word);
}

/** The role that objects of a kind have; undefined for a kind that no matcher can refer to. */
export function roleOfKind(kind: string | undefined): ReferenceRole | undefined {
  if (kind === kinds.instancetype.namespaced || kind === kinds.instancetype.cluster) return 'instancetype';
  if (kind === kinds.preference.namespaced || kind === kinds.preference.cluster) return 'preference';
  return undefined;
}

/** Whether objects of the kind belong to no namespace. */
export function isClusterKind(kind: ReferencedKind): boolean {
  return kind === kinds.instancetype.cluster || kind === kinds.preference.cluster;
}
