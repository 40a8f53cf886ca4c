import { startStrategies } from '@virtkit/core-types';
import { invalid } from '../finding.ts';
import type { InstanceRule } from './subject.ts';

/** Whether the guest runs at once. */
export const startStrategyRules: readonly InstanceRule[] = [
  {
    id: 'VMI-033',
    *check({ spec: { startStrategy }, root }) {
      if (startStrategy !== undefined && !(startStrategies as readonly string[]).includes(startStrategy))
        yield invalid(
          `${root}.startStrategy`,
          `"${startStrategy}" is not a start strategy; there is ${startStrategies.join(', ')}`,
        );
    },
  },
  {
    id: 'VMI-034',
    *check({ spec: { startStrategy, livenessProbe }, root }) {
      if (startStrategy === 'Paused' && livenessProbe !== undefined)
        yield invalid(`${root}.startStrategy`, 'a guest that starts paused cannot have a liveness probe');
    },
  },
];
