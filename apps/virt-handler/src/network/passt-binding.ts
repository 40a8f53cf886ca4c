import type { PodInterface } from './pod-interface.ts';

/*
 * The passt binding: packets of the guest become traffic of the Pod's own sockets, made by a process of the launcher. Nothing is
 * added to the Pod's network; the launcher, which has no rights, is allowed to use it like any other program.
 */

/** What the launcher may then do, as sysctls. */
export function passtSysctls(user: number): [key: string, value: string][] {
  return [
    // Any port of the guest is a port of the Pod.
    ['net/ipv4/ip_unprivileged_port_start', '0'],
    // Echo requests of the guest leave through sockets for them; the setting is for both families.
    ['net/ipv4/ping_group_range', `${user} ${user}`],
  ];
}

/** What the guest gets: the Pod's own addresses. */
export interface PasstNetwork {
  device: string;
  mtu: number;
  podAddresses: string[];
}

export function passtNetwork({ name, mtu, ipv4, ipv6 }: PodInterface): PasstNetwork {
  return { device: name, mtu, podAddresses: [...ipv4, ...ipv6].map(({ address }) => address) };
}
