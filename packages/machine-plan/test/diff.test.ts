import type { MachineSpec } from '@virtkit/hal';
import { describe, expect, it } from 'vitest';
import { diffMachine, planMachine } from '../src/index.ts';
import { configuration, facts, instance } from './instances.ts';

const base = planMachine(instance(), facts, configuration);
const changed = (change: (spec: MachineSpec) => void): MachineSpec => {
  const copy = structuredClone(base);
  change(copy);
  return copy;
};

describe('diffMachine', () => {
  it('finds nothing between equal specs', () => {
    expect(diffMachine(base, structuredClone(base))).toEqual({ changes: [], needsRestart: false });
  });

  it.each<[path: string, needsRestart: boolean, change: (spec: MachineSpec) => void]>([
    ['/memory/sizeBytes', true, (spec) => (spec.memory.sizeBytes *= 2)],
    ['/cpu/sockets', true, (spec) => (spec.cpu.sockets = 4)],
    ['/disks/seed/serial', true, (spec) => (spec.disks[1]!.serial = 'x')],
    ['/interfaces/default/linkUp', true, (spec) => (spec.interfaces[0]!.linkUp = false)],
    ['/gracePeriodSeconds', false, (spec) => (spec.gracePeriodSeconds = 1)],
    ['/labels/team', false, (spec) => (spec.labels['team'] = 'a')],
  ])('finds %s, restart %s', (path, needsRestart, change) => {
    const diff = diffMachine(base, changed(change));
    expect(diff.changes.map((entry) => entry.path)).toEqual([path]);
    expect(diff.needsRestart).toBe(needsRestart);
  });

  it('tells a removed disk from a changed one', () => {
    const { changes } = diffMachine(
      base,
      changed((spec) => spec.disks.shift()),
    );
    expect(changes).toEqual([{ path: '/disks/root', before: base.disks[0], needsRestart: true }]);
  });

  it('notices another order of disks', () => {
    const { changes } = diffMachine(
      base,
      changed((spec) => spec.disks.reverse()),
    );
    expect(changes).toEqual([
      { path: '/disks', before: ['root', 'seed'], after: ['seed', 'root'], needsRestart: true },
    ]);
  });
});
