import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startControlPlane } from '../src/index.ts';
import { Client, eventually, Watch, type WireEvent } from './support/client.ts';
import { CONFIGMAPS, configMap } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const { plane, client } = await startPlane({ bookmarkIntervalMs: 20 });

function summary({ type, object }: WireEvent): string {
  return `${type} ${object.metadata.name ?? ''}@${object.metadata.resourceVersion ?? ''}`;
}

async function freshNamespace(): Promise<string> {
  const { body } = await client.post('/api/v1/namespaces', { metadata: { generateName: 'watch-' } });
  return `/api/v1/namespaces/${body.metadata.name}/configmaps`;
}

describe('resourceVersion of a watch', () => {
  test.each([
    ['unset', ''],
    ['zero', '?resourceVersion=0'],
  ])('%s: the present objects come first', async (_name, query) => {
    const path = await freshNamespace();
    await client.post(path, configMap('a'));
    await using watch = await client.watch(`${path}${query}`);
    await client.post(path, configMap('b'));
    expect((await watch.take(2)).map((event) => `${event.type} ${event.object.metadata.name}`)).toEqual([
      'ADDED a',
      'ADDED b',
    ]);
  });

  test('exact: everything after it, in order', async () => {
    const path = await freshNamespace();
    const { body: list } = await client.get(path);
    await client.post(path, configMap('a'));
    await client.merge(`${path}/a`, { data: { x: '1' } });
    await client.delete(`${path}/a`);
    await using watch = await client.watch(`${path}?resourceVersion=${list.metadata.resourceVersion}`);
    const events = await watch.take(3);
    expect(events.map((event) => event.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    const revisions = events.map((event) => Number(event.object.metadata.resourceVersion));
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(new Set(revisions).size).toBe(3);
  });

  test('a compacted revision is answered with 410, one of the future with 504, nonsense with 500', async () => {
    const own = await startControlPlane();
    const other = new Client(own);
    await other.post(CONFIGMAPS, configMap('a'));
    own.compact({ revisions: 1, ageMs: 0 });
    await other.post(CONFIGMAPS, configMap('b'));
    expect((await other.get(`${CONFIGMAPS}?watch=1&resourceVersion=2`)).body).toMatchObject({
      code: 410,
      reason: 'Expired',
    });
    expect((await other.get(`${CONFIGMAPS}?watch=1&resourceVersion=999999`)).body).toMatchObject({
      code: 504,
      reason: 'Timeout',
    });
    expect((await other.get(`${CONFIGMAPS}?watch=1&resourceVersion=soon`)).body).toMatchObject({ code: 500 });
    await other[Symbol.asyncDispose]();
    await own.stop();
  });
});

describe('watch options', () => {
  test('timeoutSeconds ends the stream in an orderly way, with a last bookmark', async () => {
    const path = await freshNamespace();
    await using watch = await client.watch(`${path}?timeoutSeconds=1&allowWatchBookmarks=true`);
    const events: WireEvent[] = [];
    for (let event = await watch.next(); event !== undefined; event = await watch.next()) events.push(event);
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map((event) => event.type))).toEqual(new Set(['BOOKMARK']));
    expect(events.at(-1)?.object).toMatchObject({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
    });
  });

  test('sendInitialEvents marks the end of the present state', async () => {
    const path = await freshNamespace();
    await client.post(path, configMap('a'));
    await using watch = await client.watch(
      `${path}?allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`,
    );
    const [added, bookmark] = await watch.take(2);
    expect(added?.type).toBe('ADDED');
    expect(bookmark).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
  });

  test('an object that starts or stops to match a selector is added or deleted', async () => {
    const path = await freshNamespace();
    const from = (await client.get(path)).body.metadata.resourceVersion;
    await client.post(path, configMap('a', {}, { labels: { on: 'no' } }));
    await client.merge(`${path}/a`, { metadata: { labels: { on: 'yes' } } });
    await client.merge(`${path}/a`, { data: { x: '1' } });
    const left = await client.merge(`${path}/a`, { metadata: { labels: { on: 'no' } } });
    await client.merge(`${path}/a`, { data: { x: '2' } });
    await client.post(path, configMap('end', {}, { labels: { on: 'yes' } }));
    await using watch = await client.watch(`${path}?labelSelector=on%3Dyes&resourceVersion=${from}`);
    const events = await watch.take(4);
    expect(events.map((event) => `${event.type} ${event.object.metadata.name}`)).toEqual([
      'ADDED a',
      'MODIFIED a',
      'DELETED a',
      'ADDED end',
    ]);
    expect(events[2]?.object).toMatchObject({
      metadata: { labels: { on: 'yes' }, resourceVersion: left.body.metadata.resourceVersion },
    });
  });

  test('one name only, and as a table', async () => {
    const path = await freshNamespace();
    await client.post(path, configMap('a'));
    await client.post(path, configMap('b', { k: 'v' }));
    await using watch = await client.watch(`${path}?fieldSelector=metadata.name%3Db`, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    const [event] = await watch.take(1);
    expect(event?.object).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['b', 1, expect.any(String)], object: { kind: 'PartialObjectMetadata' } }],
    });
  });
});

type Step = { kind: 'create' | 'change' | 'delete'; name: string };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('create' as const, 'change' as const, 'change' as const, 'delete' as const),
  name: fc.constantFrom('a', 'b', 'c'),
});

test('watchers from any revision see exactly the log: nothing missed, repeated or out of order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      fc.array(fc.nat(24), { minLength: 3, maxLength: 6 }),
      async (steps, starts) => {
        const path = await freshNamespace();
        const origin = Number((await client.get(path)).body.metadata.resourceVersion);
        const revisions = [origin];
        await using reference = await client.watch(`${path}?resourceVersion=${origin}`);
        const readers: { from: number; seen: string[]; done: Promise<void> }[] = [];
        const closers = new AsyncDisposableStack();
        const writes = (async () => {
          let count = 0;
          for (const { kind, name } of steps) {
            const reply =
              kind === 'create'
                ? await client.post(path, configMap(name))
                : kind === 'delete'
                  ? await client.delete(`${path}/${name}`)
                  : await client.merge(`${path}/${name}`, { data: { n: String((count += 1)) } });
            if (reply.status < 300) revisions.push(plane.metrics().revision);
          }
          await client.post(path, configMap('end'));
        })();
        const open = async (from: number) => {
          const watch = closers.use(await client.watch(`${path}?resourceVersion=${from}`));
          const seen: string[] = [];
          const done = (async () => {
            for (let event = await watch.next(); event !== undefined; event = await watch.next()) {
              seen.push(summary(event));
              if (event.object.metadata.name === 'end') return;
            }
          })();
          readers.push({ from, seen, done });
        };
        // Some readers start while writes go on, some afterwards.
        for (const start of starts.slice(0, 2)) await open(revisions[start % revisions.length] ?? origin);
        await writes;
        for (const start of starts.slice(2)) await open(revisions[start % revisions.length] ?? origin);
        const log: WireEvent[] = [];
        for (let event = await reference.next(); event !== undefined; event = await reference.next()) {
          log.push(event);
          if (event.object.metadata.name === 'end') break;
        }
        await Promise.all(readers.map((reader) => reader.done));
        await closers.disposeAsync();
        for (const { from, seen } of readers)
          expect(seen).toEqual(
            log.filter((event) => Number(event.object.metadata.resourceVersion) > from).map(summary),
          );
      },
    ),
    { numRuns: 15 },
  );
});

test('a reader that does not read costs no memory and gets everything when it reads again', async () => {
  const path = await freshNamespace();
  const from = (await client.get(path)).body.metadata.resourceVersion;
  const response = await client.raw('GET', `${path}?watch=1&resourceVersion=${from}`);
  response.pause();
  const value = 'x'.repeat(200_000);
  await client.post(path, configMap('big'));
  for (let index = 0; index < 60; index += 1)
    await client.merge(`${path}/big`, { data: { value, index: String(index) } });
  await using watch = new Watch(response);
  const indexes = (await watch.take(61)).slice(1).map((event) => event.object.data?.index);
  expect(indexes).toEqual(Array.from({ length: 60 }, (_, index) => String(index)));
});

test('closed watches are forgotten', async () => {
  const path = await freshNamespace();
  const before = plane.metrics().watchers;
  const watch = await client.watch(path);
  expect(plane.metrics().watchers).toBe(before + 1);
  await watch[Symbol.asyncDispose]();
  await eventually('the watch is closed', async () => plane.metrics().watchers === before);
});
