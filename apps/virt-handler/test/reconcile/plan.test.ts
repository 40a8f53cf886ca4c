import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MachineState } from '@virtkit/hal';
import {
  planStep,
  deathPatience,
  silencePatience,
  socketPatience,
  unrememberedStop,
  type LauncherView,
  type PlanInput,
  type Step,
} from '../../src/reconcile/plan.ts';

const now = 1_000_000;
const ready = (machine: MachineState | undefined, terminating = false): LauncherView => ({
  kind: 'ready',
  terminating,
  machine,
});
const input = (changes: Partial<PlanInput>): PlanInput => ({
  phase: 'Scheduled',
  deleting: false,
  gracePeriodSeconds: 30,
  launcher: ready(undefined),
  stopRequestedAt: undefined,
  unhealthy: undefined,
  now,
  ...changes,
});
const running: MachineState = { kind: 'running' };
const stopped: MachineState = { kind: 'stopped', reason: 'shutdown' };

describe('the next step of a VMI', () => {
  it.each<[string, Partial<PlanInput>, Step['kind']]>([
    ['no socket yet', { launcher: { kind: 'absent', podGone: false, since: now } }, 'wait'],
    [
      'no socket for three minutes',
      { launcher: { kind: 'absent', podGone: false, since: now - socketPatience } },
      'lost',
    ],
    ['Pod folder gone', { launcher: { kind: 'absent', podGone: true, since: now } }, 'lost'],
    [
      'Pod folder gone, VMI final',
      { phase: 'Failed', launcher: { kind: 'absent', podGone: true, since: now } },
      'report',
    ],
    ['launcher silent', { phase: 'Running', launcher: { kind: 'silent', since: now - 1 } }, 'wait'],
    [
      'launcher silent for long',
      { phase: 'Running', launcher: { kind: 'silent', since: now - silencePatience } },
      'lost',
    ],
    ['launcher dead', { phase: 'Running', launcher: { kind: 'dead', since: now - 1 } }, 'wait'],
    [
      'launcher still dead',
      { phase: 'Running', launcher: { kind: 'dead', since: now - deathPatience } },
      'lost',
    ],
    [
      'launcher dead, VMI final',
      { phase: 'Succeeded', launcher: { kind: 'dead', since: now - deathPatience } },
      'report',
    ],
    ['no machine', {}, 'boot'],
    ['no machine, VMI deleted before boot', { deleting: true }, 'report'],
    ['machine vanished', { phase: 'Running' }, 'lost'],
    ['defined, not started', { launcher: ready({ kind: 'defined' }) }, 'start'],
    ['defined, deleted', { launcher: ready({ kind: 'defined' }), deleting: true }, 'finish'],
    ['runs', { phase: 'Running', launcher: ready(running) }, 'report'],
    ['runs, Pod told to end', { phase: 'Running', launcher: ready(running, true) }, 'shut-down'],
    ['runs, deleted', { phase: 'Running', launcher: ready(running), deleting: true }, 'shut-down'],
    [
      'runs, deleted, asked before',
      { phase: 'Running', launcher: ready(running), deleting: true, stopRequestedAt: now - 6000 },
      'shut-down',
    ],
    [
      'shutting down',
      { phase: 'Running', launcher: ready({ kind: 'shutting-down' }), deleting: true, stopRequestedAt: now },
      'wait',
    ],
    [
      'grace over',
      {
        phase: 'Running',
        launcher: ready({ kind: 'shutting-down' }),
        deleting: true,
        stopRequestedAt: now - 30_000,
      },
      'kill',
    ],
    [
      'grace zero',
      { phase: 'Running', launcher: ready(running), deleting: true, gracePeriodSeconds: 0 },
      'kill',
    ],
    ['runs although the VMI is final', { phase: 'Failed', launcher: ready(running) }, 'kill'],
    ['liveness fails', { phase: 'Running', launcher: ready(running), unhealthy: 'dead' }, 'kill'],
    [
      'liveness failed before a pause',
      { phase: 'Running', launcher: ready({ kind: 'paused', reason: 'user' }), unhealthy: 'dead' },
      'report',
    ],
    [
      'liveness fails during the grace period',
      { phase: 'Running', launcher: ready(running), deleting: true, unhealthy: 'dead' },
      'shut-down',
    ],
    ['stopped, not recorded', { phase: 'Running', launcher: ready(stopped) }, 'report'],
    ['stopped and recorded', { phase: 'Succeeded', launcher: ready(stopped) }, 'finish'],
  ])('%s', (_name, changes, kind) => {
    expect(planStep(input(changes)).kind).toBe(kind);
  });

  const states: MachineState[] = [
    { kind: 'defined' },
    running,
    { kind: 'paused', reason: 'user' },
    { kind: 'shutting-down' },
    stopped,
  ];
  const anyInput = fc.record({
    phase: fc.constantFrom('Scheduled', 'Running', 'Succeeded', 'Failed'),
    deleting: fc.boolean(),
    gracePeriodSeconds: fc.nat(100),
    launcher: fc.oneof(
      fc.record({ kind: fc.constant('absent' as const), podGone: fc.boolean(), since: fc.nat(now) }),
      fc.record({ kind: fc.constantFrom('silent' as const, 'dead' as const), since: fc.nat(now) }),
      fc.record({
        kind: fc.constant('ready' as const),
        terminating: fc.boolean(),
        machine: fc.option(fc.constantFrom(...states), { nil: undefined }),
      }),
    ),
    stopRequestedAt: fc.option(fc.nat(now), { nil: undefined }),
    unhealthy: fc.option(fc.constant('no answer'), { nil: undefined }),
    now: fc.constant(now),
  });

  it('never starts what nobody wants, never ends what is wanted and healthy', () => {
    fc.assert(
      fc.property(anyInput, (any) => {
        const { kind } = planStep(any);
        const unwanted =
          any.deleting ||
          any.phase === 'Succeeded' ||
          any.phase === 'Failed' ||
          (any.launcher.kind === 'ready' && any.launcher.terminating);
        if (unwanted) expect(['boot', 'start']).not.toContain(kind);
        else {
          const endings =
            any.unhealthy === undefined ? ['shut-down', 'kill', 'finish'] : ['shut-down', 'finish'];
          expect(endings).not.toContain(kind);
        }
      }),
    );
  });

  it('waits for a bounded, positive time', () => {
    fc.assert(
      fc.property(anyInput, (any) => {
        const step = planStep(any);
        if (step.kind !== 'wait') return;
        expect(step.afterMs).toBeGreaterThan(0);
        expect(step.afterMs).toBeLessThanOrEqual(5_000);
      }),
    );
  });
});

describe('the begin of a grace period that nobody remembers', () => {
  const early = '2026-01-01T00:00:00Z';
  const late = '2026-01-01T00:00:10Z';
  it.each<[string, MachineState | undefined, (string | undefined)[], number | undefined]>([
    ['no machine', undefined, [early], undefined],
    ['a machine that still runs is asked', running, [early], undefined],
    ['shut down by its user', { kind: 'shutting-down' }, [undefined, undefined], undefined],
    ['VMI deleted', { kind: 'shutting-down' }, [early, undefined], Date.parse(early)],
    ['Pod told to end', { kind: 'shutting-down' }, [undefined, late], Date.parse(late)],
    ['the earlier of both', { kind: 'shutting-down' }, [late, early], Date.parse(early)],
  ])('%s', (_name, machine, since, begin) => {
    expect(unrememberedStop(machine, since)).toBe(begin);
  });
});
