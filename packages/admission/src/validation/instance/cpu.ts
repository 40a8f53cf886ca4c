import { Quantity } from '@virtkit/core-types';
import { invalid, notSupported } from '../finding.ts';
import type { InstanceRule } from './subject.ts';

const policies = ['', 'force', 'require', 'optional', 'disable', 'forbid'];
const counts = ['sockets', 'cores', 'threads'] as const;

/** Virtual CPUs: requests, topology, features. */
export const cpuRules: readonly InstanceRule[] = [
  {
    id: 'VMI-015',
    *check({ spec, root }) {
      const request = spec.domain.resources?.requests?.['cpu'];
      if (request !== undefined && Quantity.parse(request).isNegative())
        yield invalid(`${root}.domain.resources.requests.cpu`, 'CPU time cannot be negative');
    },
  },
  {
    id: 'VMI-016',
    *check({ spec, root }) {
      const limit = spec.domain.resources?.limits?.['cpu'];
      if (limit !== undefined && Quantity.parse(limit).isNegative())
        yield invalid(`${root}.domain.resources.limits.cpu`, 'CPU time cannot be negative');
    },
  },
  {
    id: 'VMI-017',
    *check({ spec, root }) {
      const { requests, limits } = spec.domain.resources ?? {};
      const request = requests?.['cpu'];
      const limit = limits?.['cpu'];
      if (request === undefined || limit === undefined) return;
      const ceiling = Quantity.parse(limit);
      if (!ceiling.isZero() && !ceiling.isNegative() && Quantity.parse(request).compare(ceiling) > 0)
        yield invalid(`${root}.domain.resources.requests.cpu`, 'the request is above the limit');
    },
  },
  {
    id: 'VMI-031',
    *check({ spec, root }) {
      for (const [index, { name, policy = '' }] of (spec.domain.cpu?.features ?? []).entries())
        if (!policies.includes(policy))
          yield notSupported(
            `${root}.domain.cpu.features[${index}].policy`,
            `policy "${policy}" of CPU feature ${name} is not one of ${policies.slice(1).join(', ')}`,
          );
    },
  },
  {
    id: 'VMI-032',
    *check({ spec, root }) {
      const { sockets = 0, maxSockets = 0 } = spec.domain.cpu ?? {};
      if (maxSockets !== 0 && sockets > maxSockets)
        yield invalid(`${root}.domain.cpu.sockets`, 'there are more sockets than maxSockets allows');
    },
  },
  {
    id: 'VK-CPU',
    *check({ spec, root }) {
      for (const count of counts)
        if ((spec.domain.cpu?.[count] ?? 0) < 0)
          yield invalid(`${root}.domain.cpu.${count}`, `there cannot be fewer than no ${count}`);
    },
  },
];
