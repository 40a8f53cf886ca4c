import { VirtualMachineSnapshotSpecSchema, type VirtualMachineSnapshot } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { invalid, notFound, refused, type Finding } from '../finding.ts';
import { applyRules, firstFindings, type Rule } from '../rule.ts';
import { semanticallyEqual } from '../semantic-equality.ts';

/** A request that concerns a snapshot. */
export interface SnapshotWrite {
  readonly operation: string;
  readonly snapshot: VirtualMachineSnapshot;
  /** As stored; undefined when the snapshot is being created. */
  readonly before: VirtualMachineSnapshot | undefined;
  readonly configuration: ClusterConfiguration;
}

const operationRules: readonly Rule<SnapshotWrite>[] = [
  {
    id: 'SNAP-1',
    *check({ operation, configuration }) {
      if (operation === 'CREATE' && !configuration.gates.has('Snapshot'))
        yield refused(400, 'the feature gate Snapshot is off');
    },
  },
  {
    id: 'SNAP-6',
    *check({ operation }) {
      if (operation !== 'CREATE' && operation !== 'UPDATE')
        yield refused(400, `${operation} of a snapshot is not judged here`);
    },
  },
];

const createRules: readonly Rule<SnapshotWrite>[] = [
  {
    id: 'SNAP-2',
    *check({ snapshot: { spec } }) {
      if (spec.source.apiGroup === undefined)
        yield notFound('spec.source.apiGroup', 'the group must be given');
    },
  },
  {
    id: 'SNAP-3',
    *check({ snapshot: { spec } }) {
      const { apiGroup } = spec.source;
      if (apiGroup !== undefined && apiGroup !== 'kubevirt.io')
        yield invalid('spec.source.apiGroup', `"${apiGroup}" is not kubevirt.io`);
    },
  },
  {
    id: 'SNAP-4',
    *check({ snapshot: { spec } }) {
      const { apiGroup, kind } = spec.source;
      if (apiGroup === 'kubevirt.io' && kind !== 'VirtualMachine')
        yield invalid('spec.source.kind', `snapshots are taken of a VirtualMachine, not of a "${kind}"`);
    },
  },
];

const updateRules: readonly Rule<SnapshotWrite>[] = [
  {
    id: 'SNAP-5',
    *check({ snapshot, before }) {
      if (!semanticallyEqual(VirtualMachineSnapshotSpecSchema, before?.spec, snapshot.spec))
        yield invalid('spec', 'the spec of a snapshot cannot be changed');
    },
  },
];

/** Findings of a snapshot. Whether its machine exists is not looked at. */
export function snapshotFindings(write: SnapshotWrite): readonly Finding[] {
  return firstFindings(
    () => applyRules(operationRules, write),
    () => applyRules(write.operation === 'CREATE' ? createRules : updateRules, write),
  );
}
