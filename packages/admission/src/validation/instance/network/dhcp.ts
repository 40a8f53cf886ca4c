import { canonicalIp } from '../../../defaults/ntp-servers.ts';
import { invalid } from '../../finding.ts';
import { isIpv4 } from '../../ip-address.ts';
import type { InterfaceRule } from './place.ts';

/** The options that DHCP leaves to sites. */
const leastOption = 224;
const greatestOption = 254;

/** What the guest is told over DHCP. KubeVirt reports private options at the spec as a whole. */
export const dhcpRules: readonly InterfaceRule[] = [
  {
    id: 'NET-44',
    *check({ nic: { dhcpOptions }, root }) {
      const options = (dhcpOptions?.privateOptions ?? []).map(({ option }) => option);
      if (new Set(options).size < options.length)
        yield invalid(root, 'a private DHCP option is given more than once');
    },
  },
  {
    id: 'NET-45',
    *check({ nic: { dhcpOptions }, root }) {
      for (const { option } of dhcpOptions?.privateOptions ?? [])
        if (option < leastOption || option > greatestOption)
          yield invalid(
            root,
            `private DHCP option ${option} is not between ${leastOption} and ${greatestOption}`,
          );
    },
  },
  {
    // KubeVirt rewrites addresses when it reads them: leading zeros, and IPv4 addresses written as IPv6 ones, are let pass.
    id: 'NET-46',
    *check({ nic: { dhcpOptions }, field }) {
      for (const [index, server] of (dhcpOptions?.ntpServers ?? []).entries())
        if (!isIpv4(canonicalIp(server) ?? ''))
          yield invalid(`${field}.dhcpOptions.ntpServers[${index}]`, `"${server}" is not an IPv4 address`);
    },
  },
];
