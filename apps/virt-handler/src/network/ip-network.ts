import { isIPv4, isIPv6 } from 'node:net';

export type AddressFamily = 'ipv4' | 'ipv6';

/** The two ends of a network with a guest: the bridge's address, which is the gateway, and the guest's. */
export interface GuestSubnet {
  family: AddressFamily;
  gateway: string;
  guest: string;
  /** Length of the network's prefix. */
  prefix: number;
}

const bits = { ipv4: 32, ipv6: 128 } as const;

/**
 * KubeVirt network, masquerade: network +1 is the gateway, +2 the guest.
 * @throws RangeError for what is no network, and for one with fewer than two host bits
 */
export function guestSubnet(cidr: string): GuestSubnet {
  const [address = '', length = '', ...rest] = cidr.split('/');
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const prefix = Number(length);
  const valid = (family === 'ipv4' || isPlainIpv6(address)) && /^\d{1,3}$/.test(length) && rest.length === 0;
  if (!valid || prefix > bits[family]) throw new RangeError(`not a network: ${cidr}`);
  if (prefix > bits[family] - 2)
    throw new RangeError(`the guest's network ${cidr} is too small: it needs at least two host addresses`);
  const host = BigInt(bits[family] - prefix);
  const network = (numberOf(address, family) >> host) << host;
  return { family, gateway: textOf(network + 1n, family), guest: textOf(network + 2n, family), prefix };
}

/** Neither with a zone nor with the last part as IPv4 writes it. */
const isPlainIpv6 = (address: string): boolean => isIPv6(address) && !/[%.]/.test(address);

function numberOf(address: string, family: AddressFamily): bigint {
  if (family === 'ipv4') return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [before = '', after] = address.split('::');
  const groups = (text: string): string[] => text.split(':').filter(Boolean);
  const known = [...groups(before), ...groups(after ?? '')].length;
  const zeros = Array.from({ length: 8 - known }, () => '0');
  const all = [...groups(before), ...zeros, ...groups(after ?? '')];
  return all.reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
}

function textOf(value: bigint, family: AddressFamily): string {
  const width = family === 'ipv4' ? 8 : 16;
  const parts: bigint[] = [];
  for (let shift = bits[family] - width; shift >= 0; shift -= width)
    parts.push(BigInt.asUintN(width, value >> BigInt(shift)));
  if (family === 'ipv4') return parts.join('.');
  // The shortest form (RFC 5952), as URLs have it.
  const { hostname } = new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]`);
  return hostname.slice(1, -1);
}
