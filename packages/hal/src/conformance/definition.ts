import assert from 'node:assert/strict';
import { sameMachineSpec } from '../parse-machine-spec.ts';
import type { ConformanceOptions } from './options.ts';
import { rejects } from './expectations.ts';
import { group } from './suite.ts';

/** define, undefine, list and spec: what a hypervisor knows. */
export function definition(options: ConformanceOptions): void {
  group(options, 'define and undefine', ({ test, offers }) => {
    test('a defined machine is known, with its spec and labels', async (bench) => {
      const spec = bench.spec({ labels: { tier: 'conformance' } });
      const machine = await bench.hypervisor.define(spec);
      assert.equal(machine.id, spec.id);
      assert.equal(machine.name, spec.name);
      assert.ok(sameMachineSpec(await machine.spec(), spec), 'spec() returns what was defined');
      assert.equal((await machine.observe()).state.kind, 'defined');
      const listed = (await bench.hypervisor.list()).find(({ id }) => id === spec.id);
      assert.deepEqual(listed, { id: spec.id, name: spec.name, labels: { tier: 'conformance' } });
      assert.equal((await bench.hypervisor.machine(spec.id))?.id, spec.id);
    });

    test('defining an equal spec again changes nothing', async (bench) => {
      const spec = bench.spec();
      await bench.hypervisor.define(spec);
      const again = await bench.hypervisor.define(structuredClone(spec));
      assert.equal(again.id, spec.id);
      const listed = (await bench.hypervisor.list()).filter(({ id }) => id === spec.id);
      assert.equal(listed.length, 1);
    });

    test('defining an equal spec of a running machine leaves it running', async (bench) => {
      const spec = bench.spec();
      const machine = await bench.hypervisor.define(spec);
      await machine.start();
      const { startedAt } = await machine.observe();
      const again = await bench.hypervisor.define(spec);
      assert.equal((await again.observe()).state.kind, 'running');
      assert.equal((await again.observe()).startedAt, startedAt);
    });

    test('another spec under the same id is a conflict', async (bench) => {
      const spec = bench.spec();
      await bench.hypervisor.define(spec);
      await rejects(() => bench.hypervisor.define({ ...spec, labels: { changed: 'yes' } }), 'conflict');
      assert.ok(sameMachineSpec(await (await bench.hypervisor.machine(spec.id))!.spec(), spec));
    });

    test('another machine under the same name is a conflict', async (bench) => {
      const first = bench.spec();
      await bench.hypervisor.define(first);
      const second = bench.spec({ name: first.name });
      await rejects(() => bench.hypervisor.define(second), 'conflict');
      assert.equal(await bench.hypervisor.machine(second.id), undefined);
    });

    test('a spec that contradicts the schema is invalid, and the field is named', async (bench) => {
      const spec = bench.spec();
      const error = await rejects(
        () => bench.hypervisor.define({ ...spec, cpu: { ...spec.cpu, sockets: 0 } }),
        'invalid-spec',
      );
      assert.equal(error.field, '/cpu/sockets');
      assert.equal(error.retry, 'never');
      assert.equal(await bench.hypervisor.machine(spec.id), undefined);
    });

    test('a spec of another version is refused', async (bench) => {
      const spec = Object.assign(bench.spec(), { version: 2 });
      await rejects(() => bench.hypervisor.define(spec), 'unsupported');
    });

    test('options of another backend are refused', async (bench) => {
      const spec = bench.spec();
      spec.backend = { ...spec.backend, 'another-hypervisor': { turbo: true } };
      const error = await rejects(() => bench.hypervisor.define(spec), 'unsupported');
      assert.equal(error.field, '/backend/another-hypervisor');
    });

    for (const [feature, field, value] of [
      ['startPaused', '/startPaused', { startPaused: true }],
      ['onRebootTerminate', '/onReboot', { onReboot: 'terminate' }],
    ] as const) {
      if (offers(feature)) continue;
      test(`${feature}: refused as unsupported`, async (bench) => {
        const error = await rejects(() => bench.define(value), 'unsupported');
        assert.equal(error.field, field);
      });
    }

    test('an undefined machine is forgotten, and undefining it again succeeds', async (bench) => {
      const machine = await bench.define();
      await machine.undefine();
      await machine.undefine();
      assert.equal(await bench.hypervisor.machine(machine.id), undefined);
      assert.ok(!(await bench.hypervisor.list()).some(({ id }) => id === machine.id));
      await rejects(() => machine.observe(), 'not-found');
      await rejects(() => machine.spec(), 'not-found');
      await rejects(() => machine.start(), 'not-found');
    });

    test('undefining a running machine ends it first', async (bench) => {
      const machine = await bench.start();
      await machine.undefine();
      assert.equal(await bench.hypervisor.machine(machine.id), undefined);
    });

    test('an id is free again after undefine', async (bench) => {
      const spec = bench.spec();
      await (await bench.hypervisor.define(spec)).undefine();
      const machine = await bench.hypervisor.define({ ...spec, labels: { second: 'yes' } });
      assert.equal((await machine.observe()).state.kind, 'defined');
    });

    test('a machine that nobody defined is absent', async (bench) => {
      assert.equal(await bench.hypervisor.machine('conformance-no-such-machine'), undefined);
    });
  });
}
