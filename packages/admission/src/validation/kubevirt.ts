import { annotations, type KubeVirt } from '@virtkit/core-types';
import { forbidden, invalid, notSupported } from './finding.ts';
import type { Rule } from './rule.ts';

export interface KubeVirtSubject {
  readonly kubevirt: KubeVirt;
  /** Hypervisors that instances may name. */
  readonly hypervisors: readonly string[];
}

const bindings = ['', 'bridge', 'masquerade'];

/** The cluster's configuration. */
export const kubeVirtRules: readonly Rule<KubeVirtSubject>[] = [
  {
    id: 'KVU-06',
    *check({ kubevirt }) {
      const ratio = kubevirt.spec?.configuration?.additionalGuestMemoryOverheadRatio;
      if (ratio !== undefined && !/^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(ratio))
        yield notSupported(
          'spec.configuration.additionalGuestMemoryOverheadRatio',
          `"${ratio}" is not a number`,
        );
    },
  },
  {
    id: 'KVU-07',
    *check({ kubevirt }) {
      const ratio = Number(kubevirt.spec?.configuration?.additionalGuestMemoryOverheadRatio ?? 1);
      if (ratio < 1)
        yield notSupported(
          'spec.configuration.additionalGuestMemoryOverheadRatio',
          'the ratio cannot be below 1',
        );
    },
  },
  {
    id: 'KVU-17',
    *check({ kubevirt }) {
      if (kubevirt.spec?.infra?.replicas === 0)
        yield invalid('spec.infra.replicas', 'there must be a replica');
    },
  },
  {
    id: 'KVU-18',
    *check({ kubevirt }) {
      const { featureGates = [], disabledFeatureGates = [] } =
        kubevirt.spec?.configuration?.developerConfiguration ?? {};
      for (const gate of featureGates)
        if (disabledFeatureGates.includes(gate))
          yield forbidden(
            'spec.configuration.developerConfiguration.featureGates',
            `feature gate ${gate} is both enabled and disabled`,
          );
    },
  },
  {
    id: 'VK-NETWORK',
    *check({ kubevirt }) {
      const binding = kubevirt.spec?.configuration?.network?.defaultNetworkInterface ?? '';
      if (!bindings.includes(binding))
        yield invalid(
          'spec.configuration.network.defaultNetworkInterface',
          `"${binding}" is not one of ${bindings.slice(1).join(', ')}`,
        );
    },
  },
  {
    id: 'VK-HYPERVISOR',
    *check({ kubevirt, hypervisors }) {
      const wanted = kubevirt.metadata.annotations?.[annotations.hypervisor];
      if (wanted !== undefined && !hypervisors.includes(wanted))
        yield notSupported(
          `metadata.annotations[${annotations.hypervisor}]`,
          `hypervisor "${wanted}" is not one of ${hypervisors.join(', ')}`,
        );
    },
  },
];
