import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@virtkit/controllers/runtime';
import { createMockHypervisor } from '@virtkit/hal-mock';
import type { Machine } from '@virtkit/hal';
import type { ProbePlan } from '@virtkit/machine-plan';
import { GuestProbes } from '../../src/probes/guest-probes.ts';
import type { ProbeResult } from '../../src/probes/probe-action.ts';
import { smallSpec } from '../support/small-spec.ts';

const plan: ProbePlan = {
  action: { kind: 'guest-agent-ping' },
  initialDelaySeconds: 5,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 2,
};
const second = 1000;
const key = 'default/vm';

describe('the probes of guests', () => {
  let clock: ManualClock;
  let probes: GuestProbes;
  let machine: Machine;
  let result: ProbeResult;
  let probed: number[];
  let changes: string[];

  beforeEach(async () => {
    clock = new ManualClock(0);
    result = { ok: true };
    probed = [];
    changes = [];
    probes = new GuestProbes({
      clock,
      onChange: (changed) => void changes.push(changed),
      probe: () => {
        probed.push(clock.now() / second);
        return Promise.resolve(result);
      },
    });
    await using hypervisor = await createMockHypervisor();
    machine = await hypervisor.define(smallSpec);
  });
  const follow = (plans: { readiness?: ProbePlan; liveness?: ProbePlan }, startedAt = 0) =>
    probes.follow(key, plans, { machine, address: undefined }, startedAt);

  it('waits for the initial delay, then for each period', async () => {
    follow({ readiness: plan });
    await clock.advance(26 * second);
    expect(probed).toEqual([5, 15, 25]);
  });

  it('counts the initial delay from the start of the machine, which may be long ago', async () => {
    await clock.advance(60 * second);
    follow({ readiness: plan }, 0);
    await clock.advance(0);
    expect(probed).toEqual([60]);
  });

  it('tells of each change of a verdict once', async () => {
    follow({ readiness: plan });
    expect(probes.health(key).readiness).toBe('unknown');
    await clock.advance(16 * second);
    expect(probes.health(key).readiness).toBe('healthy');
    expect(changes).toEqual([key]);
    result = { ok: false, reason: 'ProbeFailed', message: 'HTTP status 500' };
    await clock.advance(10 * second);
    expect(probes.health(key).readiness).toBe('healthy');
    await clock.advance(30 * second);
    expect(probes.health(key)).toMatchObject({
      readiness: 'unhealthy',
      readinessFailure: { message: 'HTTP status 500' },
    });
    expect(changes).toEqual([key, key]);
  });

  it('tells of a new reason for the same verdict, but not of each message', async () => {
    const failing = { ...plan, failureThreshold: 1 };
    result = { ok: false, reason: 'GuestUnreachable', message: 'no agent' };
    follow({ readiness: failing }, 0);
    await clock.advance(plan.initialDelaySeconds * second);
    expect(changes).toEqual([key]);
    for (const message of ['exit status 7', 'exit status 8']) {
      result = { ok: false, reason: 'ProbeFailed', message };
      await clock.advance(plan.periodSeconds * second);
      expect(probes.health(key).readinessFailure).toEqual({ reason: 'ProbeFailed', message });
    }
    expect(changes).toEqual([key, key]);
  });

  it('counts readiness and liveness by themselves', async () => {
    result = { ok: false, reason: 'ProbeFailed', message: 'no' };
    follow({ readiness: plan, liveness: { ...plan, failureThreshold: 1 } });
    await clock.advance(6 * second);
    expect(probes.health(key)).toMatchObject({ readiness: 'unknown', liveness: 'unhealthy' });
  });

  it('lets a paused guest be, and keeps what it knows of it', async () => {
    follow({ liveness: plan });
    await clock.advance(6 * second);
    probes.suspend(key);
    result = { ok: false, reason: 'GuestUnreachable', message: 'paused' };
    await clock.advance(100 * second);
    expect(probed).toEqual([5]);
    expect(probes.health(key).liveness).toBe('healthy');
    follow({ liveness: plan });
    await clock.advance(20 * second);
    expect(probes.health(key).liveness).toBe('unhealthy');
  });

  it('does not count a result of a guest that was paused meanwhile', async () => {
    const answer = Promise.withResolvers<ProbeResult>();
    using slow = new GuestProbes({
      clock,
      onChange: (changed) => void changes.push(changed),
      probe: () => answer.promise,
    });
    slow.follow(key, { liveness: { ...plan, failureThreshold: 1 } }, { machine, address: undefined }, 0);
    await clock.advance(6 * second);
    slow.suspend(key);
    answer.resolve({ ok: false, reason: 'GuestUnreachable', message: 'paused' });
    await clock.advance(1);
    expect(slow.health(key).liveness).toBe('unknown');
  });

  it('does nothing for a guest without probes', async () => {
    follow({});
    await clock.advance(100 * second);
    expect(probed).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  it('keeps no timers when the guest or the program ends', async () => {
    follow({ readiness: plan, liveness: plan });
    probes.end(key);
    expect(clock.waiting).toBe(0);
    follow({ readiness: plan });
    probes[Symbol.dispose]();
    await clock.advance(100 * second);
    expect(probed).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  it('keeps no timers when a probe is under way at the end', async () => {
    const answer = Promise.withResolvers<ProbeResult>();
    const slow = new GuestProbes({ clock, onChange: () => undefined, probe: () => answer.promise });
    slow.follow(key, { readiness: plan }, { machine, address: undefined }, 0);
    await clock.advance(6 * second);
    slow[Symbol.dispose]();
    answer.resolve({ ok: true });
    await clock.advance(0);
    expect(clock.waiting).toBe(0);
  });
});
