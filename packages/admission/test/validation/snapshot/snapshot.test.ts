import type { VirtualMachineSnapshot } from '@virtkit/core-types';
import { clusterConfiguration } from '../../../src/configuration/index.ts';
import { snapshotFindings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';

interface Write {
  readonly operation?: string;
  readonly source?: { apiGroup?: string; kind: string; name: string };
  readonly before?: { apiGroup?: string; kind: string; name: string };
  readonly disabledGates?: string[];
}

const source = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' };
const snapshot = (of: NonNullable<Write['source']>): VirtualMachineSnapshot => ({
  metadata: { name: 'snapshot' },
  spec: { source: of },
});

const rows: readonly Sides<Write>[] = [
  { id: 'SNAP-1', refuses: { disabledGates: ['Snapshot'] }, accepts: {}, reason: 400, fields: [undefined] },
  {
    id: 'SNAP-2',
    refuses: { source: { kind: 'VirtualMachine', name: 'vm' } },
    accepts: {},
    reason: 'NF',
    fields: ['spec.source.apiGroup'],
  },
  {
    id: 'SNAP-3',
    refuses: { source: { ...source, apiGroup: 'apps' } },
    accepts: {},
    reason: 'I',
    fields: ['spec.source.apiGroup'],
  },
  {
    id: 'SNAP-4',
    refuses: { source: { ...source, kind: 'VirtualMachineInstance' } },
    accepts: {},
    reason: 'I',
    fields: ['spec.source.kind'],
  },
  {
    id: 'SNAP-5',
    refuses: { operation: 'UPDATE', before: { ...source, name: 'other' } },
    accepts: { operation: 'UPDATE', before: source },
    reason: 'I',
    fields: ['spec'],
  },
  {
    id: 'SNAP-6',
    refuses: { operation: 'CONNECT' },
    accepts: { operation: 'CREATE' },
    reason: 400,
    fields: [undefined],
  },
];

testSides(
  'snapshots',
  rows.map((row) => ({ ...row, alone: true })),
  ({ operation = 'CREATE', source: of = source, before, disabledGates = [] }) =>
    snapshotFindings({
      operation,
      snapshot: snapshot(of),
      before: before === undefined ? undefined : snapshot(before),
      configuration: clusterConfiguration({
        metadata: {},
        spec: { configuration: { developerConfiguration: { disabledFeatureGates: disabledGates } } },
      }),
    }),
);
