import type { VirtualMachineInstance, VirtualMachineInstanceMigration } from '@virtkit/core-types';
import { clusterConfiguration } from '../../../src/configuration/index.ts';
import { migrationCreateFindings, migrationUpdateFindings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { controller, person } from '../instance-update/changes.ts';

interface Creation {
  readonly spec?: VirtualMachineInstanceMigration['spec'];
  readonly user?: { name: string };
  readonly instance?: VirtualMachineInstance['status'] | 'missing';
  readonly otherPhase?: string;
  readonly disabledGates?: string[];
}

const migration = (
  spec: VirtualMachineInstanceMigration['spec'],
  phase?: string,
): VirtualMachineInstanceMigration => ({
  metadata: { name: 'migration', labels: { 'kubevirt.io/vmi-name': 'vmi' } },
  spec,
  ...(phase === undefined ? {} : { status: { phase } }),
});

const spec = { vmiName: 'vmi' };
const sendTo = { connectURL: 'there:9185', migrationID: 'one' };
const stuck = (reason: string): VirtualMachineInstance['status'] => ({
  phase: 'Running',
  conditions: [{ type: 'LiveMigratable', status: 'False', reason, message: 'a disk is local' }],
});

const creations: readonly Sides<Creation>[] = [
  { id: 'MIGC-1', refuses: { spec: { vmiName: '' } }, accepts: {}, reason: 'R', fields: ['spec.vmiName'] },
  {
    id: 'MIGC-2',
    refuses: { spec: { ...spec, priority: 'system-critical' }, user: person },
    accepts: { spec: { ...spec, priority: 'system-critical' }, user: controller },
    reason: 'F',
    fields: ['spec.migrationPriority'],
  },
  { id: 'MIGC-3', refuses: { instance: 'missing' }, accepts: {}, reason: 400, fields: [undefined] },
  {
    id: 'MIGC-4',
    refuses: { instance: { phase: 'Succeeded' } },
    accepts: { instance: { phase: 'Scheduling' } },
    reason: 400,
    fields: [undefined],
  },
  {
    id: 'MIGC-5',
    refuses: { instance: stuck('DisksNotLiveMigratable') },
    accepts: { instance: stuck('DisksNotLiveMigratable'), spec: { ...spec, sendTo } },
    reason: 400,
    fields: [undefined],
  },
  {
    id: 'MIGC-5',
    refuses: { instance: stuck('HostDeviceNotLiveMigratable'), spec: { ...spec, sendTo } },
    accepts: { instance: { phase: 'Running' } },
    reason: 400,
    fields: [undefined],
  },
  {
    id: 'MIGC-6',
    refuses: { otherPhase: 'Running' },
    accepts: { otherPhase: 'Failed' },
    reason: 400,
    fields: [undefined],
  },
  {
    id: 'MIGC-7',
    refuses: { spec: { ...spec, sendTo }, disabledGates: ['DecentralizedLiveMigration'] },
    accepts: { spec: { ...spec, sendTo } },
    reason: 'N',
    fields: [undefined],
  },
  {
    id: 'MIGC-8',
    refuses: { spec: { ...spec, sendTo, receive: { migrationID: 'two' } } },
    accepts: { spec: { ...spec, sendTo, receive: { migrationID: 'one' } } },
    reason: 'I',
    fields: [undefined],
  },
];

testSides(
  'a new migration',
  creations.map((row) => ({ ...row, alone: true })),
  ({ spec: wanted = spec, user = person, instance = { phase: 'Running' }, otherPhase, disabledGates = [] }) =>
    migrationCreateFindings({
      migration: migration(wanted),
      user,
      instance:
        instance === 'missing'
          ? undefined
          : { metadata: {}, spec: { domain: { devices: {} } }, status: instance },
      others: otherPhase === undefined ? [] : [migration(spec, otherPhase)],
      configuration: clusterConfiguration({
        metadata: {},
        spec: { configuration: { developerConfiguration: { disabledFeatureGates: disabledGates } } },
      }),
    }),
);

testSides<VirtualMachineInstanceMigration>(
  'a change of a migration',
  [
    {
      id: 'MIGU-1',
      refuses: migration({ vmiName: 'other' }),
      accepts: migration({ ...spec, addedNodeSelector: {} }, 'Running'),
      reason: 'N',
      fields: [undefined],
      alone: true,
    },
    {
      id: 'MIGU-2',
      refuses: { ...migration(spec, 'Running'), metadata: { labels: {} } },
      accepts: { ...migration(spec, 'Succeeded'), metadata: { labels: {} } },
      reason: 'N',
      fields: [undefined],
      alone: true,
    },
  ],
  (after) => migrationUpdateFindings({ before: migration(spec), after }),
);
