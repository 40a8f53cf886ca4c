import { invalid } from '../../finding.ts';
import type { InstanceRule } from '../subject.ts';

const models = ['', 'ich9', 'ac97'];

/** The sound card. KubeVirt reports it at `S.Sound`. */
export const soundRules: readonly InstanceRule[] = [
  {
    id: 'VMI-048',
    *check({ spec, root }) {
      const model = spec.domain.devices.sound?.model ?? '';
      if (!models.includes(model))
        yield invalid(`${root}.Sound`, `"${model}" is not one of ${models.slice(1).join(', ')}`);
    },
  },
  {
    id: 'VMI-049',
    *check({ spec, root }) {
      if (spec.domain.devices.sound?.name === '') yield invalid(`${root}.Sound`, 'a sound card has a name');
    },
  },
];
