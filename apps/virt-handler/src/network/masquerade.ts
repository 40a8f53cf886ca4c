import type { AddressFamily, GuestSubnet } from './ip-network.ts';
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
  /** Networks of bridge and guest, one of each family that the Pod has addresses of. */
  subnets: readonly GuestSubnet[];
}

/** What to make, in order: `ip -batch` lines, sysctls, one nftables script. */
export interface MasqueradePlan {
  bridge: string;
  tap: string;
  mtu: number;
  subnets: readonly GuestSubnet[];
  links: string[];
  sysctls: [key: string, value: string][];
  nftables: string;
}

/** The bridge's fixed address; a guest may not use it. */
const bridgeMac = '02:00:00:00:00:00';

export function planMasquerade(request: MasqueradeRequest): MasqueradePlan {
  const { podInterface, subnets } = request;
  const bridge = bridgeName(podInterface.name);
  return {
    bridge,
    tap: primaryTap,
    mtu: podInterface.mtu,
    subnets,
    links: [
      `link add ${bridge} address ${bridgeMac} mtu ${podInterface.mtu} type bridge`,
      // Nobody else can have the addresses, and one that is still being looked for cannot be served from. Replaced and not added:
      // an attempt that was interrupted may have left a bridge without them.
      ...subnets.map(({ family, gateway, prefix }) =>
        family === 'ipv6'
          ? `addr replace ${gateway}/${prefix} dev ${bridge} nodad`
          : `addr replace ${gateway}/${prefix} dev ${bridge}`,
      ),
      `link set ${bridge} up`,
      ...tapLines({ bridge, mtu: podInterface.mtu, ownerUid: request.ownerUid, queues: request.queues }),
    ],
    sysctls: [
      ...subnets.flatMap(({ family }) => forwarding(family, bridge)),
      // The launcher's DHCP server binds its port without any capability; the setting is for both families.
      ['net/ipv4/ip_unprivileged_port_start', '0'],
    ],
    nftables: subnets
      .map((subnet) =>
        nftablesScript({ podInterface: podInterface.name, bridge, ports: request.ports, ...subnet }),
      )
      .join(''),
  };
}

function forwarding(family: AddressFamily, bridge: string): [key: string, value: string][] {
  return family === 'ipv6'
    ? [['net/ipv6/conf/all/forwarding', '1']]
    : [
        ['net/ipv4/ip_forward', '1'],
        [`net/ipv4/conf/${bridge}/route_localnet`, '1'],
      ];
}

interface NatInput extends GuestSubnet {
  podInterface: string;
  bridge: string;
  ports: readonly ForwardedPort[];
}

/** How nftables names families, and what is their loopback address. */
const nat = {
  ipv4: { family: 'ip', loopback: '127.0.0.1' },
  ipv6: { family: 'ip6', loopback: '::1' },
} as const;

/** What traffic to a port, or to one of a range, looks like. */
const matching = ({ port, end, protocol }: ForwardedPort): string =>
  `${protocol} dport ${end === undefined ? port : `${port}-${end}`}`;

/** A complete, idempotent script: the table is replaced in one transaction. */
function nftablesScript({ podInterface, bridge, gateway, guest, ports, ...input }: NatInput): string {
  const { family, loopback } = nat[input.family];
  const inbound =
    ports.length === 0
      ? [`counter dnat to ${guest}`]
      : ports.map((port) => `${matching(port)} counter dnat to ${guest}`);
  const fromLoopback =
    ports.length === 0
      ? [`${family} saddr ${loopback} counter snat to ${gateway}`]
      : ports.map((port) => `${matching(port)} ${family} saddr ${loopback} counter snat to ${gateway}`);
  const toLoopback =
    ports.length === 0
      ? [`${family} daddr ${loopback} counter dnat to ${guest}`]
      : ports.map((port) => `${family} daddr ${loopback} ${matching(port)} counter dnat to ${guest}`);
  const chain = (name: string, rules: string[], hook?: string): string =>
    [
      `  chain ${name} {`,
      ...(hook === undefined ? [] : [`    ${hook}`]),
      ...rules.map((rule) => `    ${rule}`),
      '  }',
    ].join('\n');
  return [
    `table ${family} nat {}`,
    `delete table ${family} nat`,
    `table ${family} nat {`,
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
        `${family} saddr ${guest} oifname != "${bridge}" counter masquerade`,
        `oifname "${bridge}" counter jump KUBEVIRT_POSTINBOUND`,
      ],
      'type nat hook postrouting priority 100; policy accept;',
    ),
    '}',
    '',
  ].join('\n');
}
