import {
  bridgeName,
  primaryTap,
  takenName,
  tapLines,
  type PodAddress,
  type PodInterface,
  type PodRoute,
} from './pod-interface.ts';

/*
 * The bridge binding as data: the guest takes over the Pod's MAC and IPv4 address. The Pod's interface becomes a port of a bridge
 * that the guest's tap is on, and something of its former name keeps its addresses and routes: who looks at the Pod (the CNI
 * plugins, this program after a restart) still finds them (KubeVirt network, bridge binding).
 */

export interface BridgeRequest {
  podInterface: PodInterface;
  routes: readonly PodRoute[];
  ownerUid: number;
  queues: number;
}

/** What to make: `ip -batch` lines in order, and sysctls. */
export interface BridgePlan {
  links: string[];
  sysctls: [key: string, value: string][];
}

/** What the guest gets, as found beside the bridge. */
export interface BridgedGuest {
  bridge: string;
  tap: string;
  mtu: number;
  /** The guest's address, which the Pod's interface had. */
  mac: string;
  /** Absent where the Pod has no IPv4 address: then nobody serves addresses. */
  lease?: {
    address: string;
    prefix: number;
    gateway: string;
    /** Networks beside the default one, in the order of the Pod's routes. */
    routes: PodRoute[];
  };
}

/** KubeVirt: address that the bridge answers DHCP from. Nobody else can reach it. */
export const bridgeAddress = '169.254.75.10';

/** @throws RangeError for a Pod with an address and no way out */
export function planBridge({ podInterface, routes, ownerUid, queues }: BridgeRequest): BridgePlan {
  const { name, mtu, mac, ipv4 } = podInterface;
  const bridge = bridgeName(name);
  const taken = takenName(name);
  if (ipv4.length > 0) gatewayOf(name, routes);
  const own = relatedMac(mac);
  return {
    links: [
      `link add ${bridge} address ${own} mtu ${mtu} type bridge`,
      ...(ipv4.length === 0 ? [] : [`addr add ${bridgeAddress}/32 dev ${bridge}`]),
      `link set ${name} down`,
      `link set ${name} name ${taken}`,
      `addr flush dev ${taken}`,
      // The guest has this address now; the port must not, or the bridge would keep the guest's frames.
      `link set ${taken} address ${own} master ${bridge}`,
      // Networks that send frames back would teach the bridge that the guest is outside.
      `link set ${taken} type bridge_slave learning off`,
      `link set ${taken} up`,
      `link set ${bridge} up`,
      ...tapLines({ bridge, mtu, ownerUid, queues }),
      ...standIn(podInterface, routes),
    ],
    // The stand-in's addresses are the guest's: nobody else may answer for them.
    sysctls: [
      ...(ipv4.length === 0 ? [] : [['net/ipv4/conf/all/arp_ignore', '1'] as [string, string]]),
      ['net/ipv4/ip_unprivileged_port_start', '0'],
    ],
  };
}

/** A bridge without ports, because every kernel that can do this binding has it, and not every one has dummy devices. */
function standIn({ name, mtu, mac, ipv4 }: PodInterface, routes: readonly PodRoute[]): string[] {
  return [
    `link add ${name} address ${mac} mtu ${mtu} type ${standInKind}`,
    ...ipv4.map(({ address, prefix }) => `addr add ${address}/${prefix} dev ${name}`),
    `link set ${name} up`,
    // Networks that are reached directly first: gateways may be in them.
    ...[...routes]
      .sort((a, b) => Number(a.gateway !== undefined) - Number(b.gateway !== undefined))
      .map(({ destination, gateway }) =>
        gateway === undefined
          ? `route replace ${destination} dev ${name} scope link`
          : `route replace ${destination} via ${gateway} dev ${name} onlink`,
      ),
  ];
}

const standInKind = 'bridge';

/** Whether the interface of the Pod's name is what was left in its place. */
export const isStandIn = ({ kind }: PodInterface): boolean => kind === standInKind;

/** @throws RangeError for a Pod with an address and no way out */
export function bridgedGuest(standIn: PodInterface, routes: readonly PodRoute[]): BridgedGuest {
  const { name, mtu, mac } = standIn;
  const [first] = standIn.ipv4;
  return {
    bridge: bridgeName(name),
    tap: primaryTap,
    mtu,
    mac,
    ...(first && { lease: leaseOf(name, first, routes) }),
  };
}

function leaseOf(
  name: string,
  { address, prefix }: PodAddress,
  routes: readonly PodRoute[],
): NonNullable<BridgedGuest['lease']> {
  return {
    address,
    prefix,
    gateway: gatewayOf(name, routes),
    routes: routes.filter(({ destination }) => destination !== 'default'),
  };
}

function gatewayOf(name: string, routes: readonly PodRoute[]): string {
  const gateway =
    routes.find(({ destination }) => destination === 'default')?.gateway ??
    routes.find((route) => route.gateway !== undefined)?.gateway;
  if (gateway !== undefined) return gateway;
  throw new RangeError(`no route of the Pod's interface ${name} has a gateway`);
}

/** Another unicast address that nobody on the network has, and the same each time. */
function relatedMac(mac: string): string {
  const first = (Number.parseInt(mac.slice(0, 2), 16) ^ 0x04) | 0x02;
  return `${first.toString(16).padStart(2, '0')}${mac.slice(2)}`;
}
