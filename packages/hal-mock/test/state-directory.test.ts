import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMachineSpec } from '@virtkit/hal';
import { createMockHypervisor, StepScheduler } from '@virtkit/hal-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';

const spec = parseMachineSpec(smallMachine(), 'mock');
let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'hal-mock-'));
});

afterEach(() => rmSync(stateDir, { recursive: true }));

describe('a host that keeps its state', () => {
  it('lets a later process adopt a running machine with the time that has passed', async () => {
    const first = new StepScheduler();
    const before = await createMockHypervisor({ stateDir, scheduler: first });
    await (await before.define(spec)).start();
    const { startedAt } = await (await before.machine(spec.id))!.observe();

    const later = new StepScheduler(first.now() + 60_000);
    const after = await createMockHypervisor({ stateDir, scheduler: later });
    const observed = await (await after.machine(spec.id))!.observe();
    expect(observed).toMatchObject({
      state: { kind: 'running' },
      startedAt,
      guestAgent: { connected: true },
    });
    await (await after.machine(spec.id))!.stop('graceful');
    later.advance(100);
    expect((await (await after.machine(spec.id))!.observe()).state).toEqual({
      kind: 'stopped',
      reason: 'shutdown',
    });
  });

  it('goes on with a shutdown that was asked for before', async () => {
    const before = await createMockHypervisor({ stateDir, scheduler: new StepScheduler() });
    const machine = await before.define(spec);
    await machine.start();
    await machine.stop('graceful');
    const time = new StepScheduler();
    const after = await createMockHypervisor({ stateDir, scheduler: time });
    time.advance(1000);
    expect((await (await after.machine(spec.id))!.observe()).state.kind).toBe('stopped');
  });

  it('keeps nothing of an undefined machine', async () => {
    const hypervisor = await createMockHypervisor({ stateDir });
    await (await hypervisor.define(spec)).undefine();
    expect(readdirSync(stateDir)).toEqual([]);
  });

  it('refuses a record that it cannot read', async () => {
    writeFileSync(join(stateDir, 'x.json'), '{"format":2}');
    await expect(createMockHypervisor({ stateDir })).rejects.toMatchObject({ code: 'failed' });
  });
});
