import { invalid } from '../../finding.ts';
import { askedOf } from '../resource-quantities.ts';
import type { InstanceRule } from '../subject.ts';

/** CPU time that the Pod asks for, compared in thousandths of a CPU. */
export const cpuRequestRules: readonly InstanceRule[] = [
  {
    id: 'VMI-015',
    *check({ spec, root }) {
      if (askedOf(spec, 'cpu').request.toMilli() < 0n)
        yield invalid(`${root}.domain.resources.requests.cpu`, 'CPU time cannot be negative');
    },
  },
  {
    id: 'VMI-016',
    *check({ spec, root }) {
      if (askedOf(spec, 'cpu').limit.toMilli() < 0n)
        yield invalid(`${root}.domain.resources.limits.cpu`, 'CPU time cannot be negative');
    },
  },
  {
    id: 'VMI-017',
    *check({ spec, root }) {
      const { request, limit } = askedOf(spec, 'cpu');
      if (limit.toMilli() > 0n && request.toMilli() > limit.toMilli())
        yield invalid(`${root}.domain.resources.requests.cpu`, 'the request is above the limit');
    },
  },
];
