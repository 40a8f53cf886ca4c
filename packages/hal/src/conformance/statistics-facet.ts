import assert from 'node:assert/strict';
import type { Machine } from '../hypervisor.ts';
import { MachineStatisticsSchema, type MachineStatistics } from '../statistics.ts';
import { poll, type Bench } from './bench.ts';
import { rejects } from './expectations.ts';
import type { ConformanceOptions } from './options.ts';
import { group, offers } from './suite.ts';

/** Counters of what a machine uses. */
export function statisticsFacet(options: ConformanceOptions): void {
  if (!offers(options, 'statistics')) return;
  group(options, 'statistics', ({ test }) => {
    test('tell of CPUs, memory, disks and interfaces by the names of the spec', async (bench) => {
      const machine = await bench.start();
      const { cpu, disks, interfaces } = await machine.spec();
      const found = await read(machine);
      assert.deepEqual(
        found.vcpus.map(({ id }) => id),
        Array.from({ length: cpu.sockets * cpu.cores * cpu.threads }, (_, id) => id),
      );
      assert.ok((found.cpu.seconds ?? 0) > 0, 'a guest that booted has used CPU time');
      assert.ok((found.memory.balloonBytes ?? 0) > 0, 'a guest has memory');
      assert.deepEqual(
        found.disks.map(({ id }) => id),
        disks.map(({ id }) => id),
      );
      // Not every way to connect an interface can be counted.
      const known = new Set(interfaces.map(({ id }) => id));
      for (const { id } of found.interfaces) assert.ok(known.has(id), `${id} is an interface of the spec`);
    });

    test('grow, and are the same through every connection', async (bench) => {
      const machine = await bench.start();
      const before = await read(machine);
      const other = await (await bench.connect()).machine(machine.id);
      assert.ok(other !== undefined);
      const after = await later(bench, other, before);
      assert.ok(Date.parse(after.takenAt) >= Date.parse(before.takenAt));
      for (const [index, disk] of after.disks.entries())
        assert.ok((disk.readRequests ?? 0) >= (before.disks[index]?.readRequests ?? 0));
    });

    test('need a machine that runs', async (bench) => {
      const machine = await bench.define();
      await rejects(() => machine.facet('statistics').read(), 'invalid-state');
      await machine.start();
      await machine.stop('force');
      await rejects(() => machine.facet('statistics').read(), 'invalid-state');
    });

    test('end with an aborted call', async (bench) => {
      const machine = await bench.start();
      await rejects(() => machine.facet('statistics').read({ signal: AbortSignal.abort() }), 'aborted');
    });
  });
}

/** What the facet says, held against its schema. */
async function read(machine: Machine): Promise<MachineStatistics> {
  return MachineStatisticsSchema.parse(await machine.facet('statistics').read());
}

/** Statistics by which the guest has used more CPU time than before. */
async function later(bench: Bench, machine: Machine, before: MachineStatistics): Promise<MachineStatistics> {
  return poll('the guest to use CPU time', bench.timeouts.bootMs, async () => {
    const found = await read(machine);
    return (found.cpu.seconds ?? 0) > (before.cpu.seconds ?? 0) ? found : undefined;
  });
}
