import { evictionStrategies } from '@virtkit/core-types';
import { invalid } from '../finding.ts';
import type { InstanceRule } from './subject.ts';

/** What happens when the node is drained. */
export const evictionRules: readonly InstanceRule[] = [
  {
    id: 'VMI-045',
    *check({ spec, root, configuration: { values } }) {
      const strategy = spec.evictionStrategy ?? values.evictionStrategy;
      if (!(evictionStrategies as readonly string[]).includes(strategy))
        yield invalid(
          `${root}.evictionStrategy`,
          `"${strategy}" is not one of ${evictionStrategies.join(', ')}`,
        );
    },
  },
];
