import type { NodeSelectorRequirement, NodeSelectorTerm } from '@virtkit/core-types';
import { invalid, type Finding } from '../../finding.ts';
import { isDnsSubdomain, isQualifiedName } from '../../formats.ts';
import { itemsOf, type Located } from '../../located.ts';
import { applyRules, applyToEach, type Rule } from '../../rule.ts';
import type { InstanceRule, InstanceSubject } from '../subject.ts';
import { weightRule, type Weighted } from './weight.ts';

type RequirementRule = Rule<Located<NodeSelectorRequirement>>;

const labelOperators: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];
const fieldOperators: readonly string[] = ['In', 'NotIn'];
/** Fields of nodes that can be selected by. */
const nodeFields = ['metadata.name'];

/** What an instance says about the nodes it may or should run on. KubeVirt's paths leave out `affinity`. */
export function nodeAffinityFindings(subject: InstanceSubject): readonly Finding[] {
  const affinity = subject.spec.affinity?.nodeAffinity;
  const path = `${subject.root}.nodeAffinity`;
  const requiredTerms = itemsOf(
    affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms,
    `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`,
  );
  const preferences = itemsOf(
    affinity?.preferredDuringSchedulingIgnoredDuringExecution,
    `${path}.preferredDuringSchedulingIgnoredDuringExecution`,
  );
  return [
    ...applyRules(alternativesRules, subject),
    ...requiredTerms.flatMap(termFindings),
    ...preferences.flatMap((preference) => [
      ...applyRules<Located<Weighted>>([weightRule('AFF-02')], preference),
      ...termFindings({ value: preference.value.preference, path: `${preference.path}.preference` }),
    ]),
  ];
}

const alternativesRules: readonly InstanceRule[] = [
  {
    id: 'AFF-01',
    *check({ spec, root }) {
      const selector = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (selector?.nodeSelectorTerms.length === 0)
        yield invalid(
          `${root}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`,
          'no node meets none of no alternatives: there must be one',
        );
    },
  },
];

function termFindings({ value, path }: Located<NodeSelectorTerm>): Finding[] {
  return [
    ...applyToEach(labelRules, itemsOf(value.matchExpressions, `${path}.matchExpressions`)),
    ...applyToEach(fieldRules, itemsOf(value.matchFields, `${path}.matchFields`)),
  ];
}

const labelRules: readonly RequirementRule[] = [
  {
    id: 'AFF-03',
    *check({ value: { operator, values = [] }, path }) {
      const fault = valuesFault(operator, values.length);
      if (fault !== undefined) yield invalid(`${path}.values`, fault);
    },
  },
  {
    id: 'AFF-04',
    *check({ value: { operator }, path }) {
      if (!labelOperators.includes(operator))
        yield invalid(`${path}.operator`, `"${operator}" is not one of ${labelOperators.join(', ')}`);
    },
  },
  {
    id: 'AFF-05',
    *check({ value: { key }, path }) {
      if (!isQualifiedName(key)) yield invalid(`${path}.key`, `"${key}" is not the key of a label`);
    },
  },
];

const fieldRules: readonly RequirementRule[] = [
  {
    id: 'AFF-06',
    *check({ value: { key, operator, values = [] }, path }) {
      if (!fieldOperators.includes(operator))
        yield invalid(`${path}.operator`, `"${operator}" is not one of ${fieldOperators.join(', ')}`);
      else if (values.length !== 1) yield invalid(`${path}.values`, 'a field is compared to one value');
      if (!nodeFields.includes(key))
        yield invalid(
          `${path}.key`,
          `nodes are not selected by field "${key}"; there is ${nodeFields.join()}`,
        );
      else
        for (const { value, path: field } of itemsOf(values, `${path}.values`))
          if (!isDnsSubdomain(value)) yield invalid(field, `"${value}" is not the name of a node`);
    },
  },
];

/** What is wrong with the number of values that an operator is given; nothing where there is no such operator. */
function valuesFault(operator: string, count: number): string | undefined {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return count === 0 ? `${operator} needs values` : undefined;
    case 'Exists':
    case 'DoesNotExist':
      return count > 0 ? `${operator} takes no values` : undefined;
    case 'Gt':
    case 'Lt':
      return count === 1 ? undefined : `${operator} compares to one value`;
    default:
      return undefined;
  }
}
