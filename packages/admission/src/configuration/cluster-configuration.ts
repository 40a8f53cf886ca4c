import { annotations, type KubeVirt } from '@virtkit/core-types';
import { builtInConfiguration, type CompleteConfiguration } from './built-in.ts';
import { configurationFaults } from './faults.ts';
import { enabledGates, type FeatureGate } from './feature-gates.ts';
import { mergeConfiguration } from './merge.ts';

/** Architectures that instances can have. */
export type Architecture = 'amd64' | 'arm64' | 's390x';

/** The configuration in force: what a KubeVirt object says over KubeVirt's defaults. Immutable. */
export interface ClusterConfiguration {
  /** `spec.configuration`, complete. */
  readonly values: CompleteConfiguration;
  readonly gates: ReadonlySet<FeatureGate>;
  /** Architecture of instances that name none: `status.defaultArchitecture`, else that of the control plane. */
  readonly defaultArchitecture: Architecture;
  /** Annotations of the KubeVirt object; some are settings. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Virtkit: the hypervisor of instances that name none. */
  readonly defaultHypervisor: string;
  /** Virtkit: hypervisors that instances may name; undefined where that is not known, as offline. */
  readonly hypervisors: readonly string[] | undefined;
}

/** What is known beside the KubeVirt object. */
export interface ClusterFacts {
  /** Architecture of the control plane. Default: amd64. */
  readonly architecture?: Architecture;
  readonly hypervisors?: readonly string[];
}

/**
 * The configuration of a cluster. Without a KubeVirt object it is the built-in one, and so it is with one whose configuration
 * cannot be in force; `nextConfiguration` keeps the one before instead.
 */
export function clusterConfiguration(kubevirt?: KubeVirt, facts: ClusterFacts = {}): ClusterConfiguration {
  return nextConfiguration(undefined, kubevirt, facts);
}

/**
 * The configuration after a change of the KubeVirt object: the object's, or, when that cannot be in force, the last one.
 * Pure: a reducer over the versions of the object.
 */
export function nextConfiguration(
  last: ClusterConfiguration | undefined,
  kubevirt: KubeVirt | undefined,
  facts: ClusterFacts = {},
): ClusterConfiguration {
  const next = configurationOf(kubevirt, facts);
  if (configurationFaults(next.values).length === 0) return next;
  return last ?? configurationOf(undefined, facts);
}

function configurationOf(kubevirt: KubeVirt | undefined, facts: ClusterFacts): ClusterConfiguration {
  const merged = mergeConfiguration<CompleteConfiguration>(
    builtInConfiguration,
    kubevirt?.spec?.configuration,
  );
  const given = kubevirt?.metadata.annotations ?? {};
  const defaultArchitecture =
    knownArchitecture(kubevirt?.status?.defaultArchitecture) ?? facts.architecture ?? 'amd64';
  return {
    values: {
      ...merged,
      architectureConfiguration: { ...merged.architectureConfiguration, defaultArchitecture },
    },
    gates: enabledGates(merged.developerConfiguration),
    defaultArchitecture,
    annotations: given,
    defaultHypervisor: given[annotations.hypervisor] ?? 'kvm-qemu',
    hypervisors: facts.hypervisors,
  };
}

/** The architecture itself when it is one that instances can have. */
export function knownArchitecture(name: string | undefined): Architecture | undefined {
  return name === 'amd64' || name === 'arm64' || name === 's390x' ? name : undefined;
}
