import {
  offlineLookups,
  type AdmissionLookups,
  type ReferencedKind,
  type ReferencedObject,
} from '@virtkit/admission';
import { resources, servedKind, type KubernetesObject, type ResourceDefinition } from '@virtkit/core-types';
import type { SourcedDocument } from './sources.ts';

/** Namespace of objects that name none. */
export const defaultNamespace = 'default';

const referenced: Readonly<Record<ReferencedKind, ResourceDefinition<ReferencedObject>>> = {
  VirtualMachineInstancetype: resources.virtualMachineInstancetypes,
  VirtualMachineClusterInstancetype: resources.virtualMachineClusterInstancetypes,
  VirtualMachinePreference: resources.virtualMachinePreferences,
  VirtualMachineClusterPreference: resources.virtualMachineClusterPreferences,
};

/**
 * Look-ups among the documents themselves, as if all of them had been created already: a machine finds its instance type in
 * another file. What fits no schema is not there.
 */
export function manifestLookups(documents: readonly SourcedDocument[]): AdmissionLookups {
  const values = documents.flatMap((document) => (document.kind === 'object' ? [document.value] : []));

  /** Objects of a kind; `namespace` is undefined for cluster-wide kinds. */
  function list<T extends KubernetesObject>(definition: ResourceDefinition<T>, namespace?: string): T[] {
    return values.flatMap((value) => {
      const served = servedKind(value['apiVersion'], value['kind']);
      if (served?.definition.plural !== definition.plural || served.definition.group !== definition.group)
        return [];
      const parsed = definition.schema?.safeParse(value);
      if (parsed?.success !== true) return [];
      const own = definition.namespaced ? (parsed.data.metadata.namespace ?? defaultNamespace) : undefined;
      return own === namespace ? [parsed.data] : [];
    });
  }
  async function get<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    namespace: string | undefined,
    name: string,
  ): Promise<T | undefined> {
    return list(definition, namespace).find(({ metadata }) => metadata.name === name);
  }

  return {
    ...offlineLookups,
    presets: async (namespace) => list(resources.virtualMachineInstancePresets, namespace),
    instance: (namespace, name) => get(resources.virtualMachineInstances, namespace, name),
    machine: (namespace, name) => get(resources.virtualMachines, namespace, name),
    snapshot: (namespace, name) => get(resources.virtualMachineSnapshots, namespace, name),
    object: (kind, namespace, name) => get(referenced[kind], namespace, name),
    persistentVolumeClaim: (namespace, name) => get(resources.persistentVolumeClaims, namespace, name),
    dataVolume: (namespace, name) => get(resources.dataVolumes, namespace, name),
    dataSource: (namespace, name) => get(resources.dataSources, namespace, name),
  };
}
