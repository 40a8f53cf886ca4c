import { describe, expect, it } from 'vitest';
import { projectStartFailure, startDelaySeconds } from '../../src/virtual-machine/start-failure.ts';
import { instanceOf, machineOf } from '../builders.ts';

const time = { now: Date.UTC(2026, 0, 1), random: () => 0 };

describe('back-off of failed starts', () => {
  // KubeVirt lifecycle: n=1: 10-15 s, 2: 40-60, 3: 90-135, 4: 160-240, 5: 250-300, from 6: 300.
  it.each([
    [1, 10, 15],
    [2, 40, 60],
    [3, 90, 135],
    [4, 160, 240],
    [5, 250, 300],
    [6, 300, 300],
    [1000, 300, 300],
  ])('failure %i waits %i to %i s', (failures, least, most) => {
    expect(startDelaySeconds(failures, 0)).toBe(least);
    expect(startDelaySeconds(failures, 0.999_999)).toBe(most);
  });

  it('counts each instance once', () => {
    const failed = instanceOf({ phase: 'Failed' });
    const first = projectStartFailure(machineOf(), failed, 'Always', time);
    expect(first).toEqual({
      consecutiveFailCount: 1,
      lastFailedVMIUID: 'vmi-uid',
      retryAfterTimestamp: '2026-01-01T00:00:10Z',
    });
    expect(projectStartFailure(machineOf({}, { startFailure: first }), failed, 'Always', time)).toEqual(
      first,
    );
    const next = instanceOf({ phase: 'Failed' }, { uid: 'next' });
    const second = projectStartFailure(machineOf({}, { startFailure: first }), next, 'Always', time);
    expect(second?.consecutiveFailCount).toBe(2);
  });

  it.each([
    ['the guest runs', instanceOf({ phase: 'Running' }), 'Always'],
    [
      'the guest ran',
      instanceOf({ phase: 'Failed', phaseTransitionTimestamps: [{ phase: 'Running' }] }),
      'Always',
    ],
    ['the strategy does not count', instanceOf({ phase: 'Failed' }), 'Manual'],
    ['the machine is halted', undefined, 'Halted'],
  ] as const)('forgets when %s', (_why, instance, strategy) => {
    const machine = machineOf({}, { startFailure: { consecutiveFailCount: 3 } });
    expect(projectStartFailure(machine, instance, strategy, time)).toBeUndefined();
  });

  it('keeps the count while the next instance starts', () => {
    const startFailure = { consecutiveFailCount: 3, lastFailedVMIUID: 'previous' };
    const machine = machineOf({}, { startFailure });
    expect(projectStartFailure(machine, instanceOf({ phase: 'Scheduling' }), 'Once', time)).toEqual(
      startFailure,
    );
  });
});
