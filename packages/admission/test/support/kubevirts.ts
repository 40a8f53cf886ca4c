import type { KubeVirt, KubeVirtConfiguration } from '@virtkit/core-types';
import { clusterConfiguration, type ClusterConfiguration, type ClusterFacts } from '../../src/index.ts';

/** A KubeVirt object with this configuration. */
export function kubevirtWith(
  configuration: KubeVirtConfiguration,
  more: { metadata?: KubeVirt['metadata']; status?: KubeVirt['status'] } = {},
): KubeVirt {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: { name: 'kubevirt', namespace: 'kubevirt', ...more.metadata },
    spec: { configuration },
    status: more.status,
  };
}

/** What is in force with such an object. */
export function configured(
  configuration: KubeVirtConfiguration,
  facts: ClusterFacts & { metadata?: KubeVirt['metadata']; status?: KubeVirt['status'] } = {},
): ClusterConfiguration {
  return clusterConfiguration(kubevirtWith(configuration, facts), facts);
}
