import { clusterConfiguration, type ClusterConfiguration } from '../../src/index.ts';

/** The configuration of a cluster whose KubeVirt object says nothing but that instances are masqueraded. */
export const configuration: ClusterConfiguration = clusterConfiguration(
  {
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: { name: 'kubevirt' },
    spec: { configuration: { network: { defaultNetworkInterface: 'masquerade' } } },
  },
  { hypervisors: ['kvm-qemu', 'mock'] },
);

/** The same where changes wait for a restart. */
export const stageRollout: ClusterConfiguration = {
  ...configuration,
  values: { ...configuration.values, vmRolloutStrategy: 'Stage' },
};
