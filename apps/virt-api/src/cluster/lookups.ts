import type { AdmissionLookups, Workload } from '@virtkit/admission';
import {
  labels,
  resources,
  type KubernetesObject,
  type KubeVirt,
  type ResourceDefinition,
} from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';
import { ifFound } from '../subresources/refusal.ts';
import { placementRefusal } from './placement-check.ts';
import { referenceLookup } from './reference-lookup.ts';

/** Longest that a request waits for what is looked up for it, in milliseconds; as the time-out of KubeVirt's webhooks. */
const timeout = 10_000;

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

/** What admission looks up, as the cluster has it now. Kinds that the cluster does not serve have no objects. */
export function clusterLookups(
  client: Client,
  kubeVirts: () => Promise<readonly KubeVirt[]>,
): AdmissionLookups {
  const signal = AbortSignal.timeout(timeout);
  const one =
    <T extends KubernetesObject>(definition: ResourceDefinition<T>) =>
    (namespace: string, name: string): Promise<T | undefined> =>
      ifFound(client.resource(definition).get(name, { namespace, signal }));
  const all =
    <T extends KubernetesObject>(definition: ResourceDefinition<T>) =>
    async (namespace: string, labelSelector?: string): Promise<readonly T[]> => {
      const selection = labelSelector === undefined ? {} : { labelSelector };
      const list = await ifFound(client.resource(definition).list({ namespace, signal, ...selection }));
      return list?.items ?? [];
    };
  const migrations = all(resources.virtualMachineInstanceMigrations);
  return {
    ...referenceLookup(client, signal),
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
        const list = await ifFound(client.resource(definition).list({ namespace: 'all', limit: 1, signal }));
        if ((list?.items ?? []).length > 0) return kind;
      }
      return undefined;
    },
    placementRefusal: (part, placement) => placementRefusal(client, part, placement, signal),
  };
}
