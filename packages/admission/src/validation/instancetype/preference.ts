import {
  deprecatedCPUTopologies,
  spreadAcross,
  type VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import { preferredTopology, spreadOptions, topologySpellings } from '../../instancetype/topology.ts';
import { invalid } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** A preference, of a namespace or cluster-wide. */
export interface PreferenceSubject {
  readonly spec: VirtualMachinePreferenceSpec;
}

/** The only ratio of cores and threads. */
const threadsPerCore = 2;

/** What a preference must be like. */
export const preferenceRules: readonly Rule<PreferenceSubject>[] = [
  {
    id: 'PREF-1',
    *check({ spec }) {
      const topology = spec.cpu?.preferredCPUTopology;
      if (topology !== undefined && !topologySpellings.has(topology))
        yield invalid(
          'spec.cpu.preferredCPUTopology',
          `"${topology}" is not one of ${Array.from(topologySpellings.keys()).join(', ')}`,
        );
    },
  },
  {
    id: 'PREF-2',
    *check({ spec }) {
      const across: string | undefined = spec.cpu?.spreadOptions?.across;
      if (!isSpread(spec) || across === undefined) return;
      if (!spreadAcross.some((known) => known === across))
        yield invalid(
          'spec.cpu.spreadOptions.across',
          `"${across}" is not one of ${spreadAcross.join(', ')}`,
        );
    },
  },
  {
    id: 'PREF-3',
    *check({ spec }) {
      const { across, ratio } = spreadOptions(spec);
      if (isSpread(spec) && across === 'CoresThreads' && ratio !== threadsPerCore)
        yield invalid(
          'spec.cpu.spreadOptions.ratio',
          `a core has ${threadsPerCore} threads, not ${ratio}, in a spread over cores and threads`,
        );
    },
  },
];

function isSpread(spec: VirtualMachinePreferenceSpec): boolean {
  return preferredTopology(spec) === 'spread';
}

/** What is discouraged in a preference: topologies in their old spelling (KubeVirt rule PREF-W1). */
export function preferenceWarnings({ spec }: PreferenceSubject): readonly string[] {
  const given = spec.cpu?.preferredCPUTopology;
  const renamed = Object.entries(deprecatedCPUTopologies).find(([old]) => old === given);
  if (renamed === undefined) return [];
  return [`spec.cpu.preferredCPUTopology ${renamed[0]} is deprecated: use ${renamed[1]}`];
}
