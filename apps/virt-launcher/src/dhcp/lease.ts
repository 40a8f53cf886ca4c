import type { DhcpSpec } from '@virtkit/launcher-api';
import { addressBytes, optionCodes, type Option } from './message.ts';
import type { Resolver } from './resolver.ts';

export type DhcpInterface = DhcpSpec['interfaces'][number];

/** KubeVirt leases an address for 999 days: it is the guest's as long as the Pod lives. */
const leaseSeconds = 999 * 24 * 60 * 60;

/** What a guest is told of its network, the most important first (KubeVirt network: options of DHCP). */
export function leaseOptions(description: DhcpInterface, resolver: Resolver): Option[] {
  const { prefix, gateway, mtu, hostname, options } = description;
  const { dns, searchDomains } = resolver;
  const domain = longest(searchDomains);
  const bootFile = options.bootFileName;
  const tftpServer = options.tftpServerName;
  return [
    [optionCodes.leaseTime, uint32(leaseSeconds)],
    [optionCodes.renewalTime, uint32(leaseSeconds / 2)],
    [optionCodes.rebindingTime, uint32((leaseSeconds / 8) * 7)],
    [optionCodes.subnetMask, addressBytes(netmask(prefix))],
    [optionCodes.router, addressBytes(gateway)],
    [optionCodes.interfaceMtu, uint16(mtu)],
    ...some(optionCodes.nameServers, addresses(dns)),
    [optionCodes.hostName, Buffer.from(hostname)],
    ...some(optionCodes.classlessRoutes, classlessRoutes(description)),
    ...(bootFile === undefined ? [] : some(optionCodes.bootFileName, Buffer.from(bootFile))),
    ...(tftpServer === undefined ? [] : some(optionCodes.tftpServerName, Buffer.from(tftpServer))),
    ...(domain === undefined ? [] : some(optionCodes.domainName, Buffer.from(domain))),
    ...some(optionCodes.domainSearch, Buffer.concat(searchDomains.map(nameBytes))),
    ...some(optionCodes.ntpServers, addresses(options.ntpServers)),
    ...options.privateOptions.flatMap(({ code, value }) => some(code, Buffer.from(value))),
  ];
}

/** An option without content is not an option. */
const some = (code: number, value: Buffer): Option[] => (value.length === 0 ? [] : [[code, value]]);

const addresses = (list: readonly string[]): Buffer => Buffer.concat(list.map(addressBytes));

/**
 * RFC 3442: the length of the prefix, as many bytes of the network as it covers, the gateway. A client that is told of routes
 * forgets the router, so the way out is told again, as the last of them.
 */
function classlessRoutes({ routes, gateway }: DhcpInterface): Buffer {
  if (routes.length === 0) return Buffer.alloc(0);
  const direct = '0.0.0.0';
  const all = [...routes, { destination: '0.0.0.0/0', gateway }];
  return Buffer.concat(
    all.map(({ destination, gateway: via = direct }) => {
      const [network = '', length = '32'] = destination.split('/');
      const prefix = Number(length);
      const significant = addressBytes(network).subarray(0, Math.ceil(prefix / 8));
      return Buffer.concat([Buffer.from([prefix]), significant, addressBytes(via)]);
    }),
  );
}

/** A domain name as DNS writes it, without compression (RFC 1035, section 3.1). */
export function nameBytes(name: string): Buffer {
  const labels = name.split('.').filter(Boolean);
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
    Buffer.from([0]),
  ]);
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

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Math.floor(value));
  return bytes;
}
