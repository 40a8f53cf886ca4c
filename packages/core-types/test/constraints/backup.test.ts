import { describe, expect, it } from 'vitest';
import { crd, resources, type StructuralSchema } from '@virtkit/core-types';
import { absent, shows, type Constraint } from './constraint.ts';

const machine = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' };
const tracker = { apiGroup: 'backup.kubevirt.io', kind: 'VirtualMachineBackupTracker', name: 'tracker' };
const source = (id: string, kind: string, bad: unknown[], good: unknown[]): Constraint => ({
  id,
  kind,
  at: 'spec.source',
  bad,
  good,
  cel: 'spec.source',
});

function rules(
  definition: (typeof resources)['virtualMachineBackups' | 'virtualMachineBackupTrackers'],
): unknown {
  const schema = crd(definition).spec.versions[0]!.schema!.openAPIV3Schema as StructuralSchema;
  return schema.properties!['spec']!['x-kubernetes-validations'];
}

describe('backups', () => {
  const kind = 'VirtualMachineBackup';
  shows([
    source(
      'CRD-21',
      kind,
      [
        { ...machine, apiGroup: undefined },
        { ...machine, apiGroup: '' },
        { ...machine, name: '' },
        { ...machine, apiGroup: 'backup.kubevirt.io' },
        { ...tracker, apiGroup: 'kubevirt.io' },
        { ...machine, apiGroup: 'apps' },
      ],
      [machine, tracker],
    ),
    { id: 'CRD-21', kind, at: 'spec.pvcName', bad: ['', absent], good: ['claim'], cel: 'spec' },
    { id: 'CRD-21', kind, at: 'spec.mode', bad: ['push', ''], good: ['Push', 'Pull', absent] },
  ]);

  const spec = { source: machine, pvcName: 'claim' };
  shows([
    {
      id: 'CRD-21',
      kind,
      at: 'spec',
      bad: [
        { ...spec, mode: 'Pull' },
        { ...spec, mode: 'Pull', tokenSecretRef: '' },
      ],
      good: [{ ...spec, mode: 'Pull', tokenSecretRef: 'secret' }, { ...spec, mode: 'Push' }, spec],
      cel: 'spec',
    },
  ]);

  it('CRD-21 refuses a changed spec, by a rule that only the API server can apply', () => {
    expect(rules(resources.virtualMachineBackups)).toContainEqual(
      expect.objectContaining({ rule: 'self == oldSelf' }),
    );
  });
});

describe('backup trackers', () => {
  const kind = 'VirtualMachineBackupTracker';
  shows([
    source(
      'CRD-22',
      kind,
      [
        { ...machine, apiGroup: undefined },
        { ...machine, apiGroup: 'apps' },
        { ...machine, kind: 'VirtualMachineInstance' },
        { ...machine, name: '' },
      ],
      [machine],
    ),
  ]);

  it('CRD-22 refuses a changed spec, by a rule that only the API server can apply', () => {
    expect(rules(resources.virtualMachineBackupTrackers)).toContainEqual(
      expect.objectContaining({ rule: 'self == oldSelf' }),
    );
  });
});
