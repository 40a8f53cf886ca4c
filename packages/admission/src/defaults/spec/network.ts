import type { Interface, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { ownCopy, type SpecFill } from '../fill.ts';

const name = 'default';

/**
 * D1-8: the Pod's network with the binding that the cluster prefers, for instances that name neither network nor interface and
 * do not refuse one. A cluster with a binding that does not exist gives the network alone, which validation refuses.
 */
export const fillNetwork: SpecFill = (spec, configuration) => {
  if (!wantsNetwork(spec)) return;
  const nic = interfaces[configuration.values.network.defaultNetworkInterface];
  if (nic !== undefined) spec.domain.devices.interfaces = [nic()];
  spec.networks = [{ name, pod: {} }];
};

/** The spec with D1-8 alone, for those who need it before the other defaults. */
export function withDefaultNetwork(
  spec: VirtualMachineInstanceSpec,
  configuration: ClusterConfiguration,
): VirtualMachineInstanceSpec {
  const complete = ownCopy(spec);
  fillNetwork(complete, configuration);
  return complete;
}

/** Why the cluster's default interface cannot be given to this spec (D1-8); undefined when it can or is not wanted. */
export function networkRefusal(
  spec: VirtualMachineInstanceSpec,
  { values: { network } }: ClusterConfiguration,
): string | undefined {
  if (!wantsNetwork(spec)) return undefined;
  switch (network.defaultNetworkInterface) {
    case 'slirp':
      return 'the default network interface of the cluster is slirp, which does not exist any more; name an interface';
    case 'bridge':
      return network.permitBridgeInterfaceOnPodNetwork
        ? undefined
        : 'the default network interface of the cluster is bridge, which it does not permit on the network of the Pod';
    default:
      return undefined;
  }
}

function wantsNetwork({ networks = [], domain: { devices } }: VirtualMachineInstanceSpec): boolean {
  const named = networks.length > 0 || (devices.interfaces ?? []).length > 0;
  return !named && devices.autoattachPodInterface !== false;
}

const interfaces: Readonly<Record<string, (() => Interface) | undefined>> = {
  bridge: () => ({ name, bridge: {} }),
  masquerade: () => ({ name, masquerade: {} }),
};
