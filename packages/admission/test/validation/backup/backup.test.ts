import {
  VirtualMachineBackupSchema,
  VirtualMachineBackupTrackerSchema,
  type VirtualMachineBackup,
  type VirtualMachineBackupTracker,
} from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import {
  backupCreateFindings,
  backupTrackerCreateFindings,
  backupTrackerUpdateFindings,
  backupUpdateFindings,
} from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { withGates } from '../instance-update/changes.ts';

const source = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' };
const backup = (
  name: string,
  spec: Partial<VirtualMachineBackup['spec']> = {},
  over?: 'Complete' | 'Failed',
): VirtualMachineBackup => ({
  metadata: { name },
  spec: { source, pvcName: 'target', ...spec },
  status: {
    conditions:
      over === undefined
        ? []
        : [
            {
              type: over,
              status: 'True',
              reason: over,
              message: '',
              lastTransitionTime: '2026-01-01T00:00:00Z',
            },
          ],
  },
});
const tracker = (name = 'vm', apiGroup = 'kubevirt.io'): VirtualMachineBackupTracker => ({
  metadata: { name: 'tracker' },
  spec: { source: { ...source, name, apiGroup } },
});

interface Creation {
  readonly others?: readonly VirtualMachineBackup[];
  readonly gates?: readonly string[];
}

const rows: readonly Sides<Creation>[] = [
  { id: 'BKP-1', refuses: { gates: [] }, accepts: {}, reason: 400, fields: [undefined] },
  {
    id: 'BKP-2',
    refuses: { others: [backup('new', {}, 'Complete')] },
    accepts: { others: [backup('old', {}, 'Complete')] },
    reason: 'I',
    fields: ['metadata.name'],
  },
  {
    id: 'BKP-3',
    refuses: { others: [backup('old')] },
    accepts: {
      others: [backup('old', {}, 'Failed'), backup('other', { source: { ...source, name: 'vm2' } })],
    },
    reason: 'I',
    fields: ['spec.source'],
  },
];

testSides(
  'new backups',
  rows.map((row) => ({ ...row, alone: true })),
  ({ others = [], gates = ['IncrementalBackup'] }) =>
    backupCreateFindings({ backup: backup('new'), others, configuration: withGates(...gates) }),
);

test('a tracker needs the gate too', () => {
  expect(backupTrackerCreateFindings(withGates())).toMatchObject([{ rule: 'BKP-1', code: 400 }]);
  expect(backupTrackerCreateFindings(withGates('IncrementalBackup'))).toEqual([]);
});

describe('rules of the CustomResourceDefinitions', () => {
  const fits = (spec: object) =>
    VirtualMachineBackupSchema.safeParse({ metadata: {}, spec: { source, pvcName: 'c', ...spec } }).success;

  test('CRD-21 refuses a changed spec, and specs that cannot be carried out', () => {
    expect(backupUpdateFindings(backup('b'), backup('b', { pvcName: 'other' }))).toMatchObject([
      { rule: 'CRD-21', reason: 'FieldValueInvalid', field: 'spec' },
    ]);
    for (const spec of [
      { pvcName: '' },
      { mode: 'Push-Pull' },
      { mode: 'Pull' },
      { source: { ...source, apiGroup: 'apps' } },
      { source: { kind: 'VirtualMachine', name: 'vm' } },
      { source: { ...source, kind: 'VirtualMachineBackupTracker' } },
      { source: { ...source, name: '' } },
    ])
      expect(fits(spec), JSON.stringify(spec)).toBe(false);
  });

  test('CRD-21 accepts a spec that stays, and specs that can be carried out', () => {
    expect(backupUpdateFindings(backup('b'), backup('b', {}, 'Complete'))).toEqual([]);
    const tracked = { apiGroup: 'backup.kubevirt.io', kind: 'VirtualMachineBackupTracker', name: 't' };
    for (const spec of [{}, { mode: 'Push' }, { mode: 'Pull', tokenSecretRef: 's' }, { source: tracked }])
      expect(fits(spec), JSON.stringify(spec)).toBe(true);
  });

  test('CRD-22 refuses a tracker that turns to another machine, or to none', () => {
    expect(backupTrackerUpdateFindings(tracker(), tracker('vm2'))).toMatchObject([
      { rule: 'CRD-22', field: 'spec' },
    ]);
    expect(VirtualMachineBackupTrackerSchema.safeParse(tracker('vm', 'apps')).success).toBe(false);
    expect(VirtualMachineBackupTrackerSchema.safeParse(tracker('')).success).toBe(false);
  });

  test('CRD-22 accepts a tracker that stays', () => {
    expect(backupTrackerUpdateFindings(tracker(), tracker())).toEqual([]);
    expect(VirtualMachineBackupTrackerSchema.safeParse(tracker()).success).toBe(true);
  });
});
