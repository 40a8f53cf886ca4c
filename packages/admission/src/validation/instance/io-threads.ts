import { ioThreadsPolicies } from '@virtkit/core-types';
import { invalid } from '../finding.ts';
import type { InstanceRule } from './subject.ts';

/** Threads that do the I/O of disks. */
export const ioThreadRules: readonly InstanceRule[] = [
  {
    id: 'VMI-039',
    *check({ spec: { domain }, root }) {
      const { ioThreadsPolicy } = domain;
      if (
        ioThreadsPolicy !== undefined &&
        !(ioThreadsPolicies as readonly string[]).includes(ioThreadsPolicy)
      )
        yield invalid(
          `${root}.domain.ioThreadsPolicy`,
          `"${ioThreadsPolicy}" is not one of ${ioThreadsPolicies.join(', ')}`,
        );
    },
  },
  {
    // KubeVirt reports `ioThreads.count`; the member is `supplementalPoolThreadCount`.
    id: 'VMI-040',
    *check({ spec: { domain }, root }) {
      const threads = domain.ioThreads?.supplementalPoolThreadCount ?? 0;
      if (domain.ioThreadsPolicy === 'supplementalPool' && threads < 1)
        yield invalid(`${root}.domain.ioThreads.count`, 'a pool has one thread at least');
    },
  },
];
