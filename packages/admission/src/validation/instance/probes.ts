import type { Probe } from '@virtkit/core-types';
import { invalid, required, type Finding } from '../finding.ts';
import type { Located } from '../located.ts';
import { applyToEach, type Rule } from '../rule.ts';
import type { InstanceSubject } from './subject.ts';

/** A probe, and whether the guest is on the network of its Pod. */
interface ProbeSubject extends Located<Probe> {
  readonly reachable: boolean;
}

const actions = ['httpGet', 'tcpSocket', 'exec', 'guestAgentPing'] as const;

/** Probes of the guest. */
export function probeFindings({ spec, root }: InstanceSubject): readonly Finding[] {
  const reachable = (spec.networks ?? []).some(({ pod }) => pod !== undefined);
  const subjects = (['readinessProbe', 'livenessProbe'] as const).flatMap((member): ProbeSubject[] => {
    const probe = spec[member];
    return probe === undefined ? [] : [{ value: probe, path: `${root}.${member}`, reachable }];
  });
  return applyToEach(rules, subjects);
}

const rules: readonly Rule<ProbeSubject>[] = [
  {
    id: 'VMI-041',
    *check({ value, path }) {
      if (actionsOf(value).length > 1)
        yield invalid(path, `a probe does one of ${actions.join(', ')}, not several`);
    },
  },
  {
    id: 'VMI-042',
    *check({ value, path }) {
      if (actionsOf(value).length === 0) yield required(path, `a probe does one of ${actions.join(', ')}`);
    },
  },
  {
    id: 'VMI-043',
    *check({ value, path, reachable }) {
      if (value.httpGet !== undefined && !reachable)
        yield invalid(`${path}.httpGet`, 'only a guest on the network of its Pod is reachable');
    },
  },
  {
    id: 'VMI-044',
    *check({ value, path, reachable }) {
      if (value.tcpSocket !== undefined && !reachable)
        yield invalid(`${path}.tcpSocket`, 'only a guest on the network of its Pod is reachable');
    },
  },
];

function actionsOf(probe: Probe) {
  return actions.filter((action) => probe[action] !== undefined);
}
