import { describe, expect, it } from 'vitest';
import { masqueradeAddresses, planMasquerade } from '../../src/network/masquerade.ts';

const podInterface = { name: 'eth0', mtu: 1450 };
const common = { podInterface, ownerUid: 107, queues: 1, cidr: '10.0.2.0/24' };

describe('masquerade addresses', () => {
  it.each([
    ['10.0.2.0/24', { gateway: '10.0.2.1', guest: '10.0.2.2', prefix: 24 }],
    ['192.168.255.252/30', { gateway: '192.168.255.253', guest: '192.168.255.254', prefix: 30 }],
    ['10.0.2.77/24', { gateway: '10.0.2.1', guest: '10.0.2.2', prefix: 24 }],
  ])('%s', (cidr, expected) => {
    expect(masqueradeAddresses(cidr)).toEqual(expected);
  });

  it.each(['10.0.2.0/31', '10.0.2.0/32', '10.0.2.0', '300.0.2.0/24', 'fd10::/120', ''])(
    'refuses %j',
    (cidr) => {
      expect(() => masqueradeAddresses(cidr)).toThrow(RangeError);
    },
  );
});

describe('masquerade plan', () => {
  it('keeps the mtu of the Pod and gives the tap to the user that runs QEMU', () => {
    const plan = planMasquerade({ ...common, ports: [] });
    expect(plan).toMatchObject({
      bridge: 'k6t-eth0',
      tap: 'tap0',
      mtu: 1450,
      gateway: '10.0.2.1',
      guestAddress: '10.0.2.2',
    });
    expect(plan.links).toContain('tuntap add dev tap0 mode tap user 107 group 107');
    expect(plan.links.filter((line) => line.includes('mtu 1450'))).toHaveLength(2);
  });

  it('makes a tap of several queues only where there are several', () => {
    const plan = planMasquerade({ ...common, ports: [], queues: 4 });
    expect(plan.links).toContain('tuntap add dev tap0 mode tap user 107 group 107 multi_queue');
  });

  it('forwards every port when none is listed, and only the listed ones otherwise', () => {
    const all = planMasquerade({ ...common, ports: [] }).nftables;
    expect(all).toMatch(/chain KUBEVIRT_PREINBOUND \{\n\s+counter dnat to 10\.0\.2\.2/);
    const some = planMasquerade({
      ...common,
      ports: [
        { port: 22, protocol: 'tcp' },
        { port: 53, protocol: 'udp' },
        { port: 8000, end: 8010, protocol: 'tcp' },
      ],
    }).nftables;
    expect(some).toContain('tcp dport 22 counter dnat to 10.0.2.2');
    expect(some).toContain('udp dport 53 counter dnat to 10.0.2.2');
    expect(some).toContain('tcp dport 8000-8010 counter dnat to 10.0.2.2');
    expect(some).toContain('ip daddr 127.0.0.1 tcp dport 8000-8010 counter dnat to 10.0.2.2');
    expect(some).not.toMatch(/\n\s+counter dnat/);
  });
});
