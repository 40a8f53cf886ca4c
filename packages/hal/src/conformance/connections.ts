import assert from 'node:assert/strict';
import type { CallOptions } from '../facets.ts';
import type { Hypervisor, Machine } from '../hypervisor.ts';
import { HalError } from '../errors.ts';
import { sameMachineSpec } from '../parse-machine-spec.ts';
import type { MachineSpec } from '../machine-spec.ts';
import type { ConformanceOptions } from './options.ts';
import { rejects } from './expectations.ts';
import { group } from './suite.ts';

/** Adoption by another process, disposal, abort signals, and calls that meet on one machine. */
export function connections(options: ConformanceOptions): void {
  group(options, 'adoption and disposal', ({ test }) => {
    test('machines survive the connection that made them and are adopted by the next', async (bench) => {
      const spec = bench.spec({ labels: { keep: 'me' } });
      const first = await bench.connect();
      await (await first.define(spec)).start();
      const { startedAt } = await (await first.machine(spec.id))!.observe();
      await first[Symbol.asyncDispose]();

      const second = await bench.connect();
      const listed = (await second.list()).find(({ id }) => id === spec.id);
      assert.deepEqual(listed, { id: spec.id, name: spec.name, labels: { keep: 'me' } });
      const adopted = (await second.machine(spec.id))!;
      assert.ok(sameMachineSpec(await adopted.spec(), spec));
      const observed = await adopted.observe();
      assert.equal(observed.state.kind, 'running');
      assert.equal(observed.startedAt, startedAt);
      await second.define(spec);
      await adopted.stop('force');
      assert.equal((await adopted.observe()).state.kind, 'stopped');
    });

    test('a disposed connection refuses every call, and disposing again succeeds', async (bench) => {
      const spec = bench.spec();
      const connection = await bench.connect();
      const machine = await connection.define(spec);
      await connection[Symbol.asyncDispose]();
      await connection[Symbol.asyncDispose]();
      for (const call of calls(connection, machine, spec)) await rejects(() => call({}), 'closed');
      assert.ok(await bench.hypervisor.machine(spec.id), 'the machine is still there');
    });
  });

  group(options, 'abort signals', ({ test, offers }) => {
    test('a call with an aborted signal does nothing', async (bench) => {
      const machine = await bench.define();
      const spec = await machine.spec();
      const signal = AbortSignal.abort();
      for (const call of calls(bench.hypervisor, machine, spec))
        await rejects(() => call({ signal }), 'aborted');
      assert.equal((await machine.observe()).state.kind, 'defined');
    });

    if (offers('guestAgent')) {
      test('a call that waits for the guest can be given up', async (bench) => {
        const machine = await bench.start();
        const abort = new AbortController();
        const ping = machine.facet('guestAgent').ping({ signal: abort.signal });
        abort.abort();
        // A guest that has just started may have been found without agent before the signal was seen.
        await rejects(() => ping, 'aborted', 'guest-agent-unavailable');
      });
    }
  });

  group(options, 'calls that meet', ({ test }) => {
    test('defining the same machine at once gives one machine', async (bench) => {
      const spec = bench.spec();
      const machines = await Promise.all(Array.from({ length: 4 }, () => bench.hypervisor.define(spec)));
      assert.deepEqual(new Set(machines.map(({ id }) => id)), new Set([spec.id]));
      assert.equal((await bench.hypervisor.list()).filter(({ id }) => id === spec.id).length, 1);
    });

    test('starting the same machine at once starts it once', async (bench) => {
      const spec = bench.spec();
      const machine = await bench.hypervisor.define(spec);
      const other = (await (await bench.connect()).machine(spec.id))!;
      await Promise.all([machine.start(), other.start(), machine.start()]);
      const observed = await machine.observe();
      assert.equal(observed.state.kind, 'running');
      assert.equal((await other.observe()).startedAt, observed.startedAt);
    });

    test('calls that contradict each other end in success or a typed error, and in a clear state', async (bench) => {
      const machine = await bench.define();
      const outcomes = await Promise.allSettled([
        machine.start(),
        machine.stop('force'),
        machine.observe(),
        machine.start(),
        machine.stop('graceful'),
        machine.observe(),
      ]);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') {
          assert.ok(outcome.reason instanceof HalError, String(outcome.reason));
        }
      }
      await machine.stop('force');
      const { kind } = (await machine.observe()).state;
      assert.ok(kind === 'stopped' || kind === 'defined', `observed ${kind}`);
      await machine.start();
      assert.equal((await machine.observe()).state.kind, 'running');
    });

    test('undefining at once from two connections leaves nothing', async (bench) => {
      const machine = await bench.start();
      const other = (await (await bench.connect()).machine(machine.id))!;
      await Promise.all([machine.undefine(), other.undefine(), machine.undefine()]);
      assert.equal(await bench.hypervisor.machine(machine.id), undefined);
    });
  });
}

function calls(
  hypervisor: Hypervisor,
  machine: Machine,
  spec: MachineSpec,
): ((options: CallOptions) => Promise<unknown>)[] {
  return [
    (options) => hypervisor.capabilities(options),
    (options) => hypervisor.list(options),
    (options) => hypervisor.machine(spec.id, options),
    (options) => hypervisor.define(spec, options),
    (options) => machine.observe(options),
    (options) => machine.spec(options),
    (options) => machine.start(options),
    (options) => machine.stop('force', options),
    (options) => machine.undefine(options),
  ];
}
