import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer, type Lease } from '../../src/dhcp/answer.ts';
import { leaseOptions, netmask } from '../../src/dhcp/lease.ts';
import {
  formatReply,
  messageTypes,
  optionCodes,
  parseMessage,
  type ClientMessage,
  type MessageType,
} from '../../src/dhcp/message.ts';
import { parseResolver, withSubdomain } from '../../src/dhcp/resolver.ts';

const mac = '02:00:00:00:00:42';
const description = {
  bridge: 'k6t-eth0',
  gateway: '10.0.2.1',
  prefix: 24,
  guestAddress: '10.0.2.2',
  mac,
  mtu: 1450,
  hostname: 'vm',
  routes: [],
  options: { ntpServers: [], privateOptions: [] },
};
const resolver = {
  dns: ['10.96.0.10', '1.1.1.1'],
  searchDomains: ['default.svc.cluster.local', 'cluster.local'],
};
const lease: Lease = {
  mac,
  address: '10.0.2.2',
  server: '10.0.2.1',
  options: leaseOptions(description, resolver),
};

const bytesOf = (text: string): Buffer => Buffer.from(text.split('.').map(Number));

/** A client's message as it is on the wire, written without the code under test. */
function clientBytes(
  type: number,
  options: readonly (readonly [number, Buffer])[] = [],
  changes: { mac?: string; address?: string } = {},
): Buffer {
  const head = Buffer.alloc(240);
  head.set([1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef, 0, 7, 0x80, 0]);
  head.set(bytesOf(changes.address ?? '0.0.0.0'), 12);
  head.set(Buffer.from((changes.mac ?? mac).replaceAll(':', ''), 'hex'), 28);
  head.set([0x63, 0x82, 0x53, 0x63], 236);
  const all = [[53, Buffer.from([type])] as const, ...options];
  return Buffer.concat([
    head,
    ...all.map(([code, value]) => Buffer.concat([Buffer.from([code, value.length]), value])),
    Buffer.from([255]),
  ]);
}

/** Options of a reply by code, joined where they come in parts. */
function optionsOf(bytes: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 240; bytes[at] !== 255; at += 2 + bytes[at + 1]!)
    options.set(
      bytes[at]!,
      Buffer.concat([
        options.get(bytes[at]!) ?? Buffer.alloc(0),
        bytes.subarray(at + 2, at + 2 + bytes[at + 1]!),
      ]),
    );
  return options;
}

/** What a server with this lease sends back. */
function ask(bytes: Buffer, given: Lease = lease) {
  const message = parseMessage(bytes);
  const said = message && answer(message, given);
  if (said === undefined) return undefined;
  const reply = formatReply(said, message!);
  const options = optionsOf(reply);
  return { type: options.get(53)?.[0], address: reply.subarray(16, 20).join('.'), options, bytes: reply };
}

describe('answers', () => {
  const { discover, offer, request, decline, ack, nak, release, inform } = messageTypes;
  const chosen = (server: string) => [54, bytesOf(server)] as const;
  const wanted = (address: string) => [50, bytesOf(address)] as const;

  it.each<[string, Buffer, MessageType | undefined, string?]>([
    ['a client that looks for a server', clientBytes(discover), offer, '10.0.2.2'],
    [
      'one that has chosen this server',
      clientBytes(request, [chosen('10.0.2.1'), wanted('10.0.2.2')]),
      ack,
      '10.0.2.2',
    ],
    [
      'one that has chosen another',
      clientBytes(request, [chosen('10.0.2.9'), wanted('10.0.2.2')]),
      undefined,
    ],
    ['one that was here before', clientBytes(request, [wanted('10.0.2.2')]), ack, '10.0.2.2'],
    ['one that was elsewhere before', clientBytes(request, [wanted('192.168.0.9')]), nak, '0.0.0.0'],
    ['one that renews its lease', clientBytes(request, [], { address: '10.0.2.2' }), ack, '10.0.2.2'],
    [
      'one that renews the lease of another',
      clientBytes(request, [], { address: '10.0.2.3' }),
      nak,
      '0.0.0.0',
    ],
    ['one that has an address', clientBytes(inform, [], { address: '10.0.2.7' }), ack, '0.0.0.0'],
    ['one that gives up its address', clientBytes(release, [], { address: '10.0.2.2' }), undefined],
    ['one that does not like its address', clientBytes(decline, [wanted('10.0.2.2')]), undefined],
    ['another server', clientBytes(offer), undefined],
    ['a stranger', clientBytes(discover, [], { mac: '02:00:00:00:00:43' }), undefined],
  ])('%s', (_, bytes, type, address) => {
    const reply = ask(bytes);
    expect(reply?.type).toBe(type);
    if (type !== undefined) {
      expect(reply?.address).toBe(address);
      expect(reply?.options.get(optionCodes.serverIdentifier)).toEqual(bytesOf('10.0.2.1'));
      expect(reply?.bytes.subarray(0, 12).toString('hex')).toBe('02010600deadbeef00008000');
    }
  });

  it('say how long an address may be used only where one is given', () => {
    const offered = ask(clientBytes(messageTypes.discover));
    expect(offered?.options.get(51)?.readUInt32BE()).toBe(999 * 86_400);
    expect(ask(clientBytes(inform, [], { address: '10.0.2.7' }))?.options.has(51)).toBe(false);
  });

  it('name a client that names itself', () => {
    const name = Buffer.from([255, 1, 2, 3, 4]);
    expect(ask(clientBytes(discover, [[61, name]]))?.options.get(61)).toEqual(name);
  });

  it('are as long as the client takes them, and leave the least important out', () => {
    const long: Lease = {
      ...lease,
      options: [...lease.options, [224, Buffer.alloc(600)], [225, Buffer.alloc(100)]],
    };
    const small = ask(clientBytes(discover), long);
    expect(small?.bytes.length).toBeLessThanOrEqual(548);
    expect(small?.options.has(224)).toBe(false);
    expect(small?.options.get(3)).toEqual(bytesOf('10.0.2.1'));
    const size = Buffer.from([0x05, 0xdc]);
    const large = ask(clientBytes(discover, [[57, size]]), long);
    expect(large?.bytes.length).toBeLessThanOrEqual(1472);
    expect(large?.options.get(224)).toHaveLength(600);
  });
});

describe('messages', () => {
  it('that are none are not read', () => {
    const good = clientBytes(1);
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(good);
      copy[at] = value;
      return copy;
    };
    expect(parseMessage(good)).toBeDefined();
    for (const bad of [
      Buffer.alloc(0),
      good.subarray(0, 239),
      changed(0, 2),
      changed(1, 6),
      changed(2, 8),
      changed(236, 0),
      changed(242, 99),
      clientBytes(1).fill(0, 240),
      Buffer.concat([good.subarray(0, -1), Buffer.from([12, 200, 1])]),
    ])
      expect(parseMessage(bad)).toBeUndefined();
  });

  it('of any content do no harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (tail) => {
        const message = parseMessage(Buffer.concat([clientBytes(1).subarray(0, 243), Buffer.from(tail)]));
        if (message !== undefined)
          expect(formatReply(answer(message, lease)!, message).length).toBeLessThanOrEqual(1472);
      }),
    );
  });

  it('come with long options in parts', () => {
    const message = {
      ...(parseMessage(clientBytes(1)) as ClientMessage),
      options: new Map([[57, Buffer.from([5, 220])]]),
    };
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 900 }), (value) => {
        const reply = formatReply(
          { type: messageTypes.ack, address: '10.0.2.2', options: [[200, Buffer.from(value)]] },
          message,
        );
        expect(optionsOf(reply).get(200)).toEqual(Buffer.from(value));
      }),
    );
  });
});

describe('what a guest is told', () => {
  const told = (changes: object, names = resolver): Map<number, Buffer> =>
    new Map(leaseOptions({ ...description, ...changes }, names).map(([code, value]) => [code, value]));

  it('is what KubeVirt tells it', () => {
    const options = told({});
    expect(options.get(1)).toEqual(bytesOf('255.255.255.0'));
    expect(options.get(3)).toEqual(bytesOf('10.0.2.1'));
    expect(options.get(6)).toEqual(bytesOf('10.96.0.10.1.1.1.1'));
    expect(options.get(12)?.toString()).toBe('vm');
    expect(options.get(15)?.toString()).toBe('default.svc.cluster.local');
    expect(options.get(26)?.readUInt16BE()).toBe(1450);
    expect(options.get(119)?.toString('latin1')).toBe(
      '\x07default\x03svc\x07cluster\x05local\x00\x07cluster\x05local\x00',
    );
    expect([...options.keys()].toSorted((a, b) => a - b)).toEqual([1, 3, 6, 12, 15, 26, 51, 58, 59, 119]);
  });

  it('has routes, the way out as the last of them', () => {
    const routes = [
      { destination: '192.168.9.0/24', gateway: '10.88.0.9' },
      { destination: '169.254.1.1/32' },
    ];
    expect(told({ routes }).get(121)?.toString('hex')).toBe(
      ['18c0a809', '0a580009', '20a9fe0101', '00000000', '00', '0a000201'].join(''),
    );
  });

  it('has the options of the instance', () => {
    const options = told({
      options: {
        bootFileName: 'pxelinux.0',
        tftpServerName: 'tftp.example',
        ntpServers: ['10.0.0.1', '10.0.0.2'],
        privateOptions: [{ code: 224, value: 'x' }],
      },
    });
    expect(options.get(66)?.toString()).toBe('tftp.example');
    expect(options.get(67)?.toString()).toBe('pxelinux.0');
    expect(options.get(42)).toEqual(bytesOf('10.0.0.1.10.0.0.2'));
    expect(options.get(224)?.toString()).toBe('x');
  });

  it('leaves out what is not there', () => {
    const options = told({}, { dns: [], searchDomains: [] });
    expect([6, 15, 119].filter((code) => options.has(code))).toEqual([]);
  });

  it.each([
    [1, '128.0.0.0'],
    [8, '255.0.0.0'],
    [24, '255.255.255.0'],
    [31, '255.255.255.254'],
    [32, '255.255.255.255'],
  ])('netmask of /%i', (prefix, mask) => {
    expect(netmask(prefix)).toBe(mask);
  });
});

describe('name servers of the Pod', () => {
  it('are those of its resolv.conf', () => {
    const text =
      'search Default.svc.cluster.local svc.cluster.local. cluster.local\nnameserver 10.96.0.10\nnameserver fd00::a\noptions ndots:5\n';
    const searchDomains = ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'];
    expect(parseResolver(text)).toEqual({
      ipv4: { dns: ['10.96.0.10'], searchDomains },
      ipv6: { dns: ['fd00::a'], searchDomains },
    });
  });

  it.each(['', 'nameserver 127.0.0.53\nsearch .\n', '# nameserver 1.2.3.4\n'])(
    'have stand-ins in %j',
    (text) => {
      expect(parseResolver(text)).toEqual({
        ipv4: { dns: ['8.8.8.8'], searchDomains: ['cluster.local'] },
        ipv6: { dns: [], searchDomains: ['cluster.local'] },
      });
    },
  );

  it('have the subdomain of the guest before them, once', () => {
    const domains = ['ns.svc.cluster.local', 'svc.cluster.local', 'cluster.local'];
    expect(withSubdomain(domains, undefined)).toEqual(domains);
    const longer = ['sub.ns.svc.cluster.local', ...domains];
    expect(withSubdomain(domains, 'sub')).toEqual(longer);
    expect(withSubdomain(longer, 'sub')).toEqual(longer);
    expect(withSubdomain(['example.com'], 'sub')).toEqual(['example.com']);
  });
});
