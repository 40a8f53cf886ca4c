import { HalError, parseMachineSpec, type Hypervisor, type MachineEvent } from '@virtkit/hal';
import { createMockHypervisor, MockHost, StepScheduler } from '@virtkit/hal-mock';
import { describe, expect, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';

const spec = parseMachineSpec(smallMachine(), 'mock');

async function open() {
  const time = new StepScheduler();
  const host = new MockHost({ scheduler: time, costMs: { start: 400 } });
  return { time, host, hypervisor: await createMockHypervisor({ host }) };
}

function record(hypervisor: Hypervisor): MachineEvent['kind'][] {
  const kinds: MachineEvent['kind'][] = [];
  const stream = hypervisor.events();
  void (async () => {
    for await (const { kind } of stream) kinds.push(kind);
  })();
  return kinds;
}

describe('scripted faults', () => {
  it('hit the nth matching call and then as many as told', async () => {
    const { host, hypervisor } = await open();
    host.faults.inject({ operation: 'define', nth: 2, times: 2, code: 'insufficient-resources' });
    const outcomes: string[] = [];
    for (let call = 1; call <= 4; call += 1) {
      outcomes.push(
        await hypervisor.define(spec).then(
          () => 'done',
          (error: unknown) => (error instanceof HalError ? error.code : 'another error'),
        ),
      );
    }
    expect(outcomes).toEqual(['done', 'insufficient-resources', 'insufficient-resources', 'done']);
  });

  it('can be meant for one machine, and be taken back', async () => {
    const { host, hypervisor } = await open();
    host.faults.inject({ operation: 'any', machineId: 'another', code: 'failed' });
    const takeBack = host.faults.inject({ operation: 'define', code: 'failed' });
    takeBack();
    await expect(hypervisor.define(spec)).resolves.toMatchObject({ id: spec.id });
  });

  it('can lose the answer of a call that took effect', async () => {
    const { host, hypervisor } = await open();
    host.faults.inject({ operation: 'define', code: 'connection-lost', moment: 'after' });
    await expect(hypervisor.define(spec)).rejects.toMatchObject({ code: 'connection-lost' });
    expect(await hypervisor.machine(spec.id)).toBeDefined();
  });

  it('can delay a call, which can be aborted meanwhile', async () => {
    const { time, host, hypervisor } = await open();
    host.faults.inject({ operation: 'list', times: 2, delayMs: 50 });
    const first = hypervisor.list();
    time.advance(50);
    expect(await first).toEqual([]);
    const abort = new AbortController();
    const second = hypervisor.list({ signal: abort.signal });
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'aborted' });
    expect(time.size).toBe(0);
  });

  it('can lose events', async () => {
    const { host, hypervisor } = await open();
    const kinds = record(hypervisor);
    host.faults.loseEvents(({ kind }) => kind === 'state');
    const machine = await hypervisor.define(spec);
    host.faults.keepEvents();
    await machine.undefine();
    expect(kinds).toEqual(['state']);
  });
});

describe('a mock host', () => {
  it('charges what calls cost', async () => {
    const { time, hypervisor } = await open();
    const machine = await hypervisor.define(spec);
    const start = machine.start();
    time.advance(399);
    expect((await machine.observe()).state.kind).toBe('defined');
    time.advance(1);
    await start;
    expect((await machine.observe()).state.kind).toBe('running');
  });

  it('can be out of reach; afterwards everything is to be observed again', async () => {
    const { host, hypervisor } = await open();
    const machine = await hypervisor.define(spec);
    const kinds = record(hypervisor);
    host.disconnect();
    await expect(machine.observe()).rejects.toMatchObject({ code: 'connection-lost' });
    host.inspect(spec.id)?.start();
    host.reconnect();
    expect((await machine.observe()).state.kind).toBe('running');
    expect(kinds).toEqual(['resync']);
  });

  it.each(['unusable', 'absent'] as const)('says that hardware virtualisation is %s', async (state) => {
    const hypervisor = await createMockHypervisor({ hardwareVirtualization: state });
    expect((await hypervisor.capabilities()).hardwareVirtualization).toMatchObject({ state });
    const machine = await hypervisor.define({ ...spec, acceleration: 'hardware' });
    await expect(machine.start()).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
  });
});
