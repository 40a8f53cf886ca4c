import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { HalError } from '../errors.ts';
import type { ConformanceOptions } from './options.ts';
import { rejects } from './expectations.ts';
import { poll } from './bench.ts';
import { group, offers } from './suite.ts';
import { readUntil, within } from './streams.ts';

/** Serial consoles: output, takeover, end, log. */
export function consoleFacet(options: ConformanceOptions): void {
  if (!offers(options, 'consoles')) return;
  group(options, 'serial console', ({ test }) => {
    if (options.guest.consoleOutput) {
      test('what the guest writes arrives, and is kept in the log', async (bench) => {
        const machine = await bench.start();
        const stream = await machine.facet('consoles').open(0);
        // A guest that has booted already says no more by itself; a key press makes its terminal answer.
        stream.write('\n');
        const output = await readUntil(stream, bench.timeouts.bootMs, (bytes) => bytes.length > 0);
        assert.ok(output.length > 0);
        stream.destroy();
        const log = await poll('a console log', bench.timeouts.bootMs, async () => {
          const bytes = await machine.facet('consoles').log();
          return bytes.byteLength > 16 ? bytes : undefined;
        });
        const tail = await machine.facet('consoles').log({ maxBytes: 16 });
        assert.equal(tail.byteLength, 16);
        assert.ok(log.byteLength <= 64 * 1024, 'the log is bounded by default');
      });

      test('the log outlives the run', async (bench) => {
        const machine = await bench.boot();
        await machine.stop('force');
        assert.ok((await machine.facet('consoles').log()).byteLength > 0);
      });
    }

    test('a second open takes the console over', async (bench) => {
      const machine = await bench.start();
      const first = await machine.facet('consoles').open(0);
      first.resume();
      const ended = within(bench.timeouts.callMs, 'the first stream to fail', once(first, 'error'));
      const second = await machine.facet('consoles').open(0);
      second.resume();
      const [error] = (await ended) as unknown[];
      assert.ok(error instanceof HalError, String(error));
      assert.equal(error.code, 'conflict');
      assert.equal(second.destroyed, false);
      second.destroy();
    });

    test('a console that was closed can be opened again', async (bench) => {
      const machine = await bench.start();
      const first = await machine.facet('consoles').open(0);
      first.resume();
      const closed = once(first, 'close');
      first.destroy();
      await within(bench.timeouts.callMs, 'the stream to close', closed);
      const second = await machine.facet('consoles').open(0);
      second.destroy();
    });

    test('a console that changes hands all the time keeps opening', async (bench) => {
      const machine = await bench.start();
      const open = async (): Promise<Duplex> => {
        const stream = await machine.facet('consoles').open(0);
        stream.on('error', (error) => assert.ok(error instanceof HalError && error.code === 'conflict'));
        stream.resume();
        return stream;
      };
      // Ends and openings overlap in every way: nobody waits for the end of a stream, and two ask at the same time.
      for (let round = 0; round < 100; round++) {
        const [first, second] = await within(
          bench.timeouts.callMs,
          `consoles of round ${round}`,
          Promise.all([open(), open()]),
        );
        if (round % 3 > 0) second.destroy();
        if (round % 3 > 1) first.destroy();
      }
      (await within(bench.timeouts.callMs, 'the last console', open())).destroy();
    });

    test('the stream ends when the machine stops', async (bench) => {
      const machine = await bench.start();
      const stream = await machine.facet('consoles').open(0);
      stream.resume();
      const ended = within(bench.timeouts.stopMs, 'the stream to end', once(stream, 'end'));
      await machine.stop('force');
      await ended;
      stream.destroy();
    });

    test('there is no console where the machine does not run or has no such port', async (bench) => {
      const machine = await bench.define();
      await rejects(() => machine.facet('consoles').open(0), 'invalid-state');
      await machine.start();
      await rejects(() => machine.facet('consoles').open(7), 'unsupported');
      await rejects(() => machine.facet('consoles').open(0, { signal: AbortSignal.abort() }), 'aborted');
    });

    test('a machine without serial console refuses to open one', async (bench) => {
      const machine = await bench.start({ serialConsole: undefined });
      await rejects(() => machine.facet('consoles').open(0), 'unsupported');
    });
  });
}
