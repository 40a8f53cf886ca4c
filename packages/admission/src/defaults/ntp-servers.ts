import type { SpecFill } from './fill.ts';

/** NTP servers of DHCP are written canonically, as KubeVirt does when it reads an object; what is no address stays. */
export const canonicalNtpServers: SpecFill = ({ domain: { devices } }) => {
  for (const { dhcpOptions } of devices.interfaces ?? []) {
    if (dhcpOptions?.ntpServers !== undefined) {
      dhcpOptions.ntpServers = dhcpOptions.ntpServers.map((text) => canonicalIp(text) ?? text);
    }
  }
};

/** The canonical form of an IP address, as Go writes it; undefined for anything else. Zeros that lead an octet are dropped. */
export function canonicalIp(text: string): string | undefined {
  if (!text.includes(':')) return canonicalIpv4(text);
  const lastColon = text.lastIndexOf(':');
  const tail = text.slice(lastColon + 1);
  const embedded = tail.includes('.') ? canonicalIpv4(tail) : tail;
  return embedded === undefined ? undefined : canonicalIpv6(text.slice(0, lastColon + 1) + embedded);
}

function canonicalIpv4(text: string): string | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^0*\d{1,3}$/.test(octet) && Number(octet) < 256)) {
    return undefined;
  }
  return octets.map(Number).join('.');
}

/** Browsers and Node write IPv6 addresses as RFC 5952 wants them; one that holds an IPv4 address is written as that. */
function canonicalIpv6(text: string): string | undefined {
  if (!/^[\da-f:.]+$/i.test(text)) return undefined;
  const url = `http://[${text}]/`;
  if (!URL.canParse(url)) return undefined;
  const address = new URL(url).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const bytes = [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255]);
  return bytes.join('.');
}
