import type { DataVolumeTemplateSpec } from '@virtkit/core-types';
import { testSides, type Sides } from '../../support/sides.ts';
import { judge, type MachineChange } from './machines.ts';

type Spec = DataVolumeTemplateSpec['spec'];
const storage = { resources: { requests: { storage: '1Gi' } } };
const blank: Spec = { storage, source: { blank: {} } };

/** A machine with a DataVolume `data`, which a volume uses, with a spec of its own. */
const data = (spec: Spec, change: Partial<DataVolumeTemplateSpec> = {}): MachineChange => ({
  machine: (machine) => {
    machine.spec.dataVolumeTemplates = [{ metadata: { name: 'data' }, spec, ...change }];
    machine.spec.template.spec!.volumes!.push({ name: 'data', dataVolume: { name: 'data' } });
    machine.spec.template.spec!.domain.devices.disks!.push({ name: 'data' });
  },
});
const dataSource = { kind: 'PersistentVolumeClaim', name: 'golden' };
const used = data(blank);
const unused: MachineChange = {
  machine: ({ spec }) => void (spec.dataVolumeTemplates = [{ metadata: { name: 'data' }, spec: blank }]),
};

const field = 'spec.dataVolumeTemplate[0]';
const rows: readonly Sides<MachineChange>[] = [
  {
    id: 'DVT-1',
    refuses: data(blank, { metadata: { name: '' } }),
    accepts: used,
    reason: 'R',
    fields: [`${field}.name`],
  },
  {
    id: 'DVT-2',
    refuses: data({ source: { blank: {} } }),
    accepts: used,
    reason: 'I',
    fields: [`${field}.PVC.Storage`],
  },
  {
    id: 'DVT-3',
    refuses: data({ ...blank, pvc: {} }),
    accepts: data({ source: { blank: {} }, pvc: {} }),
    reason: 'I',
    fields: [`${field}.PVC.Storage`],
  },
  {
    id: 'DVT-4',
    refuses: data({ ...blank, storage: { ...storage, dataSource } }),
    accepts: data({ storage: { ...storage, dataSource } }),
    reason: 'I',
    fields: [`${field}.source`],
  },
  {
    id: 'DVT-5',
    refuses: data({ storage }),
    accepts: data({ storage, sourceRef: { kind: 'DataSource', name: 'fedora' } }),
    reason: 'I',
    fields: [`${field}.source.sourceRef`],
  },
  {
    id: 'DVT-6',
    refuses: data({ storage, source: {} }),
    accepts: data({ storage, source: { upload: {} } }),
    reason: 'I',
    fields: [`${field}.source`],
  },
  {
    id: 'DVT-7',
    refuses: data({ storage, source: { blank: {}, upload: {} } }),
    accepts: data({ storage, source: { snapshot: { name: 's', namespace: 'n' } } }),
    reason: 'I',
    fields: [`${field}.source`],
  },
  { id: 'DVT-8', refuses: unused, accepts: used, reason: 'R', fields: [field] },
];

testSides(
  'DataVolumes of a machine',
  rows.map((row) => ({ ...row, alone: true })),
  judge,
);
