import { readFile } from 'node:fs/promises';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { DhcpSpecInput } from '@virtkit/launcher-api';
import { hostname, interfaceMac, type MachineFacts } from '@virtkit/machine-plan';
import type { ForwardedPort } from './masquerade.ts';
import { ensureMasqueradeNetwork } from './pod-network.ts';

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
        const network = networks.find(({ name }) => name === nic.name);
        const made = await ensureMasqueradeNetwork({
          namespace: options.namespaceOf(podUid),
          ports: (nic.ports ?? []).map(forwardedPort),
          ownerUid: options.ownerUid,
          cidr: network?.pod?.vmNetworkCIDR ?? defaultCidr,
          signal,
        });
        result.interfaces = {
          ...result.interfaces,
          [nic.name]: { backend: { kind: 'tap', device: made.tap }, mtu: made.mtu },
        };
        result.podAddresses[nic.name] = made.podAddresses;
        result.dhcp.interfaces.push({
          bridge: made.bridge,
          gateway: made.gateway,
          prefix: made.prefix,
          guestAddress: made.guestAddress,
          mac: interfaceMac(instance, nic.name, nic.macAddress),
          mtu: made.mtu,
          hostname: hostname(instance),
          ...(await resolver(options.resolvConf ?? '/etc/resolv.conf')),
        });
      }
      return result;
    },
  };
}

/** Without rights on the host: the hypervisor's own user-mode network, which reaches out and cannot be reached. */
export const userModeNetwork: NetworkProvider = {
  prepare: async (instance) => ({
    interfaces: Object.fromEntries(
      (instance.spec.domain.devices.interfaces ?? []).map(({ name }) => [
        name,
        { backend: { kind: 'user', forwards: [] } },
      ]),
    ),
    dhcp: { interfaces: [] },
    podAddresses: {},
  }),
};

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
