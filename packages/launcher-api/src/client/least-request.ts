// Requests name only what they ask for. A member that says what its absence says may be unknown to a launcher of an older minor,
// which refuses what it does not know; and during an update node agents are newer than launchers.
import type { Unknown } from '../contract/history.ts';
import type { DhcpSpecInput, FactsRequest } from '../contract/schemas.ts';

/** The same request for facts in its shortest form. How disks are made is said only where there are disks. */
export function leastFactsRequest(request: Partial<FactsRequest>): Partial<FactsRequest> {
  const { diskRoom, ...rest } = withoutEmpty(request);
  return { ...rest, ...(rest.disks !== undefined && diskRoom !== undefined && { diskRoom }) };
}

/**
 * The same DHCP in its shortest form. A launcher that serves no IPv6 is not asked to: its guest does without, as it did under the node
 * agent of its own version.
 */
export function leastDhcpSpec(
  { interfaces, ipv6 }: DhcpSpecInput,
  unknown: Pick<Unknown, 'dhcp'>,
): DhcpSpecInput {
  return {
    interfaces: interfaces.map(({ options = {}, gateway, serverAddress, ...lease }) => {
      const asked = withoutEmpty(options);
      return {
        gateway,
        ...withoutEmpty(lease),
        ...(serverAddress !== gateway && serverAddress !== undefined && { serverAddress }),
        ...(Object.keys(asked).length > 0 && { options: asked }),
      };
    }),
    ...withoutEmpty({ ipv6: unknown.dhcp.has('ipv6') ? undefined : ipv6 }),
  };
}

/** `kernelBoot` may be empty and yet ask for something. */
const meaningfulWhenEmpty = new Set(['kernelBoot', 'dns', 'searchDomains']);

function withoutEmpty<T extends object>(members: T): T {
  const kept = Object.entries(members).filter(
    ([name, value]) => meaningfulWhenEmpty.has(name) || !isEmpty(value),
  );
  return Object.fromEntries(kept) as T;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === false;
}
