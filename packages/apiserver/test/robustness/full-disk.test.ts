import { afterEach, expect, test, vi } from 'vitest';
import { Store } from '../../src/storage/store.ts';
import { openDisk } from './faults/disk.ts';
import { ServerUnderTest } from './faults/server.ts';
import { Connections } from './record/connections.ts';
import { Endpoint } from './record/endpoint.ts';
import { Operations } from './record/operations.ts';
import { Recorder } from './record/recorder.ts';

afterEach(() => {
  vi.useRealTimers();
});

const TIMEOUT_MS = 60_000;

test('a server whose disk is full refuses writes, serves reads, can be restarted, and goes on when there is room', async () => {
  await using disk = await openDisk();
  const [recorder, endpoint] = [new Recorder(0), new Endpoint()];
  using connections = new Connections(endpoint);
  await using server = new ServerUnderTest(disk, endpoint, recorder);
  const operations = new Operations(recorder, connections);
  const create = (name: string) =>
    operations.write(
      { action: 'create', keys: [`configmaps/${name}`], token: name, content: { w: name }, group: 'a' },
      TIMEOUT_MS,
    );
  await server.start();
  const kept = await create('kept');
  expect(kept.outcome).toBe('ok');

  await disk.fill(server.pid);
  expect(await create('refused')).toMatchObject({ outcome: 'refused', status: 507 });
  const compaction = { kind: 'compact', target: kept.versions[0]?.revision ?? 0, byAge: false } as const;
  expect(await server.command(compaction)).toEqual({ failed: 'InsufficientStorage' });

  await server.kill();
  await server.start();
  expect(await operations.get('configmaps/kept', TIMEOUT_MS)).toMatchObject({
    outcome: 'ok',
    version: kept.versions[0],
  });
  expect((await operations.get('configmaps/refused', TIMEOUT_MS)).outcome).toBe('absent');

  await disk.free(server.pid);
  expect((await create('refused')).outcome).toBe('ok');
  expect(await server.command(compaction)).toMatchObject({ dropped: expect.any(Number) });
});

test('a compaction that fails by itself is reported and tried again', () => {
  vi.useFakeTimers();
  const reported: unknown[] = [];
  const store = new Store({
    now: () => {
      throw new Error('no clock');
    },
    onCompactionError: (error) => reported.push(error),
  });
  vi.advanceTimersByTime(60_000);
  expect(reported).toMatchObject([{ code: 'InternalError' }, { code: 'InternalError' }]);
  store.close();
});
