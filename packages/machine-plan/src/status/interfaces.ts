import type { VirtualMachineInstance, VirtualMachineInstanceNetworkInterface } from '@virtkit/core-types';
import type { GuestInfo, Observed } from '@virtkit/hal';

/** Interfaces that only the guest knows and that are reported at most (KubeVirt lifecycle, interfaces). */
const mostGuestOnly = 10;

export interface InterfaceInput {
  instance: VirtualMachineInstance;
  observed: Observed;
  guest: GuestInfo | undefined;
  /** Addresses by which the world reaches the guest through its Pod, by interface name. */
  podAddresses: Readonly<Record<string, readonly string[]>>;
}

type Entry = VirtualMachineInstanceNetworkInterface;

/**
 * `status.interfaces`: the machine's interfaces, the pod network's first, with what the guest says laid over them by MAC
 * address. Addresses of the Pod win over the guest's own; behind masquerade the guest's are of no use to anybody else.
 */
export function projectInterfaces({ instance, observed, guest, podAddresses }: InterfaceInput): Entry[] {
  const { networks = [] } = instance.spec;
  const previous = instance.status?.interfaces ?? [];
  const podNetwork = networks.find((network) => network.pod !== undefined)?.name;
  const guestInterfaces = (guest?.interfaces ?? []).filter(({ name }) => name !== 'lo');
  const known = [...observed.interfaces]
    .sort((a, b) => Number(b.id === podNetwork) - Number(a.id === podNetwork))
    .map((nic): Entry => {
      const inGuest = guestInterfaces.find(({ mac }) => mac === nic.mac);
      const addresses = podAddresses[nic.id] ?? [];
      const before = previous.find(({ name }) => name === nic.id);
      const podInterfaceName = before?.podInterfaceName ?? (nic.id === podNetwork ? 'eth0' : undefined);
      return {
        name: nic.id,
        mac: nic.mac,
        infoSource: inGuest === undefined ? 'domain' : 'domain, guest-agent',
        queueCount: 1,
        linkState: nic.linkUp ? 'up' : 'down',
        ...(podInterfaceName === undefined ? {} : { podInterfaceName }),
        ...(inGuest === undefined ? {} : { interfaceName: inGuest.name }),
        ...(addresses.length === 0 ? {} : { ipAddress: addresses[0], ipAddresses: [...addresses] }),
      };
    });
  const macs = new Set(observed.interfaces.map(({ mac }) => mac));
  const guestOnly = guestInterfaces
    .filter(({ mac }) => mac !== undefined && !macs.has(mac))
    .slice(0, mostGuestOnly)
    .map((nic): Entry => {
      const addresses = nic.addresses.map(({ address }) => address);
      return {
        interfaceName: nic.name,
        mac: nic.mac,
        infoSource: 'guest-agent',
        ...(addresses.length === 0 ? {} : { ipAddress: addresses[0], ipAddresses: addresses }),
      };
    });
  return [...known, ...guestOnly];
}
