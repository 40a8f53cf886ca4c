import type { TopologySpreadConstraint } from '@virtkit/core-types';
import { invalid, type Finding } from '../../finding.ts';
import { isQualifiedName } from '../../formats.ts';
import { labelSelectorFaults } from '../../label-selector.ts';
import { itemsOf, type Located } from '../../located.ts';
import { applyToEach, type Rule } from '../../rule.ts';
import type { InstanceSubject } from '../subject.ts';

/** A constraint, those that come after it, and the path of their list. */
interface Constraint extends Located<TopologySpreadConstraint> {
  readonly later: readonly TopologySpreadConstraint[];
  readonly list: string;
}

const effects: readonly string[] = ['DoNotSchedule', 'ScheduleAnyway'];

/** How evenly Pods like an instance's spread. */
export function topologySpreadFindings({ spec, root }: InstanceSubject): readonly Finding[] {
  const constraints = spec.topologySpreadConstraints ?? [];
  const list = `${root}.topologySpreadConstraints`;
  return applyToEach(
    rules,
    itemsOf(constraints, list).map((item, index): Constraint => ({
      ...item,
      list,
      later: constraints.slice(index + 1),
    })),
  );
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
    *check({ value: { topologyKey, whenUnsatisfiable }, path, later }) {
      if (
        later.some(
          (other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable,
        )
      )
        yield invalid(
          `${path}.{topologyKey, whenUnsatisfiable}`,
          `a later constraint is on ${topologyKey} and ${whenUnsatisfiable} too`,
        );
    },
  },
];
