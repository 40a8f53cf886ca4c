import assert from 'node:assert/strict';
import { ObservedSchema } from '../observed.ts';
import type { ConformanceOptions } from './options.ts';
import { rejects } from './expectations.ts';
import { group } from './suite.ts';

/** start, stop and observe, in every state. */
export function lifecycle(options: ConformanceOptions): void {
  group(options, 'start and stop', ({ test, offers }) => {
    test('observe says what is there, before, during and after a run', async (bench) => {
      const spec = bench.spec();
      const machine = await bench.hypervisor.define(spec);
      const before = ObservedSchema.parse(await machine.observe());
      assert.deepEqual(before.state, { kind: 'defined' });
      assert.equal(before.hypervisor, bench.hypervisor.name);
      assert.equal(before.startedAt, undefined);

      await machine.start();
      const during = ObservedSchema.parse(await machine.observe());
      assert.deepEqual(during.state, { kind: 'running' });
      assert.equal(during.vcpus, spec.cpu.sockets * spec.cpu.cores * spec.cpu.threads);
      assert.ok(during.acceleration, 'what executes guest code is known once it runs');
      assert.ok(during.machineType, 'the machine type is known once it runs');
      assert.ok(during.startedAt, 'the start of the run is known');
      assert.ok((during.memory?.currentBytes ?? 0) > 0);
      assert.deepEqual(new Set(during.disks.map(({ id }) => id)), new Set(spec.disks.map(({ id }) => id)));
      assert.deepEqual(
        during.interfaces.map(({ id, mac }) => ({ id, mac })),
        spec.interfaces.map(({ id, mac }) => ({ id, mac })),
      );

      await machine.stop('force');
      const after = ObservedSchema.parse(await machine.observe());
      assert.deepEqual(after.state, { kind: 'stopped', reason: 'destroyed' });
      assert.equal(after.guestAgent.connected, false);
      assert.equal(after.pid, undefined);
    });

    test('starting a running machine changes nothing', async (bench) => {
      const machine = await bench.start();
      const { startedAt, pid } = await machine.observe();
      await machine.start();
      const again = await machine.observe();
      assert.equal(again.startedAt, startedAt);
      assert.equal(again.pid, pid);
    });

    test('a forced stop ends a machine at once, and again succeeds', async (bench) => {
      const machine = await bench.start();
      await machine.stop('force');
      assert.equal((await machine.observe()).state.kind, 'stopped');
      await machine.stop('force');
      await machine.stop('graceful');
      assert.deepEqual((await machine.observe()).state, { kind: 'stopped', reason: 'destroyed' });
    });

    test('stopping a machine that never ran succeeds and leaves it defined', async (bench) => {
      const machine = await bench.define();
      await machine.stop('graceful');
      await machine.stop('force');
      assert.equal((await machine.observe()).state.kind, 'defined');
    });

    test('a graceful stop lets the guest shut down', async (bench) => {
      const machine = await bench.boot();
      await machine.stop('graceful');
      const asked = await machine.observe();
      assert.ok(['shutting-down', 'stopped'].includes(asked.state.kind), `observed ${asked.state.kind}`);
      const stopped = await bench.untilState(machine, 'stopped');
      assert.deepEqual(stopped.state, { kind: 'stopped', reason: 'shutdown' });
    });

    test('a graceful stop can be asked for twice and followed by a forced one', async (bench) => {
      const machine = await bench.boot();
      await machine.stop('graceful');
      await machine.stop('graceful');
      await machine.stop('force');
      assert.equal((await machine.observe()).state.kind, 'stopped');
    });

    test('a stopped machine starts again', async (bench) => {
      const machine = await bench.start();
      await machine.stop('force');
      await machine.start();
      assert.equal((await machine.observe()).state.kind, 'running');
    });

    test('a missing source image is named before the guest runs', async (bench) => {
      const path = '/nonexistent/conformance.img';
      const disks = [
        { id: 'missing', device: 'disk', bus: 'virtio', source: { kind: 'ephemeral', path, format: 'raw' } },
      ] as const;
      const error = await rejects(() => bench.start({ disks: [...disks] }), 'source-unavailable');
      assert.ok(error.message.includes(path), 'the message names the path');
      assert.equal(error.retry, 'backoff');
    });

    test('more memory than the host has is refused', async (bench) => {
      const memory = { sizeBytes: bench.impossibleMemory() };
      const error = await rejects(() => bench.start({ memory }), 'insufficient-resources');
      assert.equal(error.retry, 'backoff');
    });

    if (offers('onRebootTerminate') && offers('softReboot')) {
      test('onReboot terminate: a reboot from inside ends the machine', async (bench) => {
        const machine = await bench.boot({ onReboot: 'terminate' });
        await machine.facet('softReboot').softReboot();
        await bench.untilState(machine, 'stopped');
      });
    }
  });
}
