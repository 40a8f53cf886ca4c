import {
  meetsRequirement,
  type VirtualMachinePool,
  type VirtualMachinePoolSelectionPolicy,
} from '@virtkit/core-types';
import { selectionOf } from '../replicas/selection.ts';
import { ordinalOf } from './member.ts';
import type { PoolMember } from './observation.ts';

/**
 * The members that may be chosen, in the order in which they are (KubeVirt lifecycle, pools: selection policy). Where selectors are
 * set, both must match: labels of the template, and its node selector.
 */
export function selectMembers(
  members: readonly PoolMember[],
  policy: VirtualMachinePoolSelectionPolicy | undefined,
  { pool, random }: { pool: VirtualMachinePool; random: () => number },
): PoolMember[] {
  return sorted(members, policy?.sortPolicy ?? 'Random', pool, random).filter((member) =>
    isSelectable(member, policy?.selectors),
  );
}

function sorted(
  members: readonly PoolMember[],
  policy: NonNullable<VirtualMachinePoolSelectionPolicy['sortPolicy']>,
  pool: VirtualMachinePool,
  random: () => number,
): PoolMember[] {
  const ordinal = ({ machine }: PoolMember) => ordinalOf(pool, machine) ?? Number.MAX_SAFE_INTEGER;
  const created = ({ machine }: PoolMember) => Date.parse(machine.metadata.creationTimestamp ?? '') || 0;
  const by = (value: (member: PoolMember) => number) =>
    members
      .map((member) => ({ member, rank: value(member) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ member }) => member);
  switch (policy) {
    case 'AscendingOrder':
      return by(ordinal);
    case 'DescendingOrder':
      return by((member) => -ordinal(member));
    case 'Oldest':
      return by(created);
    case 'Newest':
      return by((member) => -created(member));
    case 'Random':
      return by(() => random());
    default:
      return policy satisfies never;
  }
}

function isSelectable(
  { machine }: PoolMember,
  selectors: VirtualMachinePoolSelectionPolicy['selectors'],
): boolean {
  const { metadata, spec } = machine.spec.template;
  const { labelSelector, nodeSelectorRequirementMatcher = [] } = selectors ?? {};
  const labelled =
    labelSelector === undefined || selectionOf(labelSelector)?.matches(metadata?.labels) === true;
  const placed = spec?.nodeSelector ?? {};
  return (
    labelled &&
    nodeSelectorRequirementMatcher.every(({ values = [], ...one }) =>
      meetsRequirement({ ...one, values }, placed),
    )
  );
}
