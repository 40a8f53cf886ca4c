import { VirtualMachineExportSpecSchema, type VirtualMachineExport } from '@virtkit/core-types';
import { virtTemplateEnabled, type ClusterConfiguration } from '../../configuration/index.ts';
import { invalid, type Finding } from '../finding.ts';
import { applyRules, type Rule } from '../rule.ts';
import { semanticallyEqual } from '../semantic-equality.ts';

/** An export that is created or changed. */
export interface ExportWrite {
  readonly export: VirtualMachineExport;
  /** As stored; undefined when the export is being created. */
  readonly before: VirtualMachineExport | undefined;
  readonly configuration: ClusterConfiguration;
}

type ExportRule = Rule<ExportWrite>;

const template = 'VirtualMachineTemplate';
/** The group of each kind that can be exported, with the rule that asks for it; claims are of the core group. */
const groups: readonly { readonly kind: string; readonly group: string; readonly id: string }[] = [
  { kind: 'PersistentVolumeClaim', group: '', id: 'EXP-3' },
  { kind: 'VirtualMachineSnapshot', group: 'snapshot.kubevirt.io', id: 'EXP-4' },
  { kind: 'VirtualMachine', group: 'kubevirt.io', id: 'EXP-5' },
  { kind: 'VirtualMachineBackup', group: 'backup.kubevirt.io', id: 'EXP-6' },
  { kind: template, group: 'template.kubevirt.io', id: 'EXP-8' },
];

const sourceRules: readonly ExportRule[] = [
  {
    id: 'EXP-1',
    *check({ export: { spec } }) {
      const kinds = groups.map(({ kind }) => kind);
      if (!kinds.includes(spec.source.kind))
        yield invalid('spec.source.kind', `"${spec.source.kind}" is not one of ${kinds.join(', ')}`);
    },
  },
  {
    id: 'EXP-2',
    *check({ export: { spec } }) {
      if (spec.source.name === '') yield invalid('spec.source.name', 'what to export must be named');
    },
  },
  ...groups.map(({ kind, group, id }): ExportRule => ({
    id,
    *check(write) {
      const { source } = write.export.spec;
      if (source.kind !== kind || (source.apiGroup ?? '') === group) return;
      if (kind === template && !exportsTemplates(write)) return;
      yield invalid('spec.source.APIGroup', `a ${kind} is of the group "${group}"`);
    },
  })),
  {
    id: 'EXP-7',
    *check(write) {
      if (write.export.spec.source.kind === template && !exportsTemplates(write))
        yield invalid('spec.source.kind', 'templates are exported where OCIExport and templates are on');
    },
  },
];

const updateRules: readonly ExportRule[] = [
  {
    id: 'EXP-9',
    *check({ export: wanted, before }) {
      if (!semanticallyEqual(VirtualMachineExportSpecSchema, before?.spec, wanted.spec))
        yield invalid('spec', 'the spec of an export cannot be changed');
    },
  },
];

/** Findings of an export. Whether its source exists is not looked at. */
export function exportFindings(write: ExportWrite): readonly Finding[] {
  return applyRules(write.before === undefined ? sourceRules : updateRules, write);
}

function exportsTemplates({ configuration }: ExportWrite): boolean {
  return configuration.gates.has('OCIExport') && virtTemplateEnabled(configuration);
}
