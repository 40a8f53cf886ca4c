import { Quantity, type CPU } from '@virtkit/core-types';
import { invalid, type Finding } from '../../finding.ts';
import { applyRules } from '../../rule.ts';
import { effectiveArchitecture } from '../architecture.ts';
import { askedOf, isPositive, quantityOf } from '../resource-quantities.ts';
import type { InstanceRule, InstanceSubject } from '../subject.ts';

/** Host CPUs have two threads. */
const mostThreads = 2;
const placementField = (root: string) => `${root}.domain.cpu.dedicatedCpuPlacement`;

/** What an instance must say when each of its virtual CPUs has a host CPU of its own. */
export function dedicatedCpuFindings(subject: InstanceSubject): readonly Finding[] {
  return subject.spec.domain.cpu?.dedicatedCpuPlacement === true ? applyRules(rules, subject) : [];
}

const rules: readonly InstanceRule[] = [
  {
    id: 'VMI-018',
    *check({ spec, root }) {
      const { memory } = spec.domain;
      const { request, limit } = askedOf(spec, 'memory');
      const sized = memory?.hugepages !== undefined || !quantityOf(memory?.guest).isZero();
      if (limit.isZero() && request.isZero() && !sized)
        yield invalid(`${root}.domain.resources.limits.memory`, 'dedicated CPUs need an amount of memory');
    },
  },
  {
    id: 'VMI-019',
    *check({ spec, root }) {
      if (isFraction(askedOf(spec, 'cpu').request))
        yield invalid(`${root}.domain.resources.requests.cpu`, 'only whole CPUs can be dedicated');
    },
  },
  {
    id: 'VMI-020',
    *check({ spec, root }) {
      if (isFraction(askedOf(spec, 'cpu').limit))
        yield invalid(`${root}.domain.resources.limits.cpu`, 'only whole CPUs can be dedicated');
    },
  },
  {
    id: 'VMI-021',
    *check({ spec, root }) {
      const { request, limit } = askedOf(spec, 'memory');
      if (differ(request, limit))
        yield invalid(
          `${root}.domain.resources.requests.memory`,
          'with dedicated CPUs request and limit of memory are the same',
        );
    },
  },
  {
    id: 'VMI-022',
    *check({ spec, root }) {
      const { request, limit } = askedOf(spec, 'cpu');
      if (request.isZero() && limit.isZero() && virtualCpus(spec.domain.cpu) === 0n)
        yield invalid(placementField(root), 'a topology, a request or a limit says how many CPUs');
    },
  },
  {
    id: 'VMI-023',
    *check({ spec, root }) {
      const { request, limit } = askedOf(spec, 'cpu');
      if (differ(request, limit))
        yield invalid(placementField(root), 'with dedicated CPUs request and limit are the same');
    },
  },
  {
    id: 'VMI-024',
    *check({ spec, root }) {
      const { request, limit } = askedOf(spec, 'cpu');
      const cpus = virtualCpus(spec.domain.cpu);
      const wanted = Quantity.parse(cpus);
      if (
        (isPositive(request) || isPositive(limit)) &&
        cpus > 0n &&
        !request.equals(wanted) &&
        !limit.equals(wanted)
      )
        yield invalid(
          placementField(root),
          `the topology has ${cpus} virtual CPUs, and not what is asked for`,
        );
    },
  },
  {
    id: 'VMI-025',
    *check(subject) {
      if ((subject.spec.domain.cpu?.threads ?? 0) > 1 && effectiveArchitecture(subject) === 'arm64')
        yield invalid(`${subject.root}.architecture`, 'dedicated CPUs of arm64 have one thread');
    },
  },
  {
    id: 'VMI-026',
    *check({ spec, root }) {
      if ((spec.domain.cpu?.threads ?? 0) > mostThreads)
        yield invalid(placementField(root), `dedicated CPUs have ${mostThreads} threads at most`);
    },
  },
];

/** Above zero and not whole, in thousandths. */
function isFraction(cpus: Quantity): boolean {
  return isPositive(cpus) && cpus.toMilli() % 1000n !== 0n;
}

function differ(request: Quantity, limit: Quantity): boolean {
  return isPositive(request) && isPositive(limit) && !request.equals(limit);
}

/** The product of what the topology says; zero when it says nothing. */
function virtualCpus(cpu: CPU | undefined): bigint {
  const counts = [cpu?.cores, cpu?.sockets, cpu?.threads].map((count) => count ?? 0).filter((c) => c !== 0);
  return counts.length === 0 ? 0n : counts.reduce((product, count) => product * BigInt(count), 1n);
}
