import type {
  SpreadAcross,
  VirtualMachineInstancetypeSpec,
  VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import { invalid, type Finding } from '../validation/finding.ts';
import { applyRules, type Rule } from '../validation/rule.ts';
import type { ReferencedSpecs } from './references.ts';
import { preferredTopology, spreadOptions } from './topology.ts';

interface SpreadSubject {
  readonly instancetype: VirtualMachineInstancetypeSpec;
  readonly preference: VirtualMachinePreferenceSpec;
}

/** KubeVirt's name of the field, which is no path in the virtual machine. */
const field = 'instancetype.spec.cpu.guest';

function spreadRule(id: string, across: SpreadAcross, comesOut: (vcpus: number, ratio: number) => boolean) {
  return {
    id,
    *check({ instancetype, preference }) {
      const options = spreadOptions(preference);
      const { guest } = instancetype.cpu;
      if (options.across === across && !comesOut(guest, options.ratio))
        yield invalid(field, `${guest} virtual CPUs cannot be spread over ${across} by ${options.ratio}`);
    },
  } satisfies Rule<SpreadSubject>;
}

const rules: readonly Rule<SpreadSubject>[] = [
  spreadRule('SPR-1', 'SocketsCores', (vcpus, ratio) => vcpus % ratio === 0),
  spreadRule('SPR-2', 'CoresThreads', (vcpus, ratio) => vcpus % ratio === 0),
  spreadRule('SPR-3', 'SocketsCoresThreads', (vcpus, ratio) => vcpus % 2 === 0 && (vcpus / 2) % ratio === 0),
];

/** Whether the instance type's virtual CPUs come out even in the spread that the preference asks for (KubeVirt rules SPR). */
export function spreadFindings({ instancetype, preference }: ReferencedSpecs): readonly Finding[] {
  if (instancetype === undefined || preference === undefined) return [];
  return preferredTopology(preference) === 'spread' ? applyRules(rules, { instancetype, preference }) : [];
}
