import {
  Quantity,
  type PreferenceRequirements,
  type VirtualMachineInstanceSpec,
  type VirtualMachineInstancetypeSpec,
  type VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import { notFound, type Finding } from '../validation/finding.ts';
import { firstRuleFindings, type Rule } from '../validation/rule.ts';
import { preferredTopology, spreadMembers, spreadOptions } from './topology.ts';

/** A machine's template, held against what its preference requires. */
export interface RequirementSubject {
  /** The template's spec with instance type, preference and defaults applied. */
  readonly spec: VirtualMachineInstanceSpec;
  readonly instancetype?: VirtualMachineInstancetypeSpec | undefined;
  readonly preference: VirtualMachinePreferenceSpec;
}

type CpuMember = 'cores' | 'sockets' | 'threads';

const template = 'spec.template.spec';
const matcher = 'spec.instancetype';

interface Required extends RequirementSubject {
  readonly requirements: PreferenceRequirements;
}

function cpuRule(
  id: string,
  offences: (required: number, subject: Required) => readonly string[] | undefined,
): Rule<Required> {
  return {
    id,
    *check(subject) {
      const { cpu } = subject.requirements;
      const fields = cpu === undefined ? undefined : offences(cpu.guest, subject);
      if (fields !== undefined)
        yield notFound(fields.join(', '), `the preference requires ${cpu?.guest ?? 0} virtual CPUs`);
    },
  };
}

/** What a preference requires (KubeVirt rules PRQ), in the order in which the first failure answers. */
const rules: readonly Rule<Required>[] = [
  cpuRule('PRQ-1', (required, { instancetype }) =>
    instancetype !== undefined && instancetype.cpu.guest < required ? [matcher] : undefined,
  ),
  cpuRule('PRQ-2', (_required, { instancetype, spec }) =>
    instancetype === undefined && spec.domain.cpu === undefined ? [`${template}.domain.cpu`] : undefined,
  ),
  cpuRule('PRQ-3', (required, subject) => {
    const member = singleMember(subject.preference);
    return member === undefined ? undefined : cpuShortage(required, subject, [member]);
  }),
  cpuRule('PRQ-4', (required, subject) =>
    preferredTopology(subject.preference) === 'any'
      ? cpuShortage(required, subject, ['cores', 'sockets', 'threads'])
      : undefined,
  ),
  cpuRule('PRQ-5', (required, subject) =>
    preferredTopology(subject.preference) === 'spread'
      ? cpuShortage(required, subject, spreadMembers[spreadOptions(subject.preference).across])
      : undefined,
  ),
  {
    id: 'PRQ-6',
    *check({ requirements: { memory }, spec, instancetype }) {
      if (memory === undefined) return;
      const given = Quantity.parse(spec.domain.memory?.guest ?? instancetype?.memory.guest ?? 0);
      if (given.compare(Quantity.parse(memory.guest)) < 0)
        yield notFound(
          instancetype === undefined ? `${template}.domain.memory` : matcher,
          `the preference requires ${memory.guest} of guest memory`,
        );
    },
  },
  {
    id: 'PRQ-7',
    *check({ requirements: { architecture }, spec }) {
      if (architecture !== undefined && spec.architecture !== architecture)
        yield notFound(`${template}.architecture`, `the preference requires architecture ${architecture}`);
    },
  },
];

/** The first requirement of the preference that the template does not meet (KubeVirt rules PRQ); empty when there is none. */
export function requirementFindings(subject: RequirementSubject): readonly Finding[] {
  const { requirements } = subject.preference;
  return requirements === undefined ? [] : firstRuleFindings(rules, { ...subject, requirements });
}

/** The one member that must reach the number, for a topology that fills one. */
function singleMember(preference: VirtualMachinePreferenceSpec): CpuMember | undefined {
  const topology = preferredTopology(preference);
  return topology === 'spread' || topology === 'any' ? undefined : topology;
}

/** The members whose product falls short, as fields; an instance type answers for all of them (PRQ-1). */
function cpuShortage(
  required: number,
  { spec, instancetype }: RequirementSubject,
  members: readonly CpuMember[],
): readonly string[] | undefined {
  const { cpu } = spec.domain;
  if (instancetype !== undefined || cpu === undefined) return undefined;
  const product = members.reduce((total, member) => total * (cpu[member] ?? 0), 1);
  return product < required ? members.map((member) => `${template}.domain.cpu.${member}`) : undefined;
}
