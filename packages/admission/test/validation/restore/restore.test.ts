import type {
  VirtualMachineInstanceSpec,
  VirtualMachineRestore,
  VirtualMachineSnapshot,
} from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { clusterConfiguration } from '../../../src/configuration/index.ts';
import { restoreFindings, type RestoreTarget } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';

type Spec = VirtualMachineRestore['spec'];
interface Write {
  readonly spec?: Partial<Spec>;
  readonly before?: Partial<Spec>;
  readonly target?: RestoreTarget;
  readonly other?: VirtualMachineRestore['status'];
  readonly disabledGates?: string[];
}

const target = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' };
const restore = (
  spec: Partial<Spec>,
  status: VirtualMachineRestore['status'] = {},
): VirtualMachineRestore => ({
  metadata: { name: 'restore' },
  spec: { target, virtualMachineSnapshotName: 'snapshot', ...spec },
  status,
});
const snapshot = (content?: string): VirtualMachineSnapshot => ({
  metadata: { name: 'snapshot' },
  spec: { source: target },
  status: {
    sourceUID: 'uid-1',
    ...(content === undefined ? {} : { virtualMachineSnapshotContentName: content }),
  },
});
const known = (uid: string | undefined, domain?: VirtualMachineInstanceSpec['domain']): RestoreTarget => ({
  state: 'known',
  snapshot: snapshot('content'),
  uid,
  content: {
    metadata: { name: 'content' },
    spec: {
      source: domain === undefined ? {} : { virtualMachine: { spec: { template: { spec: { domain } } } } },
    },
  },
});
const plain = { devices: {} };
const same = known('uid-1', plain);
const persistentTpm = { devices: { tpm: { persistent: true } } };
const override = { volumeName: 'data', restoreName: 'claim' };
const overrides = (change: object): Write => ({
  spec: { volumeRestoreOverrides: [override, { ...override, ...change }] },
});
const to = (change: Partial<Spec['target']>): Write => ({ spec: { target: { ...target, ...change } } });

const rows: readonly Sides<Write>[] = [
  { id: 'RST-01', refuses: { disabledGates: ['Snapshot'] }, accepts: {}, reason: 400, fields: [undefined] },
  {
    id: 'RST-02',
    refuses: { spec: { target: { kind: 'VirtualMachine', name: 'vm' } } },
    accepts: {},
    reason: 'NF',
    fields: ['spec.target.apiGroup'],
  },
  {
    id: 'RST-03',
    refuses: to({ apiGroup: 'apps' }),
    accepts: {},
    reason: 'I',
    fields: ['spec.target.apiGroup'],
  },
  { id: 'RST-04', refuses: to({ kind: 'Pod' }), accepts: {}, reason: 'I', fields: ['spec.target.kind'] },
  {
    id: 'RST-05',
    refuses: { spec: { patches: ['{"op": "remove", "/spec/running"}'] } },
    accepts: { spec: { patches: ['{"op": "remove", "path": "/spec/running"}'] } },
    reason: 'I',
    fields: ['spec.patches'],
  },
  {
    id: 'RST-06',
    refuses: { spec: { patches: ['{"op": "remove", "path": "/metadata/name"}'] } },
    accepts: { spec: { patches: ['{"op": "remove", "path": "/metadata/labels/a"}'] } },
    reason: 'I',
    fields: ['spec.patches'],
  },
  {
    id: 'RST-07',
    refuses: { target: known('uid-2', persistentTpm) },
    accepts: { target: known('uid-1', persistentTpm) },
    reason: 'I',
    fields: ['spec'],
  },
  {
    id: 'RST-07',
    refuses: {
      target: known(undefined, { devices: {}, firmware: { bootloader: { efi: { persistent: true } } } }),
    },
    accepts: { target: known(undefined, { devices: { tpm: { persistent: true, enabled: false } } }) },
    reason: 'I',
    fields: ['spec'],
  },
  {
    id: 'RST-08',
    refuses: { target: { state: 'unknown', message: 'no answer' } },
    accepts: { target: { state: 'no-snapshot' } },
    reason: 400,
    fields: [undefined],
  },
  {
    id: 'RST-08',
    refuses: { target: { state: 'known', snapshot: snapshot(), uid: 'uid-2', content: undefined } },
    accepts: { target: { state: 'known', snapshot: snapshot(), uid: 'uid-1', content: undefined } },
    reason: 400,
    fields: [undefined],
  },
  {
    id: 'RST-08',
    refuses: { target: known('uid-2') },
    accepts: { target: known('uid-2', plain) },
    reason: 400,
    fields: [undefined],
  },
  {
    id: 'RST-09',
    refuses: overrides({ volumeName: '' }),
    accepts: overrides({}),
    reason: 'R',
    fields: ['spec.volumeRestoreOverrides[1].volumeName'],
  },
  {
    id: 'RST-10',
    refuses: overrides({ restoreName: '', labels: {} }),
    accepts: overrides({ restoreName: '', labels: { a: 'b' } }),
    reason: 'R',
    fields: ['spec.volumeRestoreOverrides[1]'],
  },
  {
    id: 'RST-11',
    refuses: { spec: { volumeRestorePolicy: 'OutOfPlace' } },
    accepts: { spec: { volumeRestorePolicy: 'InPlace' } },
    reason: 'I',
    fields: ['spec.volumeRestorePolicy'],
  },
  {
    id: 'RST-12',
    refuses: { spec: { volumeOwnershipPolicy: 'vm' } },
    accepts: { spec: { volumeOwnershipPolicy: 'Vm' } },
    reason: 'I',
    fields: ['spec.volumeOwnershipPolicy'],
  },
  {
    id: 'RST-13',
    refuses: { other: { complete: false } },
    accepts: { other: { complete: true } },
    reason: 'I',
    fields: ['spec.target'],
  },
  {
    id: 'RST-14',
    refuses: { before: { virtualMachineSnapshotName: 'older' } },
    accepts: { before: {} },
    reason: 'I',
    fields: ['spec'],
  },
];

const judge = ({ spec = {}, before, target: facts = same, other, disabledGates = [] }: Write) =>
  restoreFindings({
    restore: restore(spec),
    before: before === undefined ? undefined : restore(before),
    target: facts,
    others: other === undefined ? [] : [restore({}, other)],
    configuration: clusterConfiguration({
      metadata: {},
      spec: { configuration: { developerConfiguration: { disabledFeatureGates: disabledGates } } },
    }),
  });

testSides(
  'restores',
  rows.map((row) => ({ ...row, alone: true })),
  judge,
);

test('without the snapshot nothing is said of the target, not even of patches', () => {
  expect(judge({ spec: { patches: ['nonsense'] }, target: { state: 'no-snapshot' } })).toEqual([]);
});
