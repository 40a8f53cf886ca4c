import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { required, type Finding } from '../finding.ts';
import { graceAnnotationRules } from '../instance-create/grace-annotations.ts';
import { instanceFindings } from '../instance/index.ts';
import { discontinuedGateRules, networkCreateRules } from '../instance-create/withdrawn-bindings.ts';
import { metadataRules } from '../metadata.ts';
import { applyRules, firstFindings } from '../rule.ts';
import { dataVolumeTemplateRules } from './data-volume-templates.ts';
import { liveUpdateRules } from './live-update.ts';
import { runStrategyRules } from './run-strategy.ts';
import type { MachineSpecRule, MachineSpecSubject } from './subject.ts';

/** A machine without a template says nothing else; nothing else is judged. */
const templateRules: readonly MachineSpecRule[] = [
  {
    id: 'VM-01',
    *check({ spec, root }) {
      if (!isPresent(spec.template))
        yield required(`${root}.template`, 'a template describes the instance that a start creates');
    },
  },
];

/** Findings of a virtual machine's spec, in KubeVirt's order; also of the machines of a pool. */
export function machineSpecFindings(subject: MachineSpecSubject): readonly Finding[] {
  const { spec, root, trusted, configuration } = subject;
  const without = applyRules(templateRules, subject);
  if (without.length > 0) return without;
  const { metadata = {}, spec: template = emptyTemplate } = spec.template;
  const about = { metadata, root: `${root}.template.metadata`, configuration };
  return [
    ...applyRules(metadataRules, { ...about, trusted }),
    ...applyRules(graceAnnotationRules, { ...about, spec: template }),
    ...instanceFindings({ spec: template, root: `${root}.template.spec`, configuration }),
    ...applyRules(dataVolumeTemplateRules, subject),
    ...applyRules(runStrategyRules, subject),
    ...applyRules(liveUpdateRules, subject),
  ];
}

/** What a machine is judged for when it is created, before its spec: gates and bindings that are no more (KubeVirt: FG-1, then NETC). */
export function machineCreateFindings({ spec, configuration }: MachineSpecSubject): readonly Finding[] {
  const subject = { spec: spec.template?.spec ?? emptyTemplate, root: 'spec', configuration };
  return firstFindings(
    () => applyRules(discontinuedGateRules, subject),
    () => applyRules(networkCreateRules, subject),
  );
}

/** What a template without a spec describes. */
const emptyTemplate: VirtualMachineInstanceSpec = { domain: { devices: {} } };

/** The schema requires a template; an object that was not checked against it may lack one. */
function isPresent(template: object | null | undefined): boolean {
  return template !== undefined && template !== null;
}
