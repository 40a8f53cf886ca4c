import type { VirtualMachine } from '@virtkit/core-types';
import { invalid, notFound, notSupported, type Finding } from '../validation/finding.ts';
import { applyRules, firstFindings, type Rule } from '../validation/rule.ts';
import type { ReferenceMatcher, ReferenceRole } from './references.ts';

interface MatcherSubject {
  readonly role: ReferenceRole;
  readonly matcher: ReferenceMatcher;
  /** The matcher as stored; undefined when there was none. */
  readonly before: ReferenceMatcher | undefined;
}

const roles: readonly ReferenceRole[] = ['instancetype', 'preference'];
const failurePolicies = ['Reject', 'Ignore'];

const updateRules: readonly Rule<MatcherSubject>[] = [
  {
    id: 'ITM-1',
    *check({ role, matcher, before }) {
      const { revisionName = '' } = matcher;
      if (before === undefined || revisionName === '') return;
      if (text(before.name) !== text(matcher.name) && text(before.revisionName) === revisionName)
        yield invalid(
          `spec.${role}.revisionName`,
          `revision ${revisionName} belongs to ${text(before.name)}; remove it together with the old name`,
        );
    },
  },
];

const rules: readonly Rule<MatcherSubject>[] = [
  {
    id: 'ITM-2',
    *check({ role, matcher }) {
      if (text(matcher.name) === '' && text(matcher.inferFromVolume) === '')
        yield notFound(`spec.${role}`, 'name or inferFromVolume must say which one is meant');
    },
  },
  {
    id: 'ITM-3',
    *check({ role, matcher }) {
      if (text(matcher.inferFromVolume) !== '' && text(matcher.name) !== '')
        yield notSupported(
          `spec.${role}.name`,
          'a name cannot be given when it is to be inferred from a volume',
        );
    },
  },
  {
    id: 'ITM-4',
    *check({ role, matcher }) {
      if (text(matcher.inferFromVolume) !== '' && text(matcher.kind) !== '')
        yield notSupported(
          `spec.${role}.kind`,
          'a kind cannot be given when it is to be inferred from a volume',
        );
    },
  },
  {
    id: 'ITM-5',
    *check({ role, matcher: { inferFromVolumeFailurePolicy: policy } }) {
      if (policy !== undefined && !failurePolicies.includes(policy))
        yield invalid(
          `spec.${role}.inferFromVolumeFailurePolicy`,
          `"${policy}" is not one of ${failurePolicies.join(', ')}`,
        );
    },
  },
];

/**
 * What is wrong with the matchers of a virtual machine (KubeVirt rules ITM), before anything is inferred or looked up. `before` is
 * the machine as stored; undefined when it is created. Each group of rules answers alone, for the instance type first.
 */
export function matcherFindings(
  machine: VirtualMachine,
  before: VirtualMachine | undefined,
): readonly Finding[] {
  const judge = (list: readonly Rule<MatcherSubject>[]) =>
    roles.map((role) => () => {
      const matcher = machine.spec[role];
      return matcher === undefined ? [] : applyRules(list, { role, matcher, before: before?.spec[role] });
    });
  return firstFindings(...judge(updateRules), ...judge(rules));
}

function text(value: string | undefined): string {
  return value ?? '';
}
