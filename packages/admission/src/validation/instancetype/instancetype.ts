import type { VirtualMachineInstancetypeSpec } from '@virtkit/core-types';
import { invalid } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** An instance type, of a namespace or cluster-wide. */
export interface InstancetypeSubject {
  readonly spec: VirtualMachineInstancetypeSpec;
}

const field = 'spec.memory.overcommitPercent';

/** What an instance type must be like. */
export const instancetypeRules: readonly Rule<InstancetypeSubject>[] = [
  {
    id: 'IT-1',
    *check({ spec: { memory } }) {
      const { overcommitPercent = 0 } = memory;
      if (overcommitPercent < 0 || overcommitPercent > 100)
        yield invalid(field, `${overcommitPercent} is not a percentage from 0 to 100`);
    },
  },
  {
    id: 'IT-2',
    *check({ spec: { memory } }) {
      if ((memory.overcommitPercent ?? 0) !== 0 && memory.hugepages !== undefined)
        yield invalid(field, 'memory on huge pages cannot be overcommitted');
    },
  },
];

/** What is discouraged in an instance type (KubeVirt rule IT-W1). */
export function instancetypeWarnings({ spec }: InstancetypeSubject): readonly string[] {
  return spec.launchSecurity === undefined
    ? []
    : ['spec.launchSecurity of an instance type is deprecated: set preferredLaunchSecurity in a preference'];
}
