import type { AdmissionLookups, Workload } from '@virtkit/admission';
import {
  labels,
  resources,
  type KubernetesObject,
  type KubeVirt,
  type ResourceDefinition,
} from '@virtkit/core-types';
import { ifFound } from './if-found.ts';
import type { ObjectSource } from './object-source.ts';
import { placementRefusal } from './placement-check.ts';
import { referenceLookup } from './reference-lookup.ts';

/** Kubernetes CSI: a snapshot of a volume, of which only the labels matter here. */
const volumeSnapshots: ResourceDefinition = {
  group: 'snapshot.storage.k8s.io',
  version: 'v1',
  namespaced: true,
  kind: 'VolumeSnapshot',
  plural: 'volumesnapshots',
  singular: 'volumesnapshot',
};

const workloads: readonly [Workload, ResourceDefinition][] = [
  ['VirtualMachineInstance', resources.virtualMachineInstances],
  ['VirtualMachine', resources.virtualMachines],
  ['VirtualMachineInstanceReplicaSet', resources.virtualMachineInstanceReplicaSets],
];

/** How the cluster is asked. */
export interface ClusterLookupOptions {
  /** Gives the KubeVirt objects, for those who follow them anyway; they are listed when absent. */
  readonly kubeVirts?: () => Promise<readonly KubeVirt[]>;
  /** Ends all look-ups. */
  readonly signal: AbortSignal;
}

/** What admission looks up, as the cluster has it now. Kinds that the cluster does not serve have no objects. */
export function clusterLookups(source: ObjectSource, options: ClusterLookupOptions): AdmissionLookups {
  const { signal, kubeVirts = () => listKubeVirts(source, signal) } = options;
  const one =
    <T extends KubernetesObject>(definition: ResourceDefinition<T>) =>
    (namespace: string, name: string): Promise<T | undefined> =>
      ifFound(source.resource(definition).get(name, { namespace, signal }));
  const all =
    <T extends KubernetesObject>(definition: ResourceDefinition<T>) =>
    async (namespace: string, labelSelector?: string): Promise<readonly T[]> => {
      const selection = labelSelector === undefined ? {} : { labelSelector };
      const list = await ifFound(source.resource(definition).list({ namespace, signal, ...selection }));
      return list?.items ?? [];
    };
  const migrations = all(resources.virtualMachineInstanceMigrations);
  return {
    ...referenceLookup(source, signal),
    presets: (namespace) => all(resources.virtualMachineInstancePresets)(namespace),
    instance: one(resources.virtualMachineInstances),
    machine: one(resources.virtualMachines),
    migrations: (namespace, instance) => migrations(namespace, `${labels.instanceName}=${instance}`),
    snapshot: one(resources.virtualMachineSnapshots),
    snapshotContent: one(resources.virtualMachineSnapshotContents),
    restores: (namespace) => all(resources.virtualMachineRestores)(namespace),
    backups: (namespace) => all(resources.virtualMachineBackups)(namespace),
    persistentVolumeClaim: one(resources.persistentVolumeClaims),
    dataVolume: one(resources.dataVolumes),
    dataSource: one(resources.dataSources),
    volumeSnapshot: one(volumeSnapshots),
    pod: one(resources.pods),
    kubeVirts,
    async workload() {
      for (const [kind, definition] of workloads) {
        const list = await ifFound(source.resource(definition).list({ namespace: 'all', limit: 1, signal }));
        if ((list?.items ?? []).length > 0) return kind;
      }
      return undefined;
    },
    placementRefusal: (part, placement) => placementRefusal(source, part, placement, signal),
  };
}

/** All KubeVirt objects; one at most in a well-kept cluster. */
export async function listKubeVirts(source: ObjectSource, signal: AbortSignal): Promise<readonly KubeVirt[]> {
  const list = await ifFound(source.resource(resources.kubeVirts).list({ namespace: 'all', signal }));
  return list?.items ?? [];
}
