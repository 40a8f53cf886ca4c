import type { KubeVirt } from '@virtkit/core-types';
import { nextConfiguration, type ClusterConfiguration, type ClusterFacts } from './cluster-configuration.ts';

/** Which KubeVirt object is the cluster's. */
export interface InstallationFacts {
  /** Namespace of the installation; any when undefined. */
  readonly namespace?: string;
  /** Whether an operator writes the object's status: if so, one without a phase is not installed yet and says nothing. */
  readonly operated?: boolean;
}

/** The KubeVirt object whose configuration is in force: of the installation, not being deleted, with a phase. */
export function activeKubeVirt(
  kubevirts: Iterable<KubeVirt>,
  { namespace, operated = false }: InstallationFacts = {},
): KubeVirt | undefined {
  for (const kubevirt of kubevirts) {
    const { metadata, status } = kubevirt;
    if (metadata.deletionTimestamp !== undefined) continue;
    if (namespace !== undefined && metadata.namespace !== namespace) continue;
    if (operated && !status?.phase) continue;
    return kubevirt;
  }
  return undefined;
}

/** Gives the configuration in force for the KubeVirt objects that there are now. */
export type ConfigurationReader = (kubevirts: Iterable<KubeVirt>) => ClusterConfiguration;

/**
 * A reader that remembers the last usable configuration, and works it out anew only for an object that it did not see last
 * time.
 */
export function configurationReader(facts: ClusterFacts & InstallationFacts = {}): ConfigurationReader {
  let last: { readonly of: KubeVirt | undefined; readonly configuration: ClusterConfiguration } | undefined;
  return (kubevirts) => {
    const active = activeKubeVirt(kubevirts, facts);
    if (last === undefined || last.of !== active) {
      last = { of: active, configuration: nextConfiguration(last?.configuration, active, facts) };
    }
    return last.configuration;
  };
}
