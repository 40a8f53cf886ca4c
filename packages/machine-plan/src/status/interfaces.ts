import type {
  VirtualMachineInstanceNetworkInterface as InterfaceStatus,
  VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import type { GuestInfo, Observed } from '@virtkit/hal';
import { interfaceQueues } from '../plan/interfaces.ts';

export interface InterfaceInput {
  spec: VirtualMachineInstanceSpec;
  observed: Observed;
  guest: GuestInfo | undefined;
  /** Addresses by which the Pod is reached, by interface name; those of the guest behind them do not count. */
  podAddresses: Readonly<Record<string, readonly string[]>>;
  previous: readonly InterfaceStatus[];
}

/** KubeVirt: interfaces that only the guest knows are listed up to this many. */
const guestOnlyLimit = 10;

type GuestInterface = GuestInfo['interfaces'][number];

/**
 * `status.interfaces` (KubeVirt: pod network first, then the order of the spec, then what only the guest knows). The
 * name of the interface in the Pod is another author's and is kept.
 */
export function projectInterfaces(input: InterfaceInput): InterfaceStatus[] {
  const { spec, observed, guest } = input;
  const pod = new Set((spec.networks ?? []).filter(({ pod }) => pod !== undefined).map(({ name }) => name));
  const names = (spec.domain.devices.interfaces ?? [])
    .filter(({ state }) => state !== 'absent')
    .map(({ name }) => name)
    .sort((a, b) => Number(pod.has(b)) - Number(pod.has(a)));
  const known = new Set(observed.interfaces.map(({ mac }) => mac.toLowerCase()));
  const others = (guest?.interfaces ?? []).filter(
    ({ name, mac }) => name !== 'lo' && (mac === undefined || !known.has(mac.toLowerCase())),
  );
  return [
    ...names.map((name) => machineInterface(name, input)),
    ...others.slice(0, guestOnlyLimit).map(guestOnly),
  ];
}

function machineInterface(name: string, input: InterfaceInput): InterfaceStatus {
  const seen = input.observed.interfaces.find(({ id }) => id === name);
  const before = input.previous.find((entry) => entry.name === name);
  const podInterfaceName = before?.podInterfaceName;
  const kept = podInterfaceName === undefined ? {} : { podInterfaceName };
  if (seen === undefined) return { name, ...kept };
  const inGuest = (input.guest?.interfaces ?? []).find(
    ({ mac }) => mac?.toLowerCase() === seen.mac.toLowerCase(),
  );
  const flags = ['domain', ...(inGuest === undefined ? [] : ['guest-agent'])];
  if (before?.infoSource?.includes('multus-status')) flags.push('multus-status');
  return {
    name,
    mac: seen.mac,
    ...addressing(addressesOf(input.podAddresses[name] ?? [], inGuest)),
    ...(inGuest && { interfaceName: inGuest.name }),
    ...kept,
    infoSource: flags.join(', '),
    queueCount: queueCount(name, input.spec),
    linkState: seen.linkUp && seen.process?.running !== false ? 'up' : 'down',
  };
}

function queueCount(name: string, spec: VirtualMachineInstanceSpec): number {
  const nic = (spec.domain.devices.interfaces ?? []).find((one) => one.name === name);
  return (nic && interfaceQueues(spec, nic)) ?? 1;
}

/**
 * Per family: the Pod's addresses, else the guest's; none when the guest says that it has none. A link-local IPv6 address
 * means nothing outside of the guest, so a guest with no other one is not reached at its Pod's either.
 */
function addressesOf(pod: readonly string[], guest: GuestInterface | undefined): string[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const fromPod = pod.filter((address) => (address.includes(':') ? 'ipv6' : 'ipv4') === family);
    if (guest === undefined) return fromPod;
    const fromGuest = guest.addresses
      .filter((entry) => entry.family === family && !/^fe[89ab]/i.test(entry.address))
      .map(({ address }) => address);
    return fromPod.length > 0 && fromGuest.length > 0 ? fromPod : fromGuest;
  });
}

function guestOnly({ name, mac, addresses }: GuestInterface): InterfaceStatus {
  const ordered = [...addresses].sort((a, b) => a.family.localeCompare(b.family));
  return {
    interfaceName: name,
    ...(mac !== undefined && { mac }),
    ...addressing(ordered.map(({ address }) => address)),
    infoSource: 'guest-agent',
  };
}

function addressing(ipAddresses: string[]): Pick<InterfaceStatus, 'ipAddress' | 'ipAddresses'> {
  const [ipAddress] = ipAddresses;
  return ipAddress === undefined ? {} : { ipAddress, ipAddresses };
}
