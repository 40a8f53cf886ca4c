import type { DataVolumeImportSource, DataVolumeTemplateSpec, Volume } from '@virtkit/core-types';
import { invalid, required, type Objection } from '../finding.ts';
import type { MachineSpecRule, MachineSpecSubject } from './subject.ts';

const sources = [
  'http',
  's3',
  'gcs',
  'registry',
  'pvc',
  'upload',
  'blank',
  'imageio',
  'vddk',
  'snapshot',
] as const satisfies readonly (keyof DataVolumeImportSource)[];

interface TemplateRule {
  readonly id: string;
  readonly check: (template: DataVolumeTemplateSpec, field: string) => Objection | undefined;
}

/** What is wrong with a template by itself; the first failure answers for it. */
const templateRules: readonly TemplateRule[] = [
  {
    id: 'DVT-1',
    check: ({ metadata }, field) =>
      metadata?.name ? undefined : required(`${field}.name`, 'a DataVolume must be named'),
  },
  {
    id: 'DVT-2',
    check: ({ spec }, field) =>
      spec.pvc === undefined && spec.storage === undefined
        ? invalid(`${field}.PVC.Storage`, 'either pvc or storage says what to keep the data on')
        : undefined,
  },
  {
    id: 'DVT-3',
    check: ({ spec }, field) =>
      spec.pvc !== undefined && spec.storage !== undefined
        ? invalid(`${field}.PVC.Storage`, 'pvc and storage exclude each other')
        : undefined,
  },
  {
    id: 'DVT-4',
    check: (template, field) =>
      hasDataSource(template) && hasSource(template)
        ? invalid(`${field}.source`, 'a data source of the claim and a source exclude each other')
        : undefined,
  },
  {
    id: 'DVT-5',
    check: (template, field) =>
      hasDataSource(template) || hasSource(template)
        ? undefined
        : invalid(`${field}.source.sourceRef`, 'source or sourceRef says where the data comes from'),
  },
  {
    id: 'DVT-6',
    check: ({ spec: { source } }, field) =>
      source !== undefined && sourceCount(source) === 0
        ? invalid(`${field}.source`, `the source is one of ${sources.join(', ')}`)
        : undefined,
  },
  {
    id: 'DVT-7',
    check: ({ spec: { source } }, field) =>
      source !== undefined && sourceCount(source) > 1
        ? invalid(`${field}.source`, 'there is more than one source')
        : undefined,
  },
];

/** DataVolumes that are created with the machine. The field has the singular, as KubeVirt reports it. */
export const dataVolumeTemplateRules: readonly MachineSpecRule[] = [
  ...templateRules.map(({ id }): MachineSpecRule => ({
    id,
    *check(subject) {
      for (const { template, field } of templatesOf(subject)) {
        const fault = faultOf(template, field);
        if (fault?.id === id) yield fault.objection;
      }
    },
  })),
  {
    id: 'DVT-8',
    *check(subject) {
      const volumes = subject.spec.template.spec?.volumes ?? [];
      for (const { template, field } of templatesOf(subject)) {
        if (faultOf(template, field) !== undefined) continue;
        const name = template.metadata?.name ?? '';
        if (!volumes.some((volume) => refersTo(volume, name)))
          yield required(field, `no volume uses the DataVolume "${name}"`);
      }
    },
  },
];

function templatesOf({
  spec,
  root,
}: MachineSpecSubject): { template: DataVolumeTemplateSpec; field: string }[] {
  return (spec.dataVolumeTemplates ?? []).map((template, index) => ({
    template,
    field: `${root}.dataVolumeTemplate[${index}]`,
  }));
}

function faultOf(
  template: DataVolumeTemplateSpec,
  field: string,
): { id: string; objection: Objection } | undefined {
  for (const { id, check } of templateRules) {
    const objection = check(template, field);
    if (objection !== undefined) return { id, objection };
  }
  return undefined;
}

function hasDataSource({ spec: { pvc, storage } }: DataVolumeTemplateSpec): boolean {
  return [pvc, storage].some(
    (claim) => claim?.dataSource !== undefined || claim?.dataSourceRef !== undefined,
  );
}

function hasSource({ spec }: DataVolumeTemplateSpec): boolean {
  return spec.source !== undefined || spec.sourceRef !== undefined;
}

function sourceCount(source: DataVolumeImportSource): number {
  return sources.filter((member) => source[member] !== undefined).length;
}

function refersTo({ persistentVolumeClaim, dataVolume }: Volume, name: string): boolean {
  return persistentVolumeClaim?.claimName === name || dataVolume?.name === name;
}
