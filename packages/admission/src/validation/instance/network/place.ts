import type { Interface, Network } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../../configuration/cluster-configuration.ts';
import type { Rule } from '../../rule.ts';
import type { InstanceSubject } from '../subject.ts';

/** A network in its list. */
export interface NetworkPlace {
  readonly network: Network;
  /** `spec.networks[0]`. */
  readonly field: string;
}

export type NetworkRule = Rule<NetworkPlace>;

/** The networks of a spec, one by one. */
export function networkPlaces({ spec: { networks = [] }, root }: InstanceSubject): NetworkPlace[] {
  return networks.map((network, index) => ({ network, field: `${root}.networks[${index}]` }));
}

/** An interface in its list. */
export interface InterfacePlace {
  readonly nic: Interface;
  /** `spec.domain.devices.interfaces[0]`. */
  readonly field: string;
  /** Path of the instance's spec. */
  readonly root: string;
  /** The network of the same name; the last one, where several have it. */
  readonly network: Network | undefined;
  /** Whether its network is the one that the instance as a whole has as its default. */
  readonly isDefault: boolean;
  readonly configuration: ClusterConfiguration;
}

export type InterfaceRule = Rule<InterfacePlace>;

/** The interfaces of a spec, one by one. */
export function interfacePlaces({ spec, root, configuration }: InstanceSubject): InterfacePlace[] {
  const { networks = [], domain } = spec;
  const byName = new Map(networks.map((network) => [network.name, network]));
  const first = networks.find(({ pod, multus }) => pod !== undefined || multus?.default === true);
  return (domain.devices.interfaces ?? []).map((nic, index) => ({
    nic,
    field: `${root}.domain.devices.interfaces[${index}]`,
    root,
    network: byName.get(nic.name),
    isDefault: first?.name === nic.name,
    configuration,
  }));
}
