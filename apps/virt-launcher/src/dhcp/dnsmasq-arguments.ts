import type { DhcpSpec } from '@virtkit/launcher-api';

export type DhcpInterface = DhcpSpec['interfaces'][number];

/** KubeVirt leases an address for 999 days: it is the guest's as long as the Pod lives. */
const leaseHours = 999 * 24;

/**
 * The command line of a dnsmasq that serves one client on one bridge, and no DNS.
 *
 * Options that a client did not ask for are sent too (`force`): small clients ask for too little. The client may change
 * its identifier, as it does from initramfs to system, and still gets its address (`id:*`).
 */
export function dnsmasqArguments(
  description: DhcpInterface,
  files: { leases: string; pid: string },
  /** Set when dnsmasq is started by root: it must stay what it is instead of becoming a user that may not exist. */
  asRoot: boolean,
): string[] {
  const { bridge, gateway, prefix, guestAddress, mac, mtu, hostname, dns, searchDomains } = description;
  const domain = longest(searchDomains);
  return [
    '--conf-file=/dev/null',
    '--keep-in-foreground',
    '--log-facility=-',
    '--port=0',
    '--no-resolv',
    '--no-hosts',
    // Asking whether somebody else has the address would cost seconds on the first lease, and nobody else can have it.
    '--no-ping',
    `--interface=${bridge}`,
    '--except-interface=lo',
    '--bind-interfaces',
    '--dhcp-authoritative',
    '--dhcp-broadcast',
    `--dhcp-leasefile=${files.leases}`,
    `--pid-file=${files.pid}`,
    `--dhcp-range=${guestAddress},${guestAddress},${netmask(prefix)},${leaseHours}h`,
    `--dhcp-host=${mac},id:*,${guestAddress},${hostname},${leaseHours}h`,
    ...(description.foreignNetwork ? [`--shared-network=${bridge},${guestAddress}`] : []),
    `--dhcp-option-force=option:router,${gateway}`,
    ...classlessRoutes(description),
    `--dhcp-option-force=option:mtu,${mtu}`,
    ...(dns.length > 0 ? [`--dhcp-option-force=option:dns-server,${dns.join(',')}`] : []),
    ...(searchDomains.length > 0
      ? [`--dhcp-option-force=option:domain-search,${searchDomains.join(',')}`]
      : []),
    ...(domain === undefined ? [] : [`--dhcp-option-force=option:domain-name,${domain}`]),
    ...instanceOptions(description),
    ...(asRoot ? ['--user=root', '--group=root'] : []),
  ];
}

/** A client that is told of routes forgets the router, so the way out is told again, as the last of them. */
function classlessRoutes({ routes, gateway }: DhcpInterface): string[] {
  if (routes.length === 0) return [];
  const direct = '0.0.0.0';
  const pairs = routes.map(({ destination, gateway: via = direct }) => `${destination},${via}`);
  return [
    `--dhcp-option-force=option:classless-static-route,${[...pairs, `0.0.0.0/0,${gateway}`].join(',')}`,
  ];
}

/** What the instance itself wants its client to be told. */
function instanceOptions({ options }: DhcpInterface): string[] {
  const { bootFileName, tftpServerName, ntpServers, privateOptions } = options;
  const option = (code: number, value: string): string => `--dhcp-option-force=${code},${value}`;
  return [
    // Names, which dnsmasq takes as they are.
    ...(tftpServerName === undefined ? [] : [option(66, tftpServerName)]),
    ...(bootFileName === undefined ? [] : [option(67, bootFileName)]),
    ...(ntpServers.length === 0 ? [] : [option(42, ntpServers.join(','))]),
    ...privateOptions.map(({ code, value }) => option(code, bytes(value))),
  ];
}

/** Text as dnsmasq takes it literally, whatever is in it: octets in hexadecimal, and a single one as a number. */
function bytes(text: string): string {
  const octets = [...Buffer.from(text, 'utf8')];
  if (octets.length === 1) return String(octets[0]);
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}

/** KubeVirt network: the domain name is the longest search domain. */
function longest(domains: readonly string[]): string | undefined {
  return domains.toSorted((a, b) => b.length - a.length)[0];
}

/** For example 24 gives 255.255.255.0. */
export function netmask(prefix: number): string {
  const bits = (0xffffffff << (32 - prefix)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}
