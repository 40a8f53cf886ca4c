import { notSupported, type Finding } from '@virtkit/admission';
import type { VirtualMachineSpec } from '@virtkit/core-types';
import { instanceGaps } from './instance.ts';

const refused: readonly {
  readonly id: string;
  readonly field: string;
  readonly set: (spec: VirtualMachineSpec) => boolean;
  readonly why: string;
}[] = [
  {
    id: 'VK-DATA-VOLUMES',
    field: 'spec.dataVolumeTemplates',
    set: ({ dataVolumeTemplates = [] }) => dataVolumeTemplates.length > 0,
    why: 'DataVolumes are not carried; use containerDisk or emptyDisk volumes',
  },
  {
    id: 'VK-UPDATE-VOLUMES',
    field: 'spec.updateVolumesStrategy',
    set: ({ updateVolumesStrategy }) => ![undefined, '', 'Replacement'].includes(updateVolumesStrategy),
    why: 'only Replacement is carried: volumes are not migrated',
  },
  {
    id: 'VK-RECEIVER',
    field: 'spec.runStrategy',
    set: ({ runStrategy }) => runStrategy === 'WaitAsReceiver',
    why: 'machines are not received from other clusters',
  },
];

/** What the spec of a virtual machine sets but nothing carries. */
export function machineGaps(spec: VirtualMachineSpec): readonly Finding[] {
  const template = spec.template.spec;
  return [
    ...refused
      .filter(({ set }) => set(spec))
      .map(({ id, field, why }): Finding => ({ rule: id, ...notSupported(field, why) })),
    ...(template === undefined ? [] : instanceGaps(template, 'spec.template.spec')),
  ];
}
