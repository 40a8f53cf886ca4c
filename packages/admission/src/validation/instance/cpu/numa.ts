import { invalid, type Finding } from '../../finding.ts';
import { applyRules } from '../../rule.ts';
import type { InstanceRule, InstanceSubject } from '../subject.ts';

const passthroughField = (root: string) => `${root}.domain.cpu.numa.guestMappingPassthrough`;

/** What an instance must say that is to see the NUMA nodes of its host. */
export function numaFindings(subject: InstanceSubject): readonly Finding[] {
  const passthrough = subject.spec.domain.cpu?.numa?.guestMappingPassthrough;
  return passthrough === undefined ? [] : applyRules(rules, subject);
}

const rules: readonly InstanceRule[] = [
  {
    id: 'VMI-027',
    *check({ root, configuration: { gates } }) {
      if (!gates.has('NUMA')) yield invalid(passthroughField(root), 'the feature gate NUMA is off');
    },
  },
  {
    id: 'VMI-028',
    *check({ spec, root }) {
      if (spec.domain.cpu?.dedicatedCpuPlacement !== true)
        yield invalid(
          passthroughField(root),
          'the NUMA nodes of the host are for guests with dedicated CPUs',
        );
    },
  },
  {
    id: 'VMI-029',
    *check({ spec, root }) {
      if (spec.domain.memory?.hugepages === undefined)
        yield invalid(passthroughField(root), 'the NUMA nodes of the host are for guests with huge pages');
    },
  },
];
