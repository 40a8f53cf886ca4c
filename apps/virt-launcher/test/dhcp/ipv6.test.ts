import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { answer6, serverIdentifier, type Lease6 } from '../../src/dhcp/ipv6/answer.ts';
import {
  addressBytes6,
  formatMessage6,
  formatOptions6,
  messageTypes6,
  parseMessage6,
  parseOptions6,
  type MessageType6,
  type Option6,
} from '../../src/dhcp/ipv6/message.ts';
import { answerOn } from '../../src/dhcp/ipv6/server.ts';

const lease: Lease6 = {
  address: 'fd10:0:2::2',
  resolver: { dns: ['fd00::a'], searchDomains: ['default.svc.cluster.local'] },
};
const client: Option6 = [1, Buffer.from('0003000102000000aabb', 'hex')];
const association: Option6 = [3, Buffer.from('c0ffee010000000000000000', 'hex')];
const rapid: Option6 = [14, Buffer.alloc(0)];

const ask = (type: MessageType6, options: readonly Option6[], given = lease) => {
  const bytes = formatMessage6({ type, transaction: Buffer.from('abcdef', 'hex'), options });
  const message = parseMessage6(bytes);
  const said = message && answer6(message, given);
  // As the client reads it.
  return said && parseMessage6(formatMessage6(said));
};
const option = (message: ReturnType<typeof ask>, code: number): Buffer | undefined =>
  message?.options.find(([one]) => one === code)?.[1];

describe('DHCPv6', () => {
  const { solicit, advertise, request, confirm, renew, rebind, reply, release, decline, informationRequest } =
    messageTypes6;
  const mine: Option6 = [2, serverIdentifier];
  const other: Option6 = [2, Buffer.from('00030001020000000001', 'hex')];

  it.each<[string, MessageType6, Option6[], MessageType6 | undefined, boolean]>([
    ['a client that looks for a server', solicit, [client, association], advertise, true],
    ['one that is in a hurry', solicit, [client, association, rapid], reply, true],
    ['one that has chosen this server', request, [client, mine, association], reply, true],
    ['one that has chosen another', request, [client, other, association], undefined, false],
    ['one that renews', renew, [client, mine, association], reply, true],
    ['one that renews wherever it is', rebind, [client, association], reply, true],
    ['one that asks whether its address is right', confirm, [client, association], reply, false],
    ['one that gives its address up', release, [client, mine, association], reply, false],
    ['one that does not like its address', decline, [client, mine, association], reply, false],
    ['one that asks for names only', informationRequest, [], reply, false],
    ['one without a name', solicit, [association], undefined, false],
    ['another server', advertise, [client, mine, association], undefined, false],
  ])('answers %s', (_, type, options, expected, given) => {
    const said = ask(type, options);
    expect(said?.type).toBe(expected);
    if (expected === undefined) return;
    expect(said?.transaction.toString('hex')).toBe('abcdef');
    expect(option(said, 2)).toEqual(serverIdentifier);
    expect(option(said, 1)).toEqual(options.includes(client) ? client[1] : undefined);
    expect(option(said, 14) !== undefined).toBe(options.includes(rapid));
    expect(option(said, 3) !== undefined).toBe(given);
  });

  it('gives the address under the number that the client asks with, for 999 days, with names', () => {
    const said = ask(messageTypes6.request, [client, [2, serverIdentifier], association]);
    const value = option(said, 3)!;
    expect(value.subarray(0, 4).toString('hex')).toBe('c0ffee01');
    const [[code, address] = [0, Buffer.alloc(0)]] = parseOptions6(value.subarray(12)) ?? [];
    expect(code).toBe(5);
    expect(address.subarray(0, 16)).toEqual(addressBytes6('fd10:0:2::2'));
    expect([address.readUInt32BE(16), address.readUInt32BE(20)]).toEqual([999 * 86_400, 999 * 86_400]);
    expect(option(said, 23)).toEqual(addressBytes6('fd00::a'));
    expect(option(said, 24)?.toString('latin1')).toBe('\x07default\x03svc\x07cluster\x05local\x00');
  });

  it('leaves out names that are not there', () => {
    const said = ask(messageTypes6.informationRequest, [client], {
      ...lease,
      resolver: { dns: [], searchDomains: [] },
    });
    expect(said?.options.map(([code]) => code)).toEqual([1, 2]);
  });

  it('reads nothing that is no message, and any content does no harm', () => {
    for (const bad of ['', '01', '0cabcdef', '01abcdef0001', '01abcdef000100ff00'])
      expect(parseMessage6(Buffer.from(bad, 'hex')), bad).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const message = parseMessage6(Buffer.concat([Buffer.from([1]), Buffer.from(bytes)]));
        if (message !== undefined) answer6(message, lease);
      }),
    );
  });

  it('writes options as it reads them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 65_535 }), fc.uint8Array())), (options) => {
        const given = options.map(([code, value]): Option6 => [code, Buffer.from(value)]);
        expect(parseOptions6(formatOptions6(given))).toEqual(given);
      }),
    );
  });

  it.each([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['fd10:0:2::2', 'fd100000000200000000000000000002'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['fd00::', 'fd000000000000000000000000000000'],
  ])('knows %s', (text, hex) => {
    expect(addressBytes6(text).toString('hex')).toBe(hex);
  });

  it.each(['10.0.0.1', 'fe80::1%eth0', '::ffff:1.2.3.4', ''])('refuses %j', (text) => {
    expect(() => addressBytes6(text)).toThrow(RangeError);
  });

  it('is answered at the port of clients, whichever a message of the bridge came from', async () => {
    const socket = createSocket('udp6');
    const send = vi.spyOn(socket, 'send').mockReturnValue(undefined);
    const failures: Error[] = [];
    answerOn(socket, 'k6t-eth0', lease, (error) => failures.push(error));
    const transaction = Buffer.from('abcdef', 'hex');
    const hear = (address: string, port: number, options: readonly Option6[]): void => {
      const bytes = formatMessage6({ type: messageTypes6.solicit, transaction, options });
      socket.emit('message', bytes, { address, port, family: 'IPv6', size: bytes.length });
    };
    // No port at all is one that any guest can write into a message.
    hear('fe80::1%k6t-eth0', 0, [client, association]);
    hear('fe80::2%k6t-eth0', 40_000, [client, association]);
    hear('fe80::3%eth0', 546, [client, association]);
    hear('fe80::4%k6t-eth0', 546, [client, ...Array.from({ length: 1000 }, () => association)]);
    expect(send.mock.calls.map(([, port, address]) => [port, address])).toEqual([
      [546, 'fe80::1%k6t-eth0'],
      [546, 'fe80::2%k6t-eth0'],
    ]);
    expect(failures).toEqual([]);
    await new Promise<void>((closed) => socket.close(closed));
  });
});
