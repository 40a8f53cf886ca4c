import { Quantity } from '@virtkit/core-types';
import { required } from '../finding.ts';
import type { InstanceRule } from '../instance/subject.ts';

/** Some field must say how much memory the guest has. KubeVirt names none. */
export const memoryGivenRule: InstanceRule = {
  id: 'VMIC-5',
  *check({ spec: { domain } }) {
    const { memory, resources } = domain;
    const isAsked = !Quantity.parse(resources?.requests?.['memory'] ?? 0).isZero();
    if (!isAsked && memory?.guest === undefined && memory?.hugepages === undefined)
      yield required(undefined, 'memory must be given, as guest memory, huge pages or a request');
  },
};
