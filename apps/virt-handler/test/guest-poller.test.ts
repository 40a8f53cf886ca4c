import { ManualClock, settle } from '@virtkit/controllers/runtime';
import type { GuestInfo, Machine } from '@virtkit/hal';
import { describe, expect, it } from 'vitest';
import { GuestPoller } from '../src/guest-poller.ts';

const said = (hostname: string, address?: string): GuestInfo => ({
  agentVersion: '7.2.0',
  supportedCommands: [],
  hostname,
  interfaces: [
    {
      name: 'eth0',
      mac: '02:00:00:00:00:01',
      addresses: address === undefined ? [] : [{ family: 'ipv4', address, prefix: 24 }],
    },
  ],
});
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

type Topic = 'info' | 'frozen' | 'users' | 'filesystems';

/** A poller, the seconds at which the guest was asked each question, and how often something new was heard. */
function watch(answer: () => GuestInfo) {
  const clock = new ManualClock(0);
  const asked: Record<Topic, number[]> = { info: [], frozen: [], users: [], filesystems: [] };
  const heard: string[] = [];
  const guest = { frozen: false };
  const ask =
    <T>(topic: Topic, reply: () => T) =>
    () => {
      asked[topic].push(clock.now() / 1000);
      return Promise.resolve(reply());
    };
  const agent = {
    info: ask('info', answer),
    frozen: ask('frozen', () => guest.frozen),
    users: ask('users', () => [{ name: 'root', loginTime: 1 }]),
    filesystems: ask('filesystems', () => []),
  };
  const machine = { facet: () => agent } as Partial<Machine> as Machine;
  const poller = new GuestPoller({
    clock,
    logger: silent,
    firstAnswerMs: 50,
    onChange: (key) => heard.push(key),
  });
  poller.connected(key, machine);
  return { clock, asked, heard, poller, guest, machine };
}

const key = 'default/guest';
const upTo = (last: number, pause: number): number[] =>
  Array.from({ length: Math.floor(last / pause) + 1 }, (_, index) => index * pause);

it('DOM-12.4: a guest is asked at once, then after 10 s, and after pauses that double up to 120 s', async () => {
  const { clock, asked, heard, poller } = watch(() => said('a', '10.0.2.2'));
  await clock.advance(600_000);
  expect(asked.info).toEqual([0, 10, 30, 70, 150, 270, 390, 510]);
  expect(heard).toEqual([key, key]);
  poller[Symbol.dispose]();
  await clock.advance(600_000);
  expect(asked.info).toHaveLength(8);
});

it('DOM-12.2, DOM-12.3, DOM-12.5: file systems are asked for up to every 300 s, the freeze every 5 s, users every 10 s', async () => {
  const { clock, asked, poller } = watch(() => said('a', '10.0.2.2'));
  await clock.advance(650_000);
  expect(asked.filesystems).toEqual([0, 10, 30, 70, 150, 310, 610]);
  expect(asked.frozen).toEqual(upTo(650, 5));
  expect(asked.users).toEqual(upTo(650, 10));
  expect(poller.said(key)).toMatchObject({ users: [{ name: 'root' }], filesystems: [], frozen: false });
  poller[Symbol.dispose]();
});

it('a frozen guest is asked only whether it still is, and what it said before is remembered', async () => {
  const { clock, asked, heard, poller, guest } = watch(() => said('a', '10.0.2.2'));
  await clock.advance(1_000);
  guest.frozen = true;
  await poller.askFrozen(key);
  expect(poller.said(key)).toMatchObject({ frozen: true, info: { hostname: 'a' } });
  expect(heard).toHaveLength(3);
  await clock.advance(60_000);
  expect([asked.info, asked.users, asked.filesystems]).toEqual([[0], [0], [0]]);
  guest.frozen = false;
  await clock.advance(60_000);
  expect(poller.said(key).frozen).toBe(false);
  expect(asked.users.length).toBeGreaterThan(4);
  poller[Symbol.dispose]();
});

it('a guest that stands still is not asked, and at once when it goes on', async () => {
  const { clock, asked, poller, machine } = watch(() => said('a', '10.0.2.2'));
  await clock.advance(1_000);
  poller.suspended(key);
  await clock.advance(600_000);
  expect(asked.info).toEqual([0]);
  expect(poller.said(key).info?.hostname).toBe('a');
  poller.connected(key, machine);
  await clock.advance(10_000);
  expect(asked.info).toEqual([0, 601, 611]);
  poller[Symbol.dispose]();
});

it('a guest without an address is asked every second at first, and what changes is told', async () => {
  const guest: { address?: string } = {};
  const { clock, asked, heard, poller } = watch(() => said('a', guest.address));
  await clock.advance(2_500);
  expect(asked.info).toEqual([0, 1, 2]);
  guest.address = '10.0.2.2';
  await clock.advance(1_000);
  expect(heard).toHaveLength(3);
  expect(poller.said(key).info?.interfaces[0]?.addresses).toHaveLength(1);
  poller.disconnected(key);
  await settle();
  expect(poller.said(key)).toEqual({});
  expect(clock.waiting).toBe(0);
});

describe('the first answer', () => {
  /** A poller of a guest that answers when it is told to. */
  function slow() {
    const clock = new ManualClock(0);
    const { promise, resolve, reject } = Promise.withResolvers<GuestInfo>();
    const heard: number[] = [];
    const machine = { facet: () => ({ info: () => promise }) } as Partial<Machine> as Machine;
    const poller: GuestPoller = new GuestPoller({
      clock,
      logger: silent,
      firstAnswerMs: 50,
      onChange: () => heard.push(poller.patience(key)),
    });
    poller.connected(key, machine);
    return { clock, poller, heard, answer: resolve, refuse: reject };
  }

  it.each<[string, (guest: ReturnType<typeof slow>) => unknown]>([
    ['comes', ({ answer }) => answer(said('a'))],
    ['is refused', ({ refuse }) => refuse(new Error('no'))],
    ['has not come within 50 ms', ({ clock }) => clock.advance(10)],
    ['is not asked for any more', ({ poller }) => poller.suspended(key)],
  ])('is worth waiting for until it %s', async (_name, happens) => {
    const guest = slow();
    await guest.clock.advance(40);
    expect(guest.poller.patience(key)).toBe(10);
    await happens(guest);
    await settle();
    expect(guest.poller.patience(key)).toBe(0);
    // Whoever hears of it need not wait any more.
    expect(guest.heard.every((patience) => patience === 0)).toBe(true);
    guest.poller[Symbol.dispose]();
  });

  it('is not waited for when nobody is asked, or the guest has said who it is before', async () => {
    const { clock, poller, machine } = watch(() => said('a', '10.0.2.2'));
    await clock.advance(1);
    poller.suspended(key);
    poller.connected(key, machine);
    expect([poller.patience(key), poller.patience('default/other')]).toEqual([0, 0]);
    poller[Symbol.dispose]();
  });
});
