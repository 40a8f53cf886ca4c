import type { TopologySpreadConstraint } from '@virtkit/core-types';
import { invalid, type Finding } from '../../finding.ts';
import { isQualifiedName } from '../../formats.ts';
import { labelSelectorFaults } from '../../label-selector.ts';
import { itemsOf, type Located } from '../../located.ts';
import { applyToEach, type Rule } from '../../rule.ts';
import type { InstanceSubject } from '../subject.ts';

/** A constraint, whether a later one is of the same kind, and the path of their list. */
interface Constraint extends Located<TopologySpreadConstraint> {
  readonly repeated: boolean;
  readonly list: string;
}

const effects: readonly string[] = ['DoNotSchedule', 'ScheduleAnyway'];

/** How evenly Pods like an instance's spread. */
export function topologySpreadFindings({ spec, root }: InstanceSubject): readonly Finding[] {
  const constraints = spec.topologySpreadConstraints ?? [];
  const list = `${root}.topologySpreadConstraints`;
  const last = new Map(constraints.map((constraint, index) => [kindOf(constraint), index]));
  return applyToEach(
    rules,
    itemsOf(constraints, list).map((item, index): Constraint => ({
      ...item,
      list,
      repeated: last.get(kindOf(item.value)) !== index,
    })),
  );
}

/** What two constraints must not have in common. */
function kindOf({ topologyKey, whenUnsatisfiable }: TopologySpreadConstraint): string {
  return JSON.stringify([topologyKey, whenUnsatisfiable]);
}

const rules: readonly Rule<Constraint>[] = [
  {
    id: 'TSC-01',
    *check({ value: { maxSkew }, path }) {
      if (maxSkew <= 0) yield invalid(`${path}.maxSkew`, 'the skew is at least 1');
    },
  },
  {
    id: 'TSC-02',
    *check({ value: { topologyKey }, path }) {
      if (!isQualifiedName(topologyKey))
        yield invalid(`${path}.topologyKey`, `"${topologyKey}" is not the key of a label`);
    },
  },
  {
    id: 'TSC-03',
    *check({ value: { whenUnsatisfiable }, path }) {
      if (!effects.includes(whenUnsatisfiable))
        yield invalid(
          `${path}.whenUnsatisfiable`,
          `"${whenUnsatisfiable}" is not one of ${effects.join(', ')}`,
        );
    },
  },
  {
    // KubeVirt's path has no index.
    id: 'TSC-04',
    *check({ value: { labelSelector = {} }, list }) {
      for (const { field, message } of labelSelectorFaults(labelSelector, `${list}.labelSelector`))
        yield invalid(field, message);
    },
  },
  {
    id: 'TSC-05',
    *check({ value: { topologyKey, whenUnsatisfiable }, path, repeated }) {
      if (repeated)
        yield invalid(
          `${path}.{topologyKey, whenUnsatisfiable}`,
          `a later constraint is on ${topologyKey} and ${whenUnsatisfiable} too`,
        );
    },
  },
];
