import type { Interface, VirtualMachineInstance } from '@virtkit/core-types';
import type { DhcpSpecInput } from '@virtkit/launcher-api';
import {
  hostname,
  interfaceMac,
  interfaceQueues,
  type InterfaceFact,
  type MachineFacts,
} from '@virtkit/machine-plan';
import { HandlerError } from '../errors.ts';
import { bridgeAddress } from './bridge-binding.ts';
import type { AddressFamily } from './ip-network.ts';
import type { ForwardedPort } from './masquerade.ts';
import type { PodNamespaces } from './namespaces.ts';
import {
  ensureBridgeNetwork,
  ensureMasqueradeNetwork,
  ensurePasstNetwork,
  type BridgeNetwork,
  type PodNetworkOptions,
} from './pod-network.ts';

/** What a guest's interfaces are connected to, and what the launcher must serve on them. */
export interface GuestNetwork {
  interfaces: MachineFacts['interfaces'];
  dhcp: DhcpSpecInput;
  /** Addresses by which the world reaches the guest, by interface name. */
  podAddresses: Record<string, string[]>;
}

/** How guests of this node get their network. */
export interface NetworkProvider {
  prepare(instance: VirtualMachineInstance, podUid: string, signal: AbortSignal): Promise<GuestNetwork>;
}

/** Networks of the guest behind its Pod when the instance names none (KubeVirt network facts, masquerade). */
const defaultCidrs = { ipv4: '10.0.2.0/24', ipv6: 'fd10:0:2::/120' } as const;

/** Pods with network namespaces of their own: bridge, tap and address translation inside each, made with root's rights. */
export function namespacedNetwork(options: { namespaces: PodNamespaces; ownerUid: number }): NetworkProvider {
  return {
    async prepare(instance, podUid, signal) {
      const { networks = [], domain } = instance.spec;
      const result: GuestNetwork = { interfaces: {}, dhcp: { interfaces: [], ipv6: [] }, podAddresses: {} };
      const nics = domain.devices.interfaces ?? [];
      if (nics.length === 0) return result;
      await using namespace = await options.namespaces.open(podUid);
      for (const nic of nics) {
        const common: PodNetworkOptions = {
          namespace: namespace.path,
          ownerUid: options.ownerUid,
          queues: interfaceQueues(instance.spec, nic) ?? 1,
          signal,
        };
        const pod = networks.find(({ name }) => name === nic.name)?.pod;
        const cidrs = {
          ipv4: pod?.vmNetworkCIDR || defaultCidrs.ipv4,
          ipv6: pod?.vmIPv6NetworkCIDR || defaultCidrs.ipv6,
        };
        const made = await connect(nic, common, cidrs);
        const { fact, lease, lease6 } = made;
        result.interfaces = { ...result.interfaces, [nic.name]: fact };
        result.podAddresses[nic.name] = made.podAddresses;
        const subdomain = instance.spec.subdomain && { subdomain: instance.spec.subdomain };
        if (lease6 !== undefined) result.dhcp.ipv6?.push({ ...lease6, ...subdomain });
        if (lease === undefined) continue;
        result.dhcp.interfaces.push({
          ...lease,
          mac: interfaceMac(instance, nic.name, nic.macAddress || fact.mac),
          hostname: hostname(instance),
          ...subdomain,
          options: dhcpOptions(nic),
        });
      }
      return result;
    },
  };
}

type Lease = Pick<
  DhcpSpecInput['interfaces'][number],
  'bridge' | 'gateway' | 'serverAddress' | 'prefix' | 'guestAddress' | 'mtu' | 'routes'
>;

type Lease6 = Pick<NonNullable<DhcpSpecInput['ipv6']>[number], 'bridge' | 'guestAddress'>;

/** One interface of the guest, connected. */
interface Connected {
  fact: InterfaceFact;
  podAddresses: string[];
  /** Absent where the guest is not given an address. */
  lease?: Lease;
  /** Absent where the guest is not given an IPv6 address. */
  lease6?: Lease6;
}

async function connect(
  nic: Interface,
  common: PodNetworkOptions,
  cidrs: Readonly<Record<AddressFamily, string>>,
): Promise<Connected> {
  if (nic.bridge !== undefined) return bridged(await ensureBridgeNetwork(common));
  if (nic.passtBinding === undefined) return masqueraded(common, nic, cidrs);
  // passt serves addresses itself, and what it lets in is the plan's.
  const { device, mtu, podAddresses } = await ensurePasstNetwork(common);
  return { fact: { backend: { kind: 'passt', device, forwards: [] }, mtu }, podAddresses };
}

async function masqueraded(
  common: PodNetworkOptions,
  nic: Interface,
  cidrs: Readonly<Record<AddressFamily, string>>,
): Promise<Connected> {
  const ports = [
    ...(nic.ports ?? []).map(forwardedPort),
    ...(nic.portRanges ?? []).map(({ start, end, protocol }) => ({
      ...forwardedPort({ port: start, protocol }),
      end,
    })),
  ];
  const { tap, mtu, bridge, subnets, podAddresses } = await ensureMasqueradeNetwork({
    ...common,
    ports,
    cidrs,
  });
  const ipv4 = subnets.find(({ family }) => family === 'ipv4');
  const ipv6 = subnets.find(({ family }) => family === 'ipv6');
  return {
    fact: { backend: { kind: 'tap', device: tap }, mtu },
    podAddresses,
    ...(ipv4 && {
      lease: { bridge, gateway: ipv4.gateway, prefix: ipv4.prefix, guestAddress: ipv4.guest, mtu },
    }),
    ...(ipv6 && { lease6: { bridge, guestAddress: ipv6.guest } }),
  };
}

function bridged({ tap, mtu, mac, bridge, lease, podAddresses }: BridgeNetwork): Connected {
  return {
    fact: { backend: { kind: 'tap', device: tap }, mtu, mac },
    podAddresses,
    ...(lease && {
      lease: {
        bridge,
        mtu,
        guestAddress: lease.address,
        prefix: lease.prefix,
        gateway: lease.gateway,
        serverAddress: bridgeAddress,
        routes: lease.routes,
      },
    }),
  };
}

/** What the instance wants its DHCP client to be told beyond the network itself. */
function dhcpOptions({ dhcpOptions: wanted }: Interface): DhcpSpecInput['interfaces'][number]['options'] {
  return {
    ...(wanted?.bootFileName && { bootFileName: wanted.bootFileName }),
    ...(wanted?.tftpServerName && { tftpServerName: wanted.tftpServerName }),
    ntpServers: wanted?.ntpServers ?? [],
    privateOptions: (wanted?.privateOptions ?? []).map(({ option, value }) => ({ code: option, value })),
  };
}

/** Without rights on the host: the hypervisor's own user-mode network, which reaches out and cannot be reached. */
export const userModeNetwork: NetworkProvider = {
  prepare: async (instance) => {
    const taking = (instance.spec.domain.devices.interfaces ?? []).find(({ bridge }) => bridge !== undefined);
    if (taking !== undefined)
      throw new HandlerError('not-permitted', `interface ${taking.name}: the bridge binding needs root`);
    return userMode(instance);
  },
};

function userMode(instance: VirtualMachineInstance): GuestNetwork {
  return {
    interfaces: Object.fromEntries(
      (instance.spec.domain.devices.interfaces ?? []).map(({ name }) => [
        name,
        { backend: { kind: 'user', forwards: [] } },
      ]),
    ),
    dhcp: { interfaces: [] },
    podAddresses: {},
  };
}

function forwardedPort({ port, protocol }: { port: number; protocol?: string | undefined }): ForwardedPort {
  return { port, protocol: protocol?.toLowerCase() === 'udp' ? 'udp' : 'tcp' };
}

/** For hypervisors without real guests: a tap is named as if it were there, nothing is made on the host. */
export const simulatedNetwork: NetworkProvider = {
  prepare: async (instance) => ({
    interfaces: Object.fromEntries(
      (instance.spec.domain.devices.interfaces ?? []).map(({ name }) => [
        name,
        { backend: { kind: 'tap', device: 'tap0' } },
      ]),
    ),
    dhcp: { interfaces: [] },
    podAddresses: {},
  }),
};
