import { annotations, resources, type KubeVirt, type KubeVirtConfiguration } from '@virtkit/core-types';
import type { InformerCache } from './runtime/informer-cache.ts';

/** What the controllers take from the KubeVirt object; everything has a default, so there need not be one. */
export interface ClusterConfiguration {
  readonly useEmulation: boolean;
  /** Virtual CPUs per requested CPU. */
  readonly cpuAllocationRatio: number;
  /** Guest memory in percent of what the pod asks for. */
  readonly memoryOvercommit: number;
  readonly nodeSelectors: Readonly<Record<string, string>>;
  readonly imagePullPolicy: string;
  readonly runtimeClassName: string | undefined;
  readonly selinuxLauncherType: string | undefined;
  readonly seccompProfile: { type: string; localhostProfile?: string } | undefined;
  /** Factor on the memory overhead. */
  readonly memoryOverheadRatio: number;
  /** The hypervisor of instances that name none. */
  readonly defaultHypervisor: string;
  readonly skipBackupHooks: boolean | undefined;
}

/** Gives the configuration that is in force now. */
export type ConfigurationSource = () => ClusterConfiguration;

/** Reads the configuration of a KubeVirt object (KubeVirt's defaults where it is silent). */
export function clusterConfiguration(kubevirt: KubeVirt | undefined): ClusterConfiguration {
  const configuration: KubeVirtConfiguration = kubevirt?.spec?.configuration ?? {};
  const developer = configuration.developerConfiguration ?? {};
  const given = kubevirt?.metadata.annotations ?? {};
  return {
    useEmulation: developer.useEmulation ?? false,
    cpuAllocationRatio: developer.cpuAllocationRatio ?? 10,
    memoryOvercommit: developer.memoryOvercommit ?? 100,
    nodeSelectors: developer.nodeSelectors ?? {},
    imagePullPolicy: configuration.imagePullPolicy ?? 'IfNotPresent',
    runtimeClassName:
      configuration.defaultRuntimeClass === '' ? undefined : configuration.defaultRuntimeClass,
    selinuxLauncherType: configuration.selinuxLauncherType,
    seccompProfile: seccompProfile(configuration),
    memoryOverheadRatio: overheadRatio(configuration.additionalGuestMemoryOverheadRatio),
    defaultHypervisor: given[annotations.hypervisor] ?? 'kvm-qemu',
    skipBackupHooks: booleanOf(given[annotations.skipBackupHooks]),
  };
}

/** Follows the first KubeVirt object of the cluster. */
export function configurationFrom(cache: InformerCache): ConfigurationSource {
  const { store } = cache.informer(resources.kubeVirts);
  return () => clusterConfiguration(store.list()[0]);
}

/** `true` and `false` as written; anything else says nothing. */
export function booleanOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

function overheadRatio(text: string | undefined): number {
  const ratio = Number(text ?? 1);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : 1;
}

function seccompProfile(configuration: KubeVirtConfiguration): ClusterConfiguration['seccompProfile'] {
  const custom = configuration.seccompConfiguration?.virtualMachineInstanceProfile?.customProfile;
  if (custom?.localhostProfile !== undefined) {
    return { type: 'Localhost', localhostProfile: custom.localhostProfile };
  }
  return custom?.runtimeDefaultProfile === true ? { type: 'RuntimeDefault' } : undefined;
}
