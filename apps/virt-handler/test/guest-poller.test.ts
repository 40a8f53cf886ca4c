import { ManualClock, settle } from '@virtkit/controllers/runtime';
import type { GuestInfo, Machine } from '@virtkit/hal';
import { expect, it } from 'vitest';
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

/** A poller, the seconds at which the guest was asked, and how often something new was heard. */
function watch(answer: () => GuestInfo) {
  const clock = new ManualClock(0);
  const asked: number[] = [];
  const heard: string[] = [];
  const agent = {
    info: () => {
      asked.push(clock.now() / 1000);
      return Promise.resolve(answer());
    },
  };
  const machine = { facet: () => agent } as Partial<Machine> as Machine;
  const poller = new GuestPoller({ clock, logger: silent, onChange: (key) => heard.push(key) });
  poller.connected('default/guest', machine);
  return { clock, asked, heard, poller };
}

it('DOM-12.4: a guest is asked at once, then after 10 s, and after pauses that double up to 120 s', async () => {
  const { clock, asked, heard, poller } = watch(() => said('a', '10.0.2.2'));
  await clock.advance(600_000);
  expect(asked).toEqual([0, 10, 30, 70, 150, 270, 390, 510]);
  expect(heard).toEqual(['default/guest']);
  poller[Symbol.dispose]();
  await clock.advance(600_000);
  expect(asked).toHaveLength(8);
});

it('a guest without an address is asked every second at first, and what changes is told', async () => {
  const guest: { address?: string } = {};
  const { clock, asked, heard, poller } = watch(() => said('a', guest.address));
  await clock.advance(2_500);
  expect(asked).toEqual([0, 1, 2]);
  guest.address = '10.0.2.2';
  await clock.advance(1_000);
  expect(heard).toHaveLength(2);
  expect(poller.info('default/guest')?.interfaces[0]?.addresses).toHaveLength(1);
  poller.disconnected('default/guest');
  await settle();
  expect(clock.waiting).toBe(0);
});
