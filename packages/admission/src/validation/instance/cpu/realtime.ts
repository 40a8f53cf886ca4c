import { required } from '../../finding.ts';
import type { InstanceRule } from '../subject.ts';

/** What an instance must say that is to keep deadlines. */
export const realtimeRules: readonly InstanceRule[] = [
  {
    id: 'VMI-035',
    *check({ spec, root }) {
      const { realtime, dedicatedCpuPlacement } = spec.domain.cpu ?? {};
      if (realtime !== undefined && dedicatedCpuPlacement !== true)
        yield required(`${root}.domain.cpu.dedicatedCpuPlacement`, 'realtime guests have dedicated CPUs');
    },
  },
  {
    id: 'VMI-036',
    *check({ spec, root }) {
      const { realtime, numa } = spec.domain.cpu ?? {};
      if (realtime !== undefined && numa?.guestMappingPassthrough === undefined)
        yield required(
          `${root}.domain.cpu.numa.guestMappingPassthrough`,
          'realtime guests see the NUMA nodes of their host',
        );
    },
  },
];
