import { invalid } from '../finding.ts';
import type { InstanceRule } from './subject.ts';

/** Members of the domain that are there only while their feature gate is on. */
export const gatedMemberRules: readonly InstanceRule[] = [
  {
    id: 'VMI-057',
    *check({ spec, root, configuration: { gates } }) {
      if (spec.domain.rebootPolicy !== undefined && !gates.has('RebootPolicy'))
        yield invalid(`${root}.domain.rebootPolicy`, 'the feature gate RebootPolicy is off');
    },
  },
  {
    id: 'VMI-058',
    *check({ spec, root, configuration: { gates } }) {
      if (spec.domain.memory?.reservedOverhead !== undefined && !gates.has('ReservedOverheadMemlock'))
        yield invalid(
          `${root}.domain.memory.reservedOverhead`,
          'the feature gate ReservedOverheadMemlock is off',
        );
    },
  },
];
