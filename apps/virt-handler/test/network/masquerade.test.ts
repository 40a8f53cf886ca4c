import { describe, expect, it } from 'vitest';
import { guestSubnet } from '../../src/network/ip-network.ts';
import { planMasquerade } from '../../src/network/masquerade.ts';

const podInterface = { name: 'eth0', mtu: 1450 };
const [ipv4, ipv6] = [guestSubnet('10.0.2.0/24'), guestSubnet('fd10:0:2::/120')];
const common = { podInterface, ownerUid: 107, queues: 1, subnets: [ipv4] };

describe('masquerade addresses', () => {
  it.each([
    ['10.0.2.0/24', { family: 'ipv4', gateway: '10.0.2.1', guest: '10.0.2.2', prefix: 24 }],
    [
      '192.168.255.252/30',
      { family: 'ipv4', gateway: '192.168.255.253', guest: '192.168.255.254', prefix: 30 },
    ],
    ['10.0.2.77/24', { family: 'ipv4', gateway: '10.0.2.1', guest: '10.0.2.2', prefix: 24 }],
    ['fd10:0:2::/120', { family: 'ipv6', gateway: 'fd10:0:2::1', guest: 'fd10:0:2::2', prefix: 120 }],
    ['fd10:0:2::7f/64', { family: 'ipv6', gateway: 'fd10:0:2::1', guest: 'fd10:0:2::2', prefix: 64 }],
    [
      'fd10:1:2:3:4:5:6:fffc/126',
      { family: 'ipv6', gateway: 'fd10:1:2:3:4:5:6:fffd', guest: 'fd10:1:2:3:4:5:6:fffe', prefix: 126 },
    ],
    ['::/16', { family: 'ipv6', gateway: '::1', guest: '::2', prefix: 16 }],
  ])('%s', (cidr, expected) => {
    expect(guestSubnet(cidr)).toEqual(expected);
  });

  it.each([
    ...[
      '10.0.2.0/31',
      '10.0.2.0/32',
      '10.0.2.0/33',
      '10.0.2.0',
      '300.0.2.0/24',
      '',
      '10.0.2.0/24/8',
      '10.0.2.0/-1',
    ],
    ...['fd10::/127', 'fd10::/129', 'fd10::', 'fd10:::/64', 'fe80::1%eth0/64', '::ffff:1.2.3.4/96'],
  ])('refuses %j', (cidr) => {
    expect(() => guestSubnet(cidr)).toThrow(RangeError);
  });
});

describe('masquerade plan', () => {
  it('keeps the mtu of the Pod and gives the tap to the user that runs QEMU', () => {
    const plan = planMasquerade({ ...common, ports: [] });
    expect(plan).toMatchObject({
      bridge: 'k6t-eth0',
      tap: 'tap0',
      mtu: 1450,
    });
    expect(plan.links).toContain('addr replace 10.0.2.1/24 dev k6t-eth0');
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

  it('does the same for IPv6, beside IPv4 or alone', () => {
    const both = planMasquerade({ ...common, subnets: [ipv4, ipv6], ports: [{ port: 22, protocol: 'tcp' }] });
    expect(both.links).toContain('addr replace fd10:0:2::1/120 dev k6t-eth0 nodad');
    expect(both.sysctls).toContainEqual(['net/ipv6/conf/all/forwarding', '1']);
    const translated = (text: string): string =>
      text
        .replaceAll('table ip ', 'table ip6 ')
        .replaceAll('ip saddr', 'ip6 saddr')
        .replaceAll('ip daddr', 'ip6 daddr')
        .replaceAll('127.0.0.1', '::1')
        .replaceAll('10.0.2.1', 'fd10:0:2::1')
        .replaceAll('10.0.2.2', 'fd10:0:2::2');
    const alone = planMasquerade({ ...common, ports: [{ port: 22, protocol: 'tcp' }] }).nftables;
    expect(both.nftables).toBe(alone + translated(alone));
    const six = planMasquerade({ ...common, subnets: [ipv6], ports: [] });
    expect(six.links.some((line) => line.includes('10.0.2.1'))).toBe(false);
    expect(six.sysctls.map(([key]) => key)).not.toContain('net/ipv4/ip_forward');
  });
});
