import { invalid, required } from '../finding.ts';
import type { InstanceRule } from './subject.ts';

const probes = ['readinessProbe', 'livenessProbe'] as const;
const actions = ['httpGet', 'tcpSocket', 'exec', 'guestAgentPing'] as const;

/** Probes of the guest. */
export const probeRules: readonly InstanceRule[] = [
  {
    id: 'VMI-041',
    *check({ spec, root }) {
      for (const probe of probes)
        if (actions.filter((action) => spec[probe]?.[action] !== undefined).length > 1)
          yield invalid(`${root}.${probe}`, `a probe does one of ${actions.join(', ')}, not several`);
    },
  },
  {
    id: 'VMI-042',
    *check({ spec, root }) {
      for (const probe of probes)
        if (spec[probe] !== undefined && actions.every((action) => spec[probe]?.[action] === undefined))
          yield required(`${root}.${probe}`, `a probe does one of ${actions.join(', ')}`);
    },
  },
  ...(['httpGet', 'tcpSocket'] as const).map((action, index): InstanceRule => ({
    id: `VMI-04${index + 3}`,
    *check({ spec, root }) {
      if ((spec.networks ?? []).some(({ pod }) => pod !== undefined)) return;
      for (const probe of probes)
        if (spec[probe]?.[action] !== undefined)
          yield invalid(`${root}.${probe}.${action}`, 'only a guest on the network of its Pod is reachable');
    },
  })),
];
