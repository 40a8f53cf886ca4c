import { annotations, type KubeVirt } from '@virtkit/core-types';
import { builtInConfiguration, type CompleteConfiguration } from './built-in.ts';
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

/** The configuration of a cluster; without a KubeVirt object it is the built-in one. */
export function clusterConfiguration(kubevirt?: KubeVirt, facts: ClusterFacts = {}): ClusterConfiguration {
  const values = mergeConfiguration<CompleteConfiguration>(
    builtInConfiguration,
    kubevirt?.spec?.configuration,
  );
  const given = kubevirt?.metadata.annotations ?? {};
  return {
    values,
    gates: enabledGates(values.developerConfiguration),
    defaultArchitecture:
      knownArchitecture(kubevirt?.status?.defaultArchitecture) ?? facts.architecture ?? 'amd64',
    annotations: given,
    defaultHypervisor: given[annotations.hypervisor] ?? 'kvm-qemu',
    hypervisors: facts.hypervisors,
  };
}

/** The settings of one architecture; an unknown one has those of amd64. The cluster-wide members are deprecated, but win. */
export function architectureSettings(
  { values }: ClusterConfiguration,
  architecture: string,
): { readonly machineType: string; readonly emulatedMachines: readonly string[]; readonly ovmfPath: string } {
  const own = values.architectureConfiguration[knownArchitecture(architecture) ?? 'amd64'];
  return {
    machineType: values.machineType || own.machineType,
    emulatedMachines: values.emulatedMachines ?? own.emulatedMachines,
    ovmfPath: values.ovmfPath || own.ovmfPath,
  };
}

/** The architecture itself when it is one that instances can have. */
export function knownArchitecture(name: string | undefined): Architecture | undefined {
  return name === 'amd64' || name === 'arm64' || name === 's390x' ? name : undefined;
}
