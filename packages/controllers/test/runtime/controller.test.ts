import { describe, expect, it } from 'vitest';
import {
  controller,
  createInformer,
  done,
  ManualClock,
  requeue,
  settle,
  watch,
  type Action,
  type ReconcileContext,
} from '../../src/runtime/index.ts';
import { FakeServer, type Thing } from './fake-server.ts';

const definition = {
  group: 'example.test',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  singular: 'thing',
  namespaced: true,
} as const;

function start(
  reconcile: (key: string, context: ReconcileContext, server: FakeServer) => Promise<Action>,
  options: { workers?: number } = {},
) {
  const clock = new ManualClock();
  const servers = { things: new FakeServer(), others: new FakeServer() };
  const things = createInformer<Thing>({ definition, source: servers.things, clock });
  const others = createInformer<Thing>({
    definition: { ...definition, kind: 'Other' },
    source: servers.others,
    clock,
  });
  const passes: string[] = [];
  const stop = new AbortController();
  const subject = controller({
    name: 'test',
    resource: things,
    watches: [watch(others, (other) => [`default/${other.metadata.name ?? ''}-of-other`])],
    reconcile: (key, context) => {
      passes.push(key);
      return reconcile(key, context, servers.things);
    },
    clock,
    ...options,
  });
  const running = Promise.all([
    things.run(stop.signal),
    others.run(stop.signal),
    subject.run({ signal: stop.signal }),
  ]);
  return {
    ...servers,
    clock,
    passes,
    subject,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('test over'));
      await running;
    },
  };
}

describe('controller', () => {
  it('reconciles each object once, and what its mapper names', async () => {
    await using run = start(async () => done);
    run.things.set('a', 1);
    run.others.set('x', 1);
    await settle();
    expect(run.passes.sort()).toEqual(['default/a', 'default/x-of-other']);
    expect(run.subject.idle).toBe(true);
  });

  it('comes back after the time that the pass asked for', async () => {
    await using run = start(async () => requeue(60_000));
    run.things.set('a', 1);
    await settle();
    await run.clock.advance(59_000);
    expect(run.passes).toHaveLength(1);
    await run.clock.advance(1_000);
    expect(run.passes).toHaveLength(2);
  });

  it('backs off while passes fail, and forgets that after one that does not', async () => {
    let failing = true;
    await using run = start(async () => {
      if (failing) throw new Error('no');
      return done;
    });
    run.things.set('a', 1);
    await settle();
    for (const delay of [5, 10, 20, 40]) {
      const before = run.passes.length;
      await run.clock.advance(delay - 1);
      expect(run.passes).toHaveLength(before);
      await run.clock.advance(1);
      expect(run.passes).toHaveLength(before + 1);
    }
    failing = false;
    await run.clock.advance(80);
    expect(run.subject.idle).toBe(true);
    failing = true;
    const before = run.passes.length;
    run.things.set('a', 2);
    await settle();
    await run.clock.advance(5);
    expect(run.passes).toHaveLength(before + 2);
  });

  it('works on one key at a time, and on several keys at once', async () => {
    const gates = new Map<string, PromiseWithResolvers<void>>();
    const inWork = new Set<string>();
    await using run = start(
      async (key) => {
        expect(inWork.has(key)).toBe(false);
        inWork.add(key);
        const gate = Promise.withResolvers<void>();
        gates.set(key, gate);
        await gate.promise;
        inWork.delete(key);
        return done;
      },
      { workers: 2 },
    );
    for (const name of ['a', 'b', 'c']) run.things.set(name, 1);
    await settle();
    expect(inWork.size).toBe(2);
    run.things.set('a', 2);
    await settle();
    expect(run.passes).toHaveLength(2);
    for (let round = 0; round < 6; round++) {
      for (const gate of gates.values()) gate.resolve();
      await settle();
    }
    expect(run.passes.toSorted()).toEqual(['default/a', 'default/a', 'default/b', 'default/c']);
  });

  it('waits with the next pass until the store shows what the last one wrote', async () => {
    let wrote = false;
    await using run = start(async (key, { expectations }, server) => {
      if (wrote) return done;
      wrote = true;
      const { uid } = server.objects.get('a')!.metadata;
      expectations.expectVersion(key, { metadata: { uid, resourceVersion: String(server.version + 1) } });
      return done;
    });
    run.things.set('a', 1);
    await settle();
    run.subject.enqueue('default/a');
    await settle();
    expect(run.passes).toHaveLength(1);
    run.things.set('a', 2);
    await settle();
    expect(run.passes).toHaveLength(2);
  });

  it('does not wait for an event that came before the answer to its write', async () => {
    let wrote = false;
    await using run = start(async (key, { expectations }, server) => {
      if (wrote) return done;
      wrote = true;
      server.set('a', 2);
      await settle();
      expectations.expectVersion(key, server.objects.get('a')!);
      return done;
    });
    run.things.set('a', 1);
    await settle();
    await settle();
    expect(run.passes).toHaveLength(2);
    expect(run.subject.idle).toBe(true);
  });

  it('gives up waiting after five minutes', async () => {
    await using run = start(async (key, { expectations }) => {
      expectations.expectPresence(key, { metadata: { uid: 'never' } });
      return done;
    });
    run.things.set('a', 1);
    await settle();
    run.subject.enqueue('default/a');
    await run.clock.advance(5 * 60_000 - 1);
    expect(run.passes).toHaveLength(1);
    await run.clock.advance(1);
    expect(run.passes).toHaveLength(2);
  });
});
