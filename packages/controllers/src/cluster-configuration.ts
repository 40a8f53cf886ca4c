import {
  clusterConfiguration as configurationOf,
  configurationReader,
  memoryOverheadRatio,
  type ClusterConfiguration as Configuration,
} from '@virtkit/admission';
import { annotations, resources, type KubeVirt } from '@virtkit/core-types';
import type { InformerCache } from './runtime/informer-cache.ts';

/** What the controllers take from the configuration in force. */
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

/** What the controllers take from a KubeVirt object; KubeVirt's defaults where it is silent or absent. */
export function clusterConfiguration(kubevirt: KubeVirt | undefined): ClusterConfiguration {
  return controllerConfiguration(configurationOf(kubevirt));
}

function controllerConfiguration(configuration: Configuration): ClusterConfiguration {
  const { values, annotations: given, defaultHypervisor } = configuration;
  const {
    useEmulation,
    cpuAllocationRatio,
    memoryOvercommit,
    nodeSelectors = {},
  } = values.developerConfiguration;
  return {
    useEmulation,
    cpuAllocationRatio,
    memoryOvercommit,
    nodeSelectors,
    imagePullPolicy: values.imagePullPolicy,
    runtimeClassName: values.defaultRuntimeClass || undefined,
    selinuxLauncherType: values.selinuxLauncherType || undefined,
    seccompProfile: seccompProfile(values),
    memoryOverheadRatio: memoryOverheadRatio(configuration),
    defaultHypervisor,
    skipBackupHooks: booleanOf(given[annotations.skipBackupHooks]),
  };
}

/** Follows the KubeVirt object of the cluster. */
export function configurationFrom(cache: InformerCache): ConfigurationSource {
  const { store } = cache.informer(resources.kubeVirts);
  const read = configurationReader();
  return () => controllerConfiguration(read(store.list()));
}

/** `true` and `false` as written; anything else says nothing. */
export function booleanOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

function seccompProfile(configuration: Configuration['values']): ClusterConfiguration['seccompProfile'] {
  const custom = configuration.seccompConfiguration?.virtualMachineInstanceProfile?.customProfile;
  if (custom?.localhostProfile !== undefined) {
    return { type: 'Localhost', localhostProfile: custom.localhostProfile };
  }
  return custom?.runtimeDefaultProfile === true ? { type: 'RuntimeDefault' } : undefined;
}
