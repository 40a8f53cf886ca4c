import { once } from 'node:events';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, test } from 'vitest';
import { startControlPlane } from '../../src/index.ts';
import { Gate, type Leave } from '../../src/http/gate.ts';
import { Client } from '../support/client.ts';
import { CONFIGMAPS, configMap } from '../support/fixtures.ts';
import { Raw } from './support/raw.ts';

const never = new AbortController().signal;

/** A gate, and in which order users came in. */
function watchedGate(options: Partial<ConstructorParameters<typeof Gate>[0]>) {
  const gate = new Gate({ what: 'tests', atOnce: 2, perUser: 2, waiting: 100, waitMs: 60_000, ...options });
  const inside: { user: string; leave: Leave }[] = [];
  return {
    gate,
    inside,
    enter: async (user: string, signal = never) => {
      const leave = await gate.enter(user, signal);
      inside.push({ user, leave });
    },
  };
}

describe('a gate', () => {
  test('lets users take turns, however many requests one of them has', async () => {
    const { enter, inside } = watchedGate({});
    const all = [...Array.from({ length: 8 }, () => 'greedy'), 'modest', 'humble'].map((user) => enter(user));
    for (let index = 0; index < all.length; index += 1) {
      await waitUntil('the next one is in', () => inside.length > index);
      inside[index]?.leave();
    }
    await Promise.all(all);
    expect(inside.slice(0, 5).map(({ user }) => user)).toEqual([
      'greedy',
      'greedy',
      'greedy',
      'modest',
      'humble',
    ]);
  });

  test('keeps a place free from one user for others', async () => {
    const { enter, gate } = watchedGate({ atOnce: 3, perUser: 2 });
    void enter('greedy');
    void enter('greedy');
    void enter('greedy');
    await enter('modest');
    expect(gate.load).toEqual({ inside: 3, waiting: 1 });
  });

  test('refuses when too many wait, and when the wait is too long', async () => {
    const { enter, gate } = watchedGate({ atOnce: 1, waiting: 1, waitMs: 50 });
    await enter('one');
    const second = enter('two').catch((error: unknown) => error);
    await expect(enter('three')).rejects.toMatchObject({ code: 'TooManyRequests' });
    expect(await second).toMatchObject({ code: 'TooManyRequests', options: { retryAfterSeconds: 1 } });
    expect(gate.load).toEqual({ inside: 1, waiting: 0 });
  });

  test('forgets who goes while waiting, and lets nobody leave twice', async () => {
    const { enter, gate, inside } = watchedGate({ atOnce: 1 });
    await enter('one');
    const gone = new AbortController();
    const second = enter('two', gone.signal).catch((error: unknown) => error);
    const third = enter('three');
    gone.abort(new Error('gone'));
    expect(await second).toEqual(new Error('gone'));
    inside[0]?.leave();
    inside[0]?.leave();
    await third;
    expect(gate.load).toEqual({ inside: 1, waiting: 0 });
  });
});

test('writes beyond the limit are answered with 429 and Retry-After, while reads go on', async () => {
  await using plane = await startControlPlane({ limits: { writesInFlight: 1, waitMs: 100 } });
  await using client = new Client(plane);
  await using slow = await Raw.open(plane);
  slow.request(`POST ${CONFIGMAPS}`, ['Content-Length: 1000', 'Content-Type: application/json'], '{');
  const refused = await waitUntil('the slow one is in', async () => {
    const reply = await client.post(`${CONFIGMAPS}?dryRun=All`, configMap('late'));
    return reply.status === 429 && reply;
  });
  expect(refused.headers['retry-after']).toBe('1');
  expect(refused.body).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
  expect((await client.get(CONFIGMAPS)).status).toBe(200);
  slow.socket.destroy();
  await waitUntil(
    'there is room again',
    async () => (await client.post(CONFIGMAPS, configMap('late'))).status === 201,
  );
});

test('one user cannot take all watches', async () => {
  await using plane = await startControlPlane({ limits: { watches: 4, shareOfOneUser: 0.5 } });
  const other = plane.issueToken({ name: 'other', groups: ['system:masters'] });
  await using client = new Client(plane);
  await using first = await client.watch(CONFIGMAPS);
  await using second = await client.watch(CONFIGMAPS);
  await using third = await client.watch(CONFIGMAPS);
  await using ofOther = await client.watch(CONFIGMAPS, { token: other });
  expect([first, second, third, ofOther].map(({ status }) => status)).toEqual([200, 200, 429, 200]);
});

test('watches beyond the limit are refused, and leave no trace', async () => {
  await using plane = await startControlPlane({ limits: { watches: 20, shareOfOneUser: 1 } });
  await using client = new Client(plane);
  await using opened = new AsyncDisposableStack();
  const statuses: number[] = [];
  for (let index = 0; index < 60; index += 1)
    statuses.push(opened.use(await client.watch(CONFIGMAPS)).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(20);
  expect(statuses.filter((status) => status === 429)).toHaveLength(40);
  expect(plane.metrics().watchers).toBe(20);
  expect((await client.post(CONFIGMAPS, configMap('meanwhile'))).status).toBe(201);
  await opened.disposeAsync();
  await waitUntil('all watches are over', () => plane.metrics().watchers === 0);
});

test('a write in flight when the client goes leaves its place', async () => {
  await using plane = await startControlPlane({ limits: { writesInFlight: 1, waitMs: 60_000 } });
  for (let index = 0; index < 20; index += 1) {
    const raw = await Raw.open(plane);
    raw.request(`POST ${CONFIGMAPS}`, ['Content-Length: 1000', 'Content-Type: application/json'], '{');
    raw.socket.end();
    raw.socket.destroy();
    if (!raw.closed) await once(raw.socket, 'close');
  }
  await using client = new Client(plane);
  expect((await client.post(CONFIGMAPS, configMap('after'))).status).toBe(201);
});
