import { bridgeName, primaryTap, tapLines, type PodInterface } from './pod-interface.ts';

/*
 * The masquerade binding as data: which devices and address translation rules a guest needs inside its Pod's network
 * namespace. Names, addresses and the order of rules are KubeVirt's (network facts, masquerade binding), so that
 * monitoring and documentation that people have keep matching.
 */

/** One port of the VMI's interface, or a range of them; an empty list means all ports. */
export interface ForwardedPort {
  port: number;
  /** Last of a range. */
  end?: number;
  protocol: 'tcp' | 'udp';
}

export interface MasqueradeRequest {
  podInterface: Pick<PodInterface, 'name' | 'mtu'>;
  ports: readonly ForwardedPort[];
  /** Owner of the tap device: the user that QEMU runs as. */
  ownerUid: number;
  /** Pairs of queues of the guest's interface. */
  queues: number;
  /** IPv4 network of bridge and guest, for example `10.0.2.0/24` (`spec.networks[].pod.vmNetworkCIDR`). */
  cidr: string;
}

/** What to make, in order: `ip -batch` lines, sysctls, one nftables script. */
export interface MasqueradePlan {
  bridge: string;
  tap: string;
  mtu: number;
  gateway: string;
  guestAddress: string;
  prefix: number;
  links: string[];
  sysctls: [key: string, value: string][];
  nftables: string;
}

/** The bridge's fixed address; a guest may not use it. */
const bridgeMac = '02:00:00:00:00:00';

/** Network +1 is the gateway, +2 the guest. @throws RangeError when the network has fewer than two host bits. */
export function masqueradeAddresses(cidr: string): { gateway: string; guest: string; prefix: number } {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const octets = match?.slice(1, 5).map(Number) ?? [];
  const prefix = Number(match?.[5]);
  if (match === null || octets.some((octet) => octet > 255) || prefix > 32)
    throw new RangeError(`not an IPv4 network: ${cidr}`);
  if (prefix > 30)
    throw new RangeError(`the guest's network ${cidr} is too small: it needs at least two host addresses`);
  const address = octets.reduce((value, octet) => value * 256 + octet, 0);
  const network = address - (address % 2 ** (32 - prefix));
  return { gateway: dotted(network + 1), guest: dotted(network + 2), prefix };
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** @throws RangeError when the requested network is too small. */
export function planMasquerade(request: MasqueradeRequest): MasqueradePlan {
  const { podInterface } = request;
  const bridge = bridgeName(podInterface.name);
  const { gateway, guest, prefix } = masqueradeAddresses(request.cidr);
  return {
    bridge,
    tap: primaryTap,
    mtu: podInterface.mtu,
    gateway,
    guestAddress: guest,
    prefix,
    links: [
      `link add ${bridge} address ${bridgeMac} mtu ${podInterface.mtu} type bridge`,
      `addr add ${gateway}/${prefix} dev ${bridge}`,
      `link set ${bridge} up`,
      ...tapLines({ bridge, mtu: podInterface.mtu, ownerUid: request.ownerUid, queues: request.queues }),
    ],
    sysctls: [
      ['net/ipv4/ip_forward', '1'],
      [`net/ipv4/conf/${bridge}/route_localnet`, '1'],
      // The launcher's DHCP server binds port 67 without any capability.
      ['net/ipv4/ip_unprivileged_port_start', '0'],
    ],
    nftables: nftablesScript({
      podInterface: podInterface.name,
      bridge,
      gateway,
      guest,
      ports: request.ports,
    }),
  };
}

interface NatInput {
  podInterface: string;
  bridge: string;
  gateway: string;
  guest: string;
  ports: readonly ForwardedPort[];
}

/** What traffic to a port, or to one of a range, looks like. */
const matching = ({ port, end, protocol }: ForwardedPort): string =>
  `${protocol} dport ${end === undefined ? port : `${port}-${end}`}`;

/** A complete, idempotent script: the table is replaced in one transaction. */
function nftablesScript({ podInterface, bridge, gateway, guest, ports }: NatInput): string {
  const inbound =
    ports.length === 0
      ? [`counter dnat to ${guest}`]
      : ports.map((port) => `${matching(port)} counter dnat to ${guest}`);
  const fromLoopback =
    ports.length === 0
      ? [`ip saddr 127.0.0.1 counter snat to ${gateway}`]
      : ports.map((port) => `${matching(port)} ip saddr 127.0.0.1 counter snat to ${gateway}`);
  const toLoopback =
    ports.length === 0
      ? [`ip daddr 127.0.0.1 counter dnat to ${guest}`]
      : ports.map((port) => `ip daddr 127.0.0.1 ${matching(port)} counter dnat to ${guest}`);
  const chain = (name: string, rules: string[], hook?: string): string =>
    [
      `  chain ${name} {`,
      ...(hook === undefined ? [] : [`    ${hook}`]),
      ...rules.map((rule) => `    ${rule}`),
      '  }',
    ].join('\n');
  return [
    'table ip nat {}',
    'delete table ip nat',
    'table ip nat {',
    chain('KUBEVIRT_PREINBOUND', inbound),
    chain('KUBEVIRT_POSTINBOUND', fromLoopback),
    chain(
      'prerouting',
      [`iifname "${podInterface}" counter jump KUBEVIRT_PREINBOUND`],
      'type nat hook prerouting priority -100; policy accept;',
    ),
    chain('input', [], 'type nat hook input priority 100; policy accept;'),
    chain('output', toLoopback, 'type nat hook output priority -100; policy accept;'),
    chain(
      'postrouting',
      [
        `ip saddr ${guest} oifname != "${bridge}" counter masquerade`,
        `oifname "${bridge}" counter jump KUBEVIRT_POSTINBOUND`,
      ],
      'type nat hook postrouting priority 100; policy accept;',
    ),
    '}',
    '',
  ].join('\n');
}
