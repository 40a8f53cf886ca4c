import type { LabelSelector, PodAffinity, PodAffinityTerm } from '@virtkit/core-types';
import { testInstanceSides, type SpecParts } from '../../support/instance-sides.ts';

const beside = 'S.podAffinity.requiredDuringSchedulingIgnoredDuringExecution';
const away = 'S.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution';

const term: PodAffinityTerm = { topologyKey: 'kubernetes.io/hostname' };
const requiring = (...terms: Partial<PodAffinityTerm>[]): PodAffinity => ({
  requiredDuringSchedulingIgnoredDuringExecution: terms.map((part) => ({ ...term, ...part })),
});
const preferring = (weight: number, part: Partial<PodAffinityTerm> = {}): PodAffinity => ({
  preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: { ...term, ...part } }],
});
const near = (podAffinity: PodAffinity): SpecParts => ({ affinity: { podAffinity } });
const apart = (podAntiAffinity: PodAffinity): SpecParts => ({ affinity: { podAntiAffinity } });
const selecting = (labelSelector: LabelSelector) => near(requiring({ labelSelector }));

testInstanceSides('affinity to Pods', [
  {
    id: 'AFF-07',
    refuses: apart(preferring(101)),
    accepts: apart(preferring(100)),
    reason: 'I',
    fields: [`${away}[0].weight`],
  },
  {
    id: 'AFF-07',
    refuses: near(preferring(0)),
    accepts: near(preferring(1)),
    reason: 'I',
    fields: ['S.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight'],
  },
  {
    id: 'AFF-08',
    refuses: selecting({ matchLabels: { 'a b': 'web', app: 'two words' } }),
    accepts: selecting({ matchLabels: { 'example.org/app': 'web', tier: '' } }),
    reason: 'I',
    fields: [`${beside}[0].labelSelector.matchLabels`, `${beside}[0].labelSelector.matchLabels`],
  },
  {
    id: 'AFF-08',
    refuses: selecting({
      matchExpressions: [
        { key: 'app', operator: 'In' },
        { key: 'app', operator: 'Exists', values: ['web'] },
        { key: 'app', operator: 'Gt', values: ['1'] },
        { key: '', operator: 'Exists' },
        { key: 'app', operator: 'NotIn', values: ['web', '-'] },
      ],
    }),
    accepts: selecting({
      matchExpressions: [
        { key: 'app', operator: 'In', values: ['web'] },
        { key: 'app', operator: 'Exists' },
        { key: 'app', operator: 'DoesNotExist', values: [] },
        { key: 'app', operator: 'NotIn', values: ['web', ''] },
      ],
    }),
    reason: 'I',
    fields: ['[0].values', '[1].values', '[2].operator', '[3].key', '[4].values[1]'].map(
      (member) => `${beside}[0].labelSelector.matchExpressions${member}`,
    ),
  },
  {
    id: 'AFF-08',
    refuses: apart(preferring(1, { namespaceSelector: { matchLabels: { '/': '' } } })),
    accepts: apart(preferring(1, { namespaceSelector: {} })),
    reason: 'I',
    fields: [`${away}[0].podAffinityTerm.namespaceSelector.matchLabels`],
  },
  {
    id: 'AFF-08',
    refuses: selecting({ matchLabels: { app: 'a'.repeat(64) } }),
    accepts: selecting({ matchLabels: { app: 'a'.repeat(63) } }),
    reason: 'I',
    fields: [`${beside}[0].labelSelector.matchLabels`],
  },
  {
    id: 'AFF-09',
    refuses: near(requiring({}, { namespaces: ['shop', 'shop.eu', 'Shop'] })),
    accepts: near(requiring({}, { namespaces: ['shop', 'shop-eu'] })),
    reason: 'I',
    fields: [`${beside}[1].namespace`, `${beside}[1].namespace`],
  },
  {
    id: 'AFF-10',
    refuses: near(requiring({ topologyKey: 'zone of mine' })),
    accepts: near(requiring({ topologyKey: 'example.org/zone' })),
    reason: 'I',
    fields: [`${beside}[0].topologyKey`],
  },
  {
    // What is empty is missing, and no label's key either.
    id: 'AFF-10',
    refuses: apart(preferring(1, { topologyKey: '' })),
    accepts: apart(preferring(1, { topologyKey: 'z' })),
    reason: 'I',
    fields: [`${away}[0].podAffinityTerm.topologyKey`, `${away}[0].podAffinityTerm.topologyKey`],
  },
]);
