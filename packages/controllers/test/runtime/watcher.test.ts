import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInformer, ManualClock, settle, type Change } from '../../src/runtime/index.ts';
import { FakeServer, type Thing } from './fake-server.ts';

const things = {
  group: 'example.test',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  singular: 'thing',
  namespaced: true,
} as const;

function follow(server: FakeServer, options: { pageSize?: number } = {}) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const informer = createInformer<Thing>({
    definition: things,
    source: server,
    clock,
    random: () => 0,
    ...options,
  });
  const changes: Change<Thing>[] = [];
  informer.listen((change) => changes.push(change));
  const running = informer.run(stop.signal);
  return {
    informer,
    clock,
    changes,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('test over'));
      await running;
    },
  };
}

const summary = (changes: Change<Thing>[]) =>
  changes.map(({ kind, key, object }) => `${kind} ${key}=${object.value}`);

/** The listener's own picture: what somebody who only hears of changes believes. */
function replay(changes: Change<Thing>[]): Record<string, number> {
  const seen = new Map<string, number>();
  for (const change of changes) {
    if (change.kind === 'added') expect(seen.has(change.key)).toBe(false);
    else expect(seen.has(change.key)).toBe(true);
    if (change.kind === 'deleted') seen.delete(change.key);
    else seen.set(change.key, change.object.value);
  }
  return Object.fromEntries([...seen].sort(([a], [b]) => a.localeCompare(b)));
}

const byKey = (objects: Iterable<Thing>): Record<string, number> =>
  Object.fromEntries(
    [...objects]
      .map((o): [string, number] => [`default/${o.metadata.name}`, o.value])
      .sort(([a], [b]) => a.localeCompare(b)),
  );
const truth = (server: FakeServer) => byKey(server.objects.values());

describe('watcher', () => {
  it('lists in pages, then follows the watch from the version of the list', async () => {
    const server = new FakeServer();
    for (const name of ['a', 'b', 'c']) server.set(name, 1);
    await using run = follow(server, { pageSize: 2 });
    await run.informer.waitForSync();
    expect(server.lists).toBe(2);
    await settle();
    expect(server.watches).toEqual(['4']);
    server.set('a', 2);
    server.remove('b');
    server.set('d', 1);
    await settle();
    expect(summary(run.changes)).toEqual([
      'added default/a=1',
      'added default/b=1',
      'added default/c=1',
      'updated default/a=2',
      'deleted default/b=1',
      'added default/d=1',
    ]);
    expect(run.informer.counters.missedEvents).toBe(0);
  });

  it('resumes after the last version when the server ends a watch, and bookmarks move that version', async () => {
    const server = new FakeServer();
    await using run = follow(server);
    await settle();
    server.set('a', 1);
    await settle();
    server.disconnect();
    await settle();
    expect(server.watches).toEqual(['1', '2']);
    server.bookmark();
    await settle();
    await run.clock.advance(2_000);
    server.disconnect();
    await settle();
    expect(server.watches).toEqual(['1', '2', '2']);
    expect(server.lists).toBe(1);
  });

  it('lists again after 410 and tells what it missed, with synthetic deletions', async () => {
    const server = new FakeServer();
    server.set('a', 1);
    server.set('b', 1);
    await using run = follow(server);
    await settle();
    server.disconnect('connection');
    server.remove('a');
    server.set('b', 2);
    server.compact();
    await run.clock.advance(60_000);
    expect(server.lists).toBe(2);
    expect(summary(run.changes).slice(2)).toEqual(['deleted default/a=1', 'updated default/b=2']);
    expect(run.informer.counters.missedEvents).toBe(2);
  });

  it('waits longer after each failed list, and not at all without failure', async () => {
    const server = new FakeServer();
    server.failures.push('unavailable', 'unavailable', 'unavailable');
    await using run = follow(server);
    await settle();
    const waits = [];
    for (let i = 0; i < 3; i++) {
      waits.push(run.clock.untilNext);
      await run.clock.advance(run.clock.untilNext!);
    }
    expect(waits).toEqual([800, 1600, 3200]);
    expect(run.informer.synced).toBe(true);
  });

  it('does not spin on a server that ends watches at once', async () => {
    const server = new FakeServer();
    await using run = follow(server);
    await settle();
    server.disconnect();
    await settle();
    expect(run.clock.untilNext).toBe(800);
    expect(server.watches).toHaveLength(1);
  });

  it('keeps the store right although a listener throws', async () => {
    const server = new FakeServer();
    await using run = follow(server);
    await settle();
    run.informer.listen(() => {
      throw new Error('listener');
    });
    server.set('a', 1);
    await settle();
    expect(run.informer.store.get('default/a')?.value).toBe(1);
    expect(summary(run.changes)).toEqual(['added default/a=1']);
    expect(run.informer.counters.listenerErrors).toBe(1);
  });

  it('gives frozen objects', async () => {
    const server = new FakeServer();
    server.set('a', 1);
    await using run = follow(server);
    await run.informer.waitForSync();
    const object = run.informer.store.get('default/a')!;
    expect(() => (object.metadata.labels = {})).toThrow(TypeError);
  });

  it('never loses the final state, whatever happens in whichever order', async () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), name: names, value: fc.nat(9) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), name: names }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat(5_000) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('bookmark' as const, 'compact' as const) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('disconnect' as const),
          code: fc.constantFrom(undefined, 'connection', 'gone', 'forbidden'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('fail' as const),
          code: fc.constantFrom('connection', 'gone', 'unavailable', 'forbidden'),
        }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const server = new FakeServer();
        await using run = follow(server, { pageSize: 2 });
        for (const one of steps) {
          if (one.do === 'set') server.set(one.name, one.value);
          else if (one.do === 'remove') server.remove(one.name);
          else if (one.do === 'advance') await run.clock.advance(one.ms);
          else if (one.do === 'bookmark') server.bookmark();
          else if (one.do === 'compact') server.compact();
          else if (one.do === 'disconnect') server.disconnect(one.code);
          else if (one.do === 'fail') server.failures.push(one.code);
          else await settle();
        }
        await run.clock.advance(10 * 60_000);
        expect(byKey(run.informer.store.list())).toEqual(truth(server));
        expect(replay(run.changes)).toEqual(truth(server));
      }),
      { numRuns: 200 },
    );
  });
});
