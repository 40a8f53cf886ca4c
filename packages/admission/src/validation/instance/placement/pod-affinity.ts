import type { PodAffinity, PodAffinityTerm } from '@virtkit/core-types';
import { invalid, type Finding } from '../../finding.ts';
import { isDnsLabel, isQualifiedName } from '../../formats.ts';
import { labelSelectorFaults } from '../../label-selector.ts';
import { itemsOf, type Located } from '../../located.ts';
import { applyRules, type Rule } from '../../rule.ts';
import type { InstanceSubject } from '../subject.ts';
import { weightRule } from './weight.ts';

/** What an instance says about the Pods it is to run beside or away from. KubeVirt's paths leave out `affinity`. */
export function podAffinityFindings({ spec, root }: InstanceSubject): readonly Finding[] {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  return [
    ...neighbourFindings(podAffinity, `${root}.podAffinity`),
    ...neighbourFindings(podAntiAffinity, `${root}.podAntiAffinity`),
  ];
}

function neighbourFindings(affinity: PodAffinity | undefined, path: string): Finding[] {
  const requiredTerms = itemsOf(
    affinity?.requiredDuringSchedulingIgnoredDuringExecution,
    `${path}.requiredDuringSchedulingIgnoredDuringExecution`,
  );
  const preferences = itemsOf(
    affinity?.preferredDuringSchedulingIgnoredDuringExecution,
    `${path}.preferredDuringSchedulingIgnoredDuringExecution`,
  );
  return [
    ...requiredTerms.flatMap((term) => applyRules(termRules, term)),
    ...preferences.flatMap(({ value, path: field }) => [
      ...applyRules([weightRule('AFF-07')], { value, path: field }),
      ...applyRules(termRules, { value: value.podAffinityTerm, path: `${field}.podAffinityTerm` }),
    ]),
  ];
}

const termRules: readonly Rule<Located<PodAffinityTerm>>[] = [
  {
    id: 'AFF-08',
    *check({ value, path }) {
      for (const member of ['labelSelector', 'namespaceSelector'] as const)
        for (const { field, message } of labelSelectorFaults(value[member] ?? {}, `${path}.${member}`))
          yield invalid(field, message);
    },
  },
  {
    id: 'AFF-09',
    *check({ value: { namespaces = [] }, path }) {
      for (const namespace of namespaces)
        if (!isDnsLabel(namespace))
          yield invalid(`${path}.namespace`, `"${namespace}" is not the name of a namespace`);
    },
  },
  {
    id: 'AFF-10',
    *check({ value: { topologyKey }, path }) {
      const field = `${path}.topologyKey`;
      if (topologyKey === '') yield invalid(field, 'a label must say what being beside means');
      if (!isQualifiedName(topologyKey)) yield invalid(field, `"${topologyKey}" is not the key of a label`);
    },
  },
];
