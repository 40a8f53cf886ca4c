import assert from 'node:assert/strict';
import { MachineEventSchema } from '../events.ts';
import { concerns } from './bench.ts';
import type { ConformanceOptions } from './options.ts';
import { group } from './suite.ts';

/** Events are hints: each transition gives at least one reason to look, and looking then tells the truth. */
export function events(options: ConformanceOptions): void {
  group(options, 'events', ({ test }) => {
    test('every transition is hinted at, and observe is right after the hint', async (bench) => {
      await using recorder = bench.events();
      const machine = await bench.define();
      const hinted = async (mark: number, state: string): Promise<void> => {
        await recorder.next(mark, `a hint at ${state}`, (event) => concerns(event, machine.id));
        assert.equal((await machine.observe()).state.kind, state);
      };
      let mark = recorder.mark();
      await machine.start();
      await hinted(mark, 'running');
      await bench.ready(machine);
      mark = recorder.mark();
      await machine.stop('graceful');
      await bench.untilState(machine, 'stopped');
      await hinted(mark, 'stopped');
      for (const event of recorder.since(0)) MachineEventSchema.parse(event);
    });

    test('a forced stop is hinted at through another connection', async (bench) => {
      const machine = await bench.start();
      const other = await bench.connect();
      await using recorder = bench.events();
      const mark = recorder.mark();
      await (await other.machine(machine.id))!.stop('force');
      await recorder.next(mark, 'a hint at stopped', (event) => concerns(event, machine.id));
    });

    test('each subscriber gets its own hints', async (bench) => {
      await using first = bench.events();
      await using second = bench.events();
      const machine = await bench.start();
      await first.next(0, 'first subscriber', (event) => concerns(event, machine.id));
      await second.next(0, 'second subscriber', (event) => concerns(event, machine.id));
    });

    test('an aborted subscription ends without an error', async (bench) => {
      const recorder = bench.events();
      recorder.abort();
      await recorder.ended();
      for await (const event of bench.hypervisor.events({ signal: AbortSignal.abort() })) {
        assert.fail(`an aborted subscription yielded ${event.kind}`);
      }
    });

    test('leaving the loop ends the subscription', async (bench) => {
      const subscription = bench.hypervisor.events();
      const machine = await bench.start();
      for await (const event of subscription) {
        if (concerns(event, machine.id)) break;
      }
      await machine.stop('force');
    });

    test('disposing the hypervisor ends its subscriptions', async (bench) => {
      const other = await bench.connect();
      const subscription = other.events()[Symbol.asyncIterator]();
      await other[Symbol.asyncDispose]();
      for (let step = await subscription.next(); step.done !== true; step = await subscription.next()) {
        MachineEventSchema.parse(step.value);
      }
    });
  });
}
