import { readFile } from 'node:fs/promises';
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
import type { ForwardedPort } from './masquerade.ts';
import {
  ensureBridgeNetwork,
  ensureMasqueradeNetwork,
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

/** Network of the guest behind its Pod when the instance names none (KubeVirt network facts, masquerade). */
const defaultCidr = '10.0.2.0/24';

/**
 * Pods with network namespaces of their own: bridge, tap and address translation inside each, made with root's rights.
 * `namespaceOf` gives the namespace's path from the Pod's UID, never from anything that a launcher says.
 */
export function namespacedNetwork(options: {
  namespaceOf: (podUid: string) => string;
  ownerUid: number;
  resolvConf?: string;
}): NetworkProvider {
  return {
    async prepare(instance, podUid, signal) {
      const { networks = [], domain } = instance.spec;
      const result: GuestNetwork = { interfaces: {}, dhcp: { interfaces: [] }, podAddresses: {} };
      for (const nic of domain.devices.interfaces ?? []) {
        const common: PodNetworkOptions = {
          namespace: options.namespaceOf(podUid),
          ownerUid: options.ownerUid,
          queues: interfaceQueues(instance.spec, nic) ?? 1,
          signal,
        };
        const cidr = networks.find(({ name }) => name === nic.name)?.pod?.vmNetworkCIDR ?? defaultCidr;
        const made =
          nic.bridge === undefined
            ? await masqueraded(common, nic, cidr)
            : bridged(await ensureBridgeNetwork(common));
        const { fact, lease } = made;
        result.interfaces = { ...result.interfaces, [nic.name]: fact };
        result.podAddresses[nic.name] = made.podAddresses;
        if (lease === undefined) continue;
        result.dhcp.interfaces.push({
          ...lease,
          mac: interfaceMac(instance, nic.name, nic.macAddress || fact.mac),
          hostname: hostname(instance),
          ...(await resolver(options.resolvConf ?? '/etc/resolv.conf')),
          options: dhcpOptions(nic),
        });
      }
      return result;
    },
  };
}

type Lease = Pick<
  DhcpSpecInput['interfaces'][number],
  'bridge' | 'gateway' | 'prefix' | 'guestAddress' | 'mtu' | 'routes' | 'foreignNetwork'
>;

/** One interface of the guest, connected. */
interface Connected {
  fact: InterfaceFact;
  podAddresses: string[];
  /** Absent where the guest is not given an address. */
  lease?: Lease;
}

async function masqueraded(common: PodNetworkOptions, nic: Interface, cidr: string): Promise<Connected> {
  const ports = [
    ...(nic.ports ?? []).map(forwardedPort),
    ...(nic.portRanges ?? []).map(({ start, end, protocol }) => ({
      ...forwardedPort({ port: start, protocol }),
      end,
    })),
  ];
  const made = await ensureMasqueradeNetwork({ ...common, ports, cidr });
  const { tap, mtu, bridge, gateway, prefix, guestAddress, podAddresses } = made;
  return {
    fact: { backend: { kind: 'tap', device: tap }, mtu },
    podAddresses,
    lease: { bridge, gateway, prefix, guestAddress, mtu },
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
        routes: lease.routes,
        foreignNetwork: true,
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

/** Name servers and search domains of this node, as guests get them; KubeVirt's fallback is 8.8.8.8. */
async function resolver(path: string): Promise<{ dns: string[]; searchDomains: string[] }> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const values = (keyword: string): string[] =>
    text.split('\n').flatMap((line) => {
      const [first, ...rest] = line.trim().split(/\s+/);
      return first === keyword ? rest : [];
    });
  const dns = values('nameserver').filter(
    (address) => /^\d+(\.\d+){3}$/.test(address) && !address.startsWith('127.'),
  );
  return { dns: dns.length === 0 ? ['8.8.8.8'] : dns, searchDomains: values('search') };
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
