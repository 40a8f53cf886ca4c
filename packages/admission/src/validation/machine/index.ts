import { VirtualMachineSpecSchema } from '@virtkit/core-types';
import { defaultInstanceSpec } from '../../defaults/instance-spec.ts';
import { required, type Finding } from '../finding.ts';
import { instanceFindings } from '../instance/index.ts';
import { metadataRules } from '../metadata.ts';
import { applyRules } from '../rule.ts';
import { unknownMembers } from '../schema.ts';
import { runStrategyRules } from './run-strategy.ts';
import type { MachineRule, MachineSubject } from './subject.ts';

/** All rules for what surrounds the template. */
const machineRules: readonly MachineRule[] = [...runStrategyRules];

/** Findings of a virtual machine; its template is judged with the defaults that its instances will get. */
export function machineFindings(subject: MachineSubject): Finding[] {
  const { machine, trusted, configuration } = subject;
  const { template } = machine.spec;
  const unknown = unknownMembers(VirtualMachineSpecSchema, machine.spec, 'spec', (pointer) =>
    /^\/template\/(spec|metadata)\//.test(pointer),
  );
  const findings = [...unknown, ...applyRules(machineRules, subject)];
  if (template.spec === undefined)
    return [
      ...findings,
      { rule: 'VM-01', ...required('spec.template.spec', 'a template describes an instance') },
    ];
  return [
    ...findings,
    ...applyRules(metadataRules, {
      metadata: template.metadata ?? {},
      root: 'spec.template.metadata',
      trusted,
      configuration,
    }),
    ...instanceFindings({
      spec: defaultInstanceSpec(template.spec, configuration),
      root: 'spec.template.spec',
      configuration,
    }),
  ];
}
