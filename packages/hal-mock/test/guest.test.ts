import type { Machine, MachineEvent } from '@virtkit/hal';
import { parseMachineSpec } from '@virtkit/hal';
import { createMockHypervisor, MockHost, StepScheduler, type GuestBehaviourInput } from '@virtkit/hal-mock';
import { describe, expect, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';

async function started(behaviour: GuestBehaviourInput, overrides: Parameters<typeof smallMachine>[0] = {}) {
  const time = new StepScheduler();
  const host = new MockHost({ scheduler: time, behaviour });
  const hypervisor = await createMockHypervisor({ host });
  const events: MachineEvent['kind'][] = [];
  const stream = hypervisor.events();
  void (async () => {
    for await (const event of stream) events.push(event.kind);
  })();
  const machine = await hypervisor.define(parseMachineSpec(smallMachine(overrides), 'mock'));
  await machine.start();
  const log = async () => Buffer.from(await machine.facet('consoles').log()).toString();
  return { time, host, hypervisor, machine, events, log };
}

async function state(machine: Machine) {
  return (await machine.observe()).state;
}

const slow: GuestBehaviourInput = {
  boot: [
    { afterMs: 100, console: 'one ' },
    { afterMs: 200, console: 'two ' },
  ],
  agentAfterMs: 300,
  shutdown: { obeys: true, afterMs: 50 },
};

describe('a guest in single-step mode', () => {
  it('boots only as far as time was moved', async () => {
    const { time, machine, log } = await started(slow);
    expect(await log()).toBe('');
    time.advance(100);
    expect(await log()).toBe('one ');
    expect(time.step()).toBe(true);
    expect(await log()).toBe('one two ');
    expect((await machine.observe()).guestAgent.connected).toBe(false);
    time.advance(100);
    expect((await machine.observe()).guestAgent.connected).toBe(true);
  });

  it('stands still while paused, and its time does too', async () => {
    const { time, machine, log } = await started(slow);
    time.advance(150);
    await machine.facet('pause').pause();
    time.advance(10_000);
    expect(await log()).toBe('one ');
    await machine.facet('pause').resume();
    time.advance(49);
    expect(await log()).toBe('one ');
    time.advance(1);
    expect(await log()).toBe('one two ');
  });

  it('obeys a shutdown that came while it booted once it is up', async () => {
    const { time, machine } = await started(slow);
    await machine.stop('graceful');
    time.advance(200);
    expect(await state(machine)).toEqual({ kind: 'shutting-down' });
    time.advance(50);
    expect(await state(machine)).toEqual({ kind: 'stopped', reason: 'shutdown' });
  });

  it('can ignore a shutdown', async () => {
    const { time, machine } = await started({ ...slow, shutdown: { obeys: false } });
    await machine.stop('graceful');
    time.advance(1_000_000);
    expect(await state(machine)).toEqual({ kind: 'shutting-down' });
  });

  it('writes nothing on a silent console', async () => {
    const { time, log } = await started({ ...slow, console: 'silent' });
    time.advance(1000);
    expect(await log()).toBe('');
  });

  it('loses its agent at a reset and finds it again', async () => {
    const { time, machine } = await started(slow);
    time.advance(300);
    await machine.facet('reset').reset();
    expect((await machine.observe()).guestAgent.connected).toBe(false);
    time.advance(300);
    expect((await machine.observe()).guestAgent.connected).toBe(true);
  });

  it.each([
    ['shutdown', { kind: 'stopped', reason: 'shutdown' }, 'state'],
    ['crash', { kind: 'stopped', reason: 'crashed' }, 'state'],
    ['panic', { kind: 'stopped', reason: 'panicked' }, 'guest-panicked'],
    ['reboot', { kind: 'running' }, 'guest-reboot'],
    ['io-error', { kind: 'paused', reason: 'io-error' }, 'io-error'],
    ['watchdog', { kind: 'paused', reason: 'watchdog' }, 'watchdog'],
    ['agent-lost', { kind: 'running' }, 'guest-agent'],
  ] as const)('has the incident %s', async (kind, expected, event) => {
    const { time, machine, events } = await started({ incidents: [{ afterMs: 500, kind }] });
    time.advance(499);
    expect(await state(machine)).toEqual({ kind: 'running' });
    events.length = 0;
    time.advance(1);
    expect(await state(machine)).toEqual(expected);
    expect(events).toContain(event);
  });

  it('behaves as its own spec says, over what the host says', async () => {
    const backend = { mock: { agentAfterMs: 7 } };
    const { time, machine, log } = await started(slow, { backend });
    time.advance(7);
    expect((await machine.observe()).guestAgent.connected).toBe(true);
    time.advance(200);
    expect(await log()).toBe('one two ');
  });

  it('refuses behaviour that does not exist', async () => {
    await expect(started(slow, { backend: { mock: { agentAfterMs: -1 } } })).rejects.toMatchObject({
      code: 'invalid-spec',
      field: '/backend/mock/agentAfterMs',
    });
  });
});
