import {
  configurationReader,
  expandMachine,
  findReferences,
  specsOf,
  type ClusterConfiguration,
  type ReferenceLookup,
} from '@virtkit/admission';
import { controllerRevisions, launcherPodSelector } from '@virtkit/controllers';
import { keyFor, type InformerCache } from '@virtkit/controllers/runtime';
import {
  resources,
  type KubernetesObject,
  type PersistentVolumeClaim,
  type Pod,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import { labelFilter, type LabelFilter } from './label-filter.ts';

/** A machine, and what its instances are made of: its template with instance type and preference applied. */
export interface ObservedMachine {
  readonly machine: VirtualMachine;
  /** The template's own spec when the references cannot be applied. */
  readonly spec: VirtualMachineInstanceSpec | undefined;
}

/** What the metrics of machines and instances follow from. */
export interface ClusterContents {
  readonly machines: readonly ObservedMachine[];
  readonly instances: readonly VirtualMachineInstance[];
  readonly configuration: ClusterConfiguration;
  /** Pods of launchers with this owner. */
  readonly launcherPods: (instanceUid: string) => readonly Pod[];
  readonly claim: (namespace: string, name: string) => PersistentVolumeClaim | undefined;
  /** An instance type or preference: cluster-wide without a namespace. */
  readonly referenced: (
    role: 'instancetype' | 'preference',
    namespace: string | undefined,
    name: string,
  ) => KubernetesObject | undefined;
  /** Which labels of machines are told. */
  readonly labels: LabelFilter;
}

/** Name of the ConfigMap by which administrators choose the labels that `kubevirt_vm_labels` tells. */
const labelsConfig = 'kubevirt-vm-labels-config';

/** Reads from stores, which controllers fill anyway, and from the ConfigMap about labels in the namespace of the installation. */
export function clusterContents(cache: InformerCache, namespace: string): () => Promise<ClusterContents> {
  const machines = cache.informer(resources.virtualMachines).store;
  const instances = cache.informer(resources.virtualMachineInstances).store;
  const kubevirts = cache.informer(resources.kubeVirts).store;
  const claims = cache.informer(resources.persistentVolumeClaims).store;
  const pods = cache.informer(resources.pods, { labelSelector: launcherPodSelector }).store;
  const revisions = cache.informer(controllerRevisions).store;
  const settings = cache.informer(resources.configMaps, {
    namespace,
    fieldSelector: `metadata.name=${labelsConfig}`,
  }).store;
  const references = {
    VirtualMachineInstancetype: cache.informer(resources.virtualMachineInstancetypes).store,
    VirtualMachineClusterInstancetype: cache.informer(resources.virtualMachineClusterInstancetypes).store,
    VirtualMachinePreference: cache.informer(resources.virtualMachinePreferences).store,
    VirtualMachineClusterPreference: cache.informer(resources.virtualMachineClusterPreferences).store,
  };
  const lookup: ReferenceLookup = {
    revision: async (inNamespace, name) => revisions.get(keyFor(inNamespace, name)),
    object: async (kind, inNamespace, name) => references[kind].get(keyFor(inNamespace, name)),
  };
  const configuration = configurationReader();
  return async () => {
    const current = configuration(kubevirts.list());
    return {
      machines: await Promise.all(machines.list().map((machine) => observed(machine, lookup, current))),
      instances: instances.list(),
      configuration: current,
      launcherPods: (uid) => pods.byIndex('ownerUid', uid),
      claim: (inNamespace, name) => claims.get(keyFor(inNamespace, name)),
      referenced: (role, inNamespace, name) =>
        references[
          role === 'instancetype'
            ? inNamespace === undefined
              ? 'VirtualMachineClusterInstancetype'
              : 'VirtualMachineInstancetype'
            : inNamespace === undefined
              ? 'VirtualMachineClusterPreference'
              : 'VirtualMachinePreference'
        ].get(keyFor(inNamespace, name)),
      labels: labelFilter(settings.get(keyFor(namespace, labelsConfig))?.data),
    };
  };
}

async function observed(
  machine: VirtualMachine,
  lookup: ReferenceLookup,
  configuration: ClusterConfiguration,
): Promise<ObservedMachine> {
  const expanded = expandMachine(machine, specsOf(await findReferences(machine, lookup)), configuration);
  const { spec } = (expanded.ok ? expanded.machine : machine).spec.template;
  return { machine, spec };
}
