import { Quantity, type DomainSpec } from '@virtkit/core-types';
import { presetMembers, sameMember } from './members.ts';

/** Paths below `spec.domain` where both domains say something, but not the same. */
export function presetConflicts(a: DomainSpec, b: DomainSpec): string[] {
  const members = presetMembers.filter(
    (member) => member.read(a) !== undefined && member.read(b) !== undefined && !sameMember(member, a, b),
  );
  return [...requestConflicts(a, b), ...members.map(({ path }) => path)];
}

function requestConflicts(a: DomainSpec, b: DomainSpec): string[] {
  const theirs = b.resources?.requests ?? {};
  return Object.entries(a.resources?.requests ?? {})
    .filter(([key, amount]) => {
      const other = Object.hasOwn(theirs, key) ? theirs[key] : undefined;
      return other !== undefined && !Quantity.parse(amount).equals(Quantity.parse(other));
    })
    .map(([key]) => `resources.requests.${key}`);
}
