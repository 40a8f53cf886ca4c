import {
  applyRules,
  notSupported,
  type Finding,
  type MachineRule,
  type MachineSubject,
  type Objection,
} from '@virtkit/admission';
import { instanceGaps } from './instance.ts';

const refused: readonly { id: string; field: string; set: (s: MachineSubject) => boolean; why: string }[] = [
  {
    id: 'VK-DATA-VOLUMES',
    field: 'spec.dataVolumeTemplates',
    set: ({ machine: { spec } }) => (spec.dataVolumeTemplates ?? []).length > 0,
    why: 'DataVolumes are not carried; use containerDisk or emptyDisk volumes',
  },
  {
    id: 'VK-UPDATE-VOLUMES',
    field: 'spec.updateVolumesStrategy',
    set: ({ machine: { spec } }) => ![undefined, '', 'Replacement'].includes(spec.updateVolumesStrategy),
    why: 'only Replacement is carried: volumes are not migrated',
  },
  {
    id: 'VK-VOLUME-REQUESTS',
    field: 'status.volumeRequests',
    set: ({ machine: { status } }) => (status?.volumeRequests ?? []).length > 0,
    why: 'volumes cannot be plugged into a running machine',
  },
];

/** Parts of a virtual machine that nothing carries. */
export const machineGapRules: readonly MachineRule[] = refused.map(({ id, field, set, why }) => ({
  id,
  *check(subject): Iterable<Objection> {
    if (set(subject)) yield notSupported(field, why);
  },
}));

/** What a virtual machine sets but nothing carries; a field that a rule objects to already is not named again. */
export function machineGaps(subject: MachineSubject, findings: readonly Finding[]): Finding[] {
  const { spec } = subject.machine.spec.template;
  return [
    ...applyRules(machineGapRules, subject),
    ...(spec === undefined ? [] : instanceGaps(spec, 'spec.template.spec', findings)),
  ];
}
