/** The Pod's own interface as found in its network namespace. */
export interface PodInterface {
  name: string;
  mtu: number;
  mac: string;
  /** Kind of device, for example `veth`; absent for hardware. */
  kind?: string;
  /** Global IPv4 addresses. */
  ipv4: PodAddress[];
  /** Global IPv6 addresses. */
  ipv6: PodAddress[];
}

/** An IP address with the length of its network's prefix. */
export interface PodAddress {
  address: string;
  prefix: number;
}

/** A route through the Pod's interface. */
export interface PodRoute {
  /** `default`, or an IPv4 network in CIDR notation. */
  destination: string;
  /** Absent for networks that are reached directly. */
  gateway?: string;
}

/** The part of an interface's name that names made from it have in common: `eth0` -> `eth0`, `podab12` -> `ab12`. */
const stem = (podInterface: string): string => podInterface.replace(/^pod/, '');

/** In-pod bridge of a Pod interface: `eth0` -> `k6t-eth0`. */
export const bridgeName = (podInterface: string): string => `k6t-${stem(podInterface)}`;

/** What a Pod's interface is called once a bridge takes its frames: `eth0` -> `eth0-nic`. */
export const takenName = (podInterface: string): string => `${stem(podInterface)}-nic`;

/** Tap of the primary network. */
export const primaryTap = 'tap0';

/** Lines for `ip -batch` that make the guest's tap and connect it. Several queues need a tap that was made for them. */
export function tapLines(options: {
  bridge: string;
  mtu: number;
  /** Owner of the device: the user that QEMU runs as. */
  ownerUid: number;
  queues: number;
}): string[] {
  const { bridge, mtu, ownerUid, queues } = options;
  const several = queues > 1 ? ' multi_queue' : '';
  return [
    `tuntap add dev ${primaryTap} mode tap user ${ownerUid} group ${ownerUid}${several}`,
    `link set ${primaryTap} mtu ${mtu} master ${bridge}`,
    `link set ${primaryTap} up`,
  ];
}
