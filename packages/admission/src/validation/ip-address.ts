import * as z from 'zod';

const ipv4 = z.ipv4();
const ipv6 = z.ipv6();

/** An IPv4 address of four decimal numbers without leading zeros. */
export function isIpv4(text: string): boolean {
  return ipv4.safeParse(text).success;
}

/** An IPv4 or IPv6 address, without a zone. */
export function isIpAddress(text: string): boolean {
  return isIpv4(text) || ipv6.safeParse(text).success;
}
