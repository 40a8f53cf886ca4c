import { invalid, notSupported } from '../../finding.ts';
import type { InstanceRule } from '../subject.ts';

const policies = ['', 'force', 'require', 'optional', 'disable', 'forbid'];
const counts = ['sockets', 'cores', 'threads', 'maxSockets'] as const;
const mostOfAnything = 2 ** 32 - 1;

/** Virtual CPUs: features and topology. */
export const cpuRules: readonly InstanceRule[] = [
  {
    id: 'VMI-030',
    *check({ spec, root }) {
      const { isolateEmulatorThread, dedicatedCpuPlacement } = spec.domain.cpu ?? {};
      if (isolateEmulatorThread === true && dedicatedCpuPlacement !== true)
        yield invalid(
          `${root}.domain.cpu.isolateEmulatorThread`,
          'the thread of the emulator has a CPU of its own where the guest has',
        );
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
    // KubeVirt's counts are unsigned integers of 32 bits, so that it cannot even read others.
    id: 'VK-CPU',
    *check({ spec, root }) {
      for (const count of counts) {
        const given = spec.domain.cpu?.[count] ?? 0;
        if (given < 0 || given > mostOfAnything)
          yield invalid(`${root}.domain.cpu.${count}`, `${given} is not between 0 and ${mostOfAnything}`);
      }
    },
  },
];
