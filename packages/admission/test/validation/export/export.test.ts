import type { VirtualMachineExport } from '@virtkit/core-types';
import { exportFindings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { withGates } from '../instance-update/changes.ts';

interface Write {
  readonly source: VirtualMachineExport['spec']['source'];
  readonly before?: VirtualMachineExport['spec']['source'];
  readonly gates?: string[];
}

const made = (source: Write['source']): VirtualMachineExport => ({
  metadata: { name: 'export' },
  spec: { source },
});
const of = (kind: string, apiGroup?: string, name = 'x'): Write => ({
  source: { kind, name, ...(apiGroup === undefined ? {} : { apiGroup }) },
});
const template = 'VirtualMachineTemplate';
const templates = { gates: ['OCIExport'] };
const machine = of('VirtualMachine', 'kubevirt.io');

const rows: readonly Sides<Write>[] = [
  { id: 'EXP-1', refuses: of('Pod'), accepts: machine, reason: 'I', fields: ['spec.source.kind'] },
  {
    id: 'EXP-2',
    refuses: of('VirtualMachine', 'kubevirt.io', ''),
    accepts: machine,
    reason: 'I',
    fields: ['spec.source.name'],
  },
  {
    id: 'EXP-3',
    refuses: of('PersistentVolumeClaim', 'v1'),
    accepts: of('PersistentVolumeClaim', ''),
    reason: 'I',
    fields: ['spec.source.APIGroup'],
  },
  {
    id: 'EXP-4',
    refuses: of('VirtualMachineSnapshot', 'kubevirt.io'),
    accepts: of('VirtualMachineSnapshot', 'snapshot.kubevirt.io'),
    reason: 'I',
    fields: ['spec.source.APIGroup'],
  },
  {
    id: 'EXP-5',
    refuses: of('VirtualMachine'),
    accepts: machine,
    reason: 'I',
    fields: ['spec.source.APIGroup'],
  },
  {
    id: 'EXP-6',
    refuses: of('VirtualMachineBackup', 'kubevirt.io'),
    accepts: of('VirtualMachineBackup', 'backup.kubevirt.io'),
    reason: 'I',
    fields: ['spec.source.APIGroup'],
  },
  {
    id: 'EXP-7',
    refuses: of(template, 'kubevirt.io'),
    accepts: { ...of(template, 'template.kubevirt.io'), ...templates },
    reason: 'I',
    fields: ['spec.source.kind'],
  },
  {
    id: 'EXP-8',
    refuses: { ...of(template, 'kubevirt.io'), ...templates },
    accepts: { ...of(template, 'template.kubevirt.io'), ...templates },
    reason: 'I',
    fields: ['spec.source.APIGroup'],
  },
  {
    id: 'EXP-9',
    refuses: { ...machine, before: { ...machine.source, name: 'y' } },
    accepts: { ...machine, before: machine.source },
    reason: 'I',
    fields: ['spec'],
  },
];

testSides(
  'exports',
  rows.map((row) => ({ ...row, alone: true })),
  ({ source, before, gates = [] }) =>
    exportFindings({
      export: made(source),
      before: before === undefined ? undefined : made(before),
      configuration: withGates(...gates),
    }),
);
