import { Duration, type VirtualMachineClone } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { defaultClone, defaultMigration, renewBefore, silentValues } from '../../src/index.ts';

test('a migration is found by its instance, and kept until it ended', () => {
  const labels = { 'kubevirt.io/vmi-name': 'other', app: 'web' };
  const migration = { metadata: { name: 'm', labels, finalizers: ['mine'] }, spec: { vmiName: 'vmi' } };
  expect(defaultMigration(migration)).toEqual({
    metadata: {
      name: 'm',
      labels: { 'kubevirt.io/vmi-name': 'vmi', app: 'web' },
      finalizers: ['mine', 'kubevirt.io/migrationJobFinalize'],
    },
    spec: { vmiName: 'vmi' },
  });
});

describe('the target of a clone', () => {
  const source = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' };
  const virtualMachine = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine' };
  test.each<[string, VirtualMachineClone['spec']['target'], VirtualMachineClone['spec']['target']]>([
    ['is a machine of a made-up name', undefined, { ...virtualMachine, name: 'clone-vm-ab1cd' }],
    ['gets a name, and nothing else', { kind: 'Odd', name: '' }, { kind: 'Odd', name: 'clone-vm-ab1cd' }],
    ['stays as it is with a name', { kind: 'Odd', name: 'own' }, { kind: 'Odd', name: 'own' }],
  ])('%s', (_title, target, expected) => {
    const clone: VirtualMachineClone = { metadata: { name: 'c' }, spec: { source, target } };
    const completed = defaultClone(clone, () => 'ab1cd');
    expect(completed.spec).toEqual({ source, target: expected });
    if (target?.name) expect(completed).toBe(clone);
  });
});

test.each([
  ['replicas', 1],
  ['poolMaxUnavailable', '100%'],
  ['exportTtl', '2h0m0s'],
  ['snapshotFailureDeadline', '5m0s'],
  ['snapshotDeletionPolicy', 'Delete'],
  ['restoreTargetReadinessPolicy', 'WaitGracePeriod'],
  ['workloadUpdateBatchSize', 10],
  ['workloadUpdateBatchInterval', '1m0s'],
  ['caDuration', '168h0m0s'],
  ['certificateDuration', '24h0m0s'],
  ['machinePrintableStatus', 'Stopped'],
  ['containerPathReadOnly', true],
] as const)('without a word, %s is %s', (name, value) => {
  const silent = silentValues[name];
  expect(silent instanceof Duration ? silent.toString() : silent).toBe(value);
});

test('a certificate is renewed a fifth of its life before its end', () => {
  expect(renewBefore(Duration.parse('168h')).toString()).toBe('33h36m0s');
});
