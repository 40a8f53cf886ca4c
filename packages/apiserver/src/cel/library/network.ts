import { isIP } from 'node:net';
import { CelFault, noSuchOverload } from '../errors.ts';
import type { LibrarySource } from '../overloads.ts';
import type { Opaque } from '../values.ts';
import { quoted } from './format-text.ts';
import { of } from './standard.ts';

type Family = 4 | 6;
const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** An address of the Internet protocol. */
class Ip implements Opaque {
  readonly kind = 'opaque';
  readonly type = 'net.IP';
  readonly family: Family;
  readonly bits: bigint;

  constructor(family: Family, bits: bigint) {
    this.family = family;
    this.bits = bits;
  }

  equals(other: Opaque): boolean {
    return other instanceof Ip && other.family === this.family && other.bits === this.bits;
  }

  /** True if the address starts with these bits. */
  startsWith(prefix: bigint, length: number): boolean {
    return this.bits >> BigInt(BITS[this.family] - length) === prefix;
  }

  toString(): string {
    return this.family === 4 ? dotted(this.bits) : colons(this.bits);
  }
}

/** A network: an address and how many of its bits are those of the network. */
class Cidr implements Opaque {
  readonly kind = 'opaque';
  readonly type = 'net.CIDR';
  readonly address: Ip;
  readonly length: number;

  constructor(address: Ip, length: number) {
    this.address = address;
    this.length = length;
  }

  equals(other: Opaque): boolean {
    return other instanceof Cidr && other.length === this.length && other.address.equals(this.address);
  }

  contains(address: Ip, length = BITS[address.family]): boolean {
    const shift = BigInt(BITS[this.address.family] - this.length);
    return (
      address.family === this.address.family &&
      this.length <= length &&
      address.bits >> shift === this.address.bits >> shift
    );
  }
}

function dotted(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
}

/** IPv6 in its shortest form: the longest run of two or more zeros, the first of several, is left out. */
function colons(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => Number((bits >> BigInt(112 - 16 * at)) & 0xffffn));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

function bitsOfIpv4(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function bitsOfIpv6(text: string): bigint {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = embedded === null ? 0n : bitsOfIpv4(embedded[2] ?? '');
  const whole =
    embedded === null
      ? text
      : `${embedded[1] ?? ''}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  const [head = '', tail] = whole.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** Why a text is no address, as Go's netip says it. */
function ipProblem(text: string): string {
  const said = (why: string) => `ParseAddr(${quoted(text)}): ${why}`;
  const separator = /[.:%]/.exec(text)?.[0];
  if (separator === '.') {
    const fields = text.split('.');
    const at = fields.findIndex((field) => !/^\d+$/.test(field));
    if (fields.some((field) => /^\d+$/.test(field) && Number(field) > 255))
      return said('IPv4 field has value >255');
    if (fields.some((field) => /^0\d/.test(field))) return said('IPv4 field has octet with leading zero');
    if (at >= 0) {
      const rest = /[^\d.].*/s.exec(text)?.[0];
      return rest === undefined
        ? said(`IPv4 field must have at least one digit (at ${quoted(fields.slice(at).join('.'))})`)
        : said(`unexpected character (at ${quoted(rest)})`);
    }
    return said(fields.length > 4 ? 'IPv4 address too long' : 'IPv4 address too short');
  }
  return separator === undefined ? said('unable to parse IP') : said('unexpected character, want colon');
}

function readIp(text: string): Ip | string {
  const [address = '', zone] = text.split('%');
  const family = isIP(address);
  const shown = quoted(text);
  if (family === 0)
    return `IP Address ${shown} parse error during conversion from string: ${ipProblem(text)}`;
  if (zone !== undefined) return `IP address ${shown} with zone value is not allowed`;
  if (family === 4) return new Ip(4, bitsOfIpv4(address));
  const bits = bitsOfIpv6(address);
  return bits >> 32n === 0xffffn ? `IPv4-mapped IPv6 address ${shown} is not allowed` : new Ip(6, bits);
}

function readCidr(text: string): Cidr | string {
  const failed = (why: string) =>
    `network address parse error during conversion from string: netip.ParsePrefix(${quoted(text)}): ${why}`;
  const slash = text.lastIndexOf('/');
  if (slash < 0) return failed("no '/'");
  const address = text.slice(0, slash);
  const family = isIP(address.split('%')[0] ?? '');
  if (family === 0) return failed(ipProblem(address));
  if (address.includes('%')) return failed('IPv6 zones cannot be present in a prefix');
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9]\d*)$/.test(length)) return failed(`bad bits after slash: ${quoted(length)}`);
  const bits = family === 4 ? bitsOfIpv4(address) : bitsOfIpv6(address);
  if (Number(length) > BITS[family as Family]) return failed('prefix length out of range');
  if (family === 6 && bits >> 32n === 0xffffn)
    return `IPv4-mapped IPv6 address ${quoted(text)} is not allowed`;
  return new Cidr(new Ip(family as Family, bits), Number(length));
}

function orFault<T>(value: T | string): T {
  if (typeof value === 'string') throw new CelFault(value);
  return value;
}

function toIp(text: string): Ip {
  return orFault(readIp(text));
}

function toCidr(text: string): Cidr {
  const read = readCidr(text);
  if (typeof read === 'string')
    throw new CelFault(`network address parse error during conversion from string: ${read}`);
  return read;
}

function isLoopback(ip: Ip): boolean {
  return ip.family === 4 ? ip.startsWith(127n, 8) : ip.bits === 1n;
}

function isLinkLocalMulticast(ip: Ip): boolean {
  return ip.family === 4
    ? ip.startsWith(0xe00000n, 24)
    : ip.startsWith(0xffn, 8) && ((ip.bits >> 112n) & 0xfn) === 2n;
}

function isLinkLocalUnicast(ip: Ip): boolean {
  return ip.family === 4 ? ip.startsWith(0xa9fen, 16) : ip.startsWith(0x3fan, 10);
}

function isMulticast(ip: Ip): boolean {
  return ip.family === 4 ? ip.startsWith(0xen, 4) : ip.startsWith(0xffn, 8);
}

function isGlobalUnicast(ip: Ip): boolean {
  const broadcast = ip.family === 4 && ip.bits === 0xffffffffn;
  return ip.bits !== 0n && !broadcast && !isLoopback(ip) && !isMulticast(ip) && !isLinkLocalUnicast(ip);
}

function masked(cidr: Cidr): Cidr {
  const shift = BigInt(BITS[cidr.address.family] - cidr.length);
  return new Cidr(new Ip(cidr.address.family, (cidr.address.bits >> shift) << shift), cidr.length);
}

const test = (holds: (ip: Ip) => boolean) => ({ 'net.IP.() bool': of(holds) });

/** Addresses and networks. */
export const NETWORK: LibrarySource = {
  ip: { '(string) net.IP': of(toIp), 'net.CIDR.() net.IP': of((cidr: Cidr) => cidr.address) },
  isIP: { '(string) bool': of((text: string) => typeof readIp(text) !== 'string') },
  'ip.isCanonical': { '(string) bool': of((text: string) => String(toIp(text)) === text) },
  family: { 'net.IP.() int': of((ip: Ip) => BigInt(ip.family)) },
  isUnspecified: test((ip) => ip.bits === 0n),
  isLoopback: test(isLoopback),
  isLinkLocalMulticast: test(isLinkLocalMulticast),
  isLinkLocalUnicast: test(isLinkLocalUnicast),
  isGlobalUnicast: test(isGlobalUnicast),
  cidr: { '(string) net.CIDR': of(toCidr) },
  isCIDR: { '(string) bool': of((text: string) => typeof readCidr(text) !== 'string') },
  containsIP: {
    'net.CIDR.(string) bool': of((cidr: Cidr, text: string) => cidr.contains(addressWithin(text))),
    'net.CIDR.(net.IP) bool': of((cidr: Cidr, ip: Ip) => cidr.contains(ip)),
  },
  containsCIDR: {
    'net.CIDR.(string) bool': of((cidr: Cidr, text: string) => containsNetwork(cidr, toCidr(text))),
    'net.CIDR.(net.CIDR) bool': of(containsNetwork),
  },
  prefixLength: { 'net.CIDR.() int': of((cidr: Cidr) => BigInt(cidr.length)) },
  masked: { 'net.CIDR.() net.CIDR': of(masked) },
  string: {
    '(net.IP) string': of((ip: Ip) => String(ip)),
    '(net.CIDR) string': of((cidr: Cidr) => `${String(cidr.address)}/${cidr.length}`),
  },
};

/** What is no address is taken for a value of a wrong type here. */
function addressWithin(text: string): Ip {
  const ip = readIp(text);
  if (typeof ip === 'string') throw noSuchOverload();
  return ip;
}

function containsNetwork(outer: Cidr, inner: Cidr): boolean {
  return outer.contains(inner.address, inner.length);
}
