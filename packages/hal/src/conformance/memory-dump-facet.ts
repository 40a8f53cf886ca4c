import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../hypervisor.ts';
import type { Observed } from '../observed.ts';
import type { Bench } from './bench.ts';
import { rejects } from './expectations.ts';
import type { ConformanceOptions } from './options.ts';
import { group, offers } from './suite.ts';

/** The guest's memory as a file. */
export function memoryDumpFacet(options: ConformanceOptions): void {
  if (!offers(options, 'memoryDump')) return;
  group(options, 'memory dump', ({ test }) => {
    test('is written while the machine lives, and every connection sees how far it is', async (bench) => {
      const machine = await bench.start();
      const path = join(await bench.folder(), 'guest.memory.dump');
      await machine.facet('memoryDump').start(path);
      const { memoryDump, state } = await ended(bench, machine);
      assert.equal(memoryDump?.path, path);
      assert.equal(memoryDump.state.kind, 'completed');
      assert.equal(state.kind, 'running');
      assert.ok((await stat(path)).size > 0);
      const other = await (await bench.connect()).machine(machine.id);
      assert.deepEqual((await other?.observe())?.memoryDump, memoryDump);
      // The same again is done already; another file is another dump.
      await machine.facet('memoryDump').start(path);
      assert.deepEqual((await machine.observe()).memoryDump, memoryDump);
      await machine.facet('memoryDump').start(`${path}.2`);
      assert.equal((await ended(bench, machine)).memoryDump?.path, `${path}.2`);
    });

    test('is announced when it is over', async (bench) => {
      const machine = await bench.start();
      await using recorder = bench.events();
      await machine.facet('memoryDump').start(join(await bench.folder(), 'announced.memory.dump'));
      await ended(bench, machine);
      await recorder.next(
        0,
        'a hint at the dump',
        (event) => event.kind === 'resync' || (event.kind === 'memory-dump' && event.id === machine.id),
      );
    });

    test('goes only where it may', async (bench) => {
      const machine = await bench.start();
      const facet = machine.facet('memoryDump');
      const folder = await bench.folder();
      for (const path of ['/guest.memory.dump', `${folder}/../../guest.memory.dump`])
        await rejects(() => facet.start(path), 'forbidden');
      await rejects(() => facet.start(join(folder, 'missing', 'guest.memory.dump')), 'source-unavailable');
      const taken = await bench.file('taken', 1024);
      await rejects(() => facet.start(taken), 'conflict');
      assert.equal((await machine.observe()).memoryDump, undefined);
    });

    test('needs a machine that runs', async (bench) => {
      const machine = await bench.define();
      const path = join(await bench.folder(), 'guest.memory.dump');
      await rejects(() => machine.facet('memoryDump').start(path), 'invalid-state');
    });
  });
}

function ended(bench: Bench, machine: Machine): Promise<Observed> {
  return bench.until(
    machine,
    'the dump to end',
    bench.timeouts.bootMs,
    ({ memoryDump }) => memoryDump !== undefined && memoryDump.state.kind !== 'running',
  );
}
