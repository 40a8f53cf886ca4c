import { EmbeddedNodeError } from '../errors.ts';
import type { NetworkProvider, PodNetwork, PodNetworkRequest } from './network.ts';

/** Pods without a network of their own: for `hostNetwork: true`, and for a kubelet without root. */
export function hostNetwork(addresses: readonly string[]): NetworkProvider {
  return {
    async setUp({ sysctls }: PodNetworkRequest): Promise<PodNetwork> {
      const [first] = Object.keys(sysctls);
      if (first !== undefined)
        throw new EmbeddedNodeError(
          'Unsupported',
          `spec.securityContext.sysctls: ${first} cannot be set where the Pod shares the network of the host`,
        );
      return { addresses };
    },
    check: () => Promise.resolve(true),
    tearDown: () => Promise.resolve(),
    cleanUp: () => Promise.resolve(),
  };
}
