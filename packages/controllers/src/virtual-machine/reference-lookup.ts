import {
  referencedKind,
  type ReferencedKind,
  type ReferencedObject,
  type ReferenceLookup,
} from '@virtkit/admission';
import {
  resources,
  type KubernetesObject,
  type ResourceDefinition,
  type VirtualMachine,
} from '@virtkit/core-types';
import type { ControllerRevision } from '../kinds.ts';
import { watch, type Watch } from '../runtime/controller.ts';
import type { Informer } from '../runtime/informer.ts';
import type { InformerCache } from '../runtime/informer-cache.ts';
import { keyFor, keyOf } from '../runtime/object-key.ts';

const definitions: Readonly<Record<ReferencedKind, ResourceDefinition<ReferencedObject>>> = {
  VirtualMachineInstancetype: resources.virtualMachineInstancetypes,
  VirtualMachineClusterInstancetype: resources.virtualMachineClusterInstancetypes,
  VirtualMachinePreference: resources.virtualMachinePreferences,
  VirtualMachineClusterPreference: resources.virtualMachineClusterPreferences,
};

const kinds = Object.keys(definitions) as ReferencedKind[];

/** Instance types and preferences of the cluster, from stores. */
export interface ReferenceStores {
  readonly lookup: ReferenceLookup;
  /** Asks for a pass over each machine that refers to an object which changed. */
  readonly watches: readonly Watch[];
}

/** Follows the four kinds that machines refer to. */
export function referenceStores(
  cache: InformerCache,
  machines: Informer<VirtualMachine>,
  revisions: Informer<ControllerRevision>,
): ReferenceStores {
  const informers = new Map(kinds.map((kind) => [kind, cache.informer(definitions[kind])]));
  return {
    lookup: {
      revision: async (namespace, name) => revisions.store.get(keyFor(namespace, name)),
      object: async (kind, namespace, name) => informers.get(kind)?.store.get(keyFor(namespace, name)),
    },
    watches: kinds.map((kind) =>
      watch(cache.informer(definitions[kind]), (object) =>
        machines.store
          .list()
          .filter((machine) => refersTo(machine, kind, object))
          .map(keyOf),
      ),
    ),
  };
}

function refersTo(
  { metadata, spec }: VirtualMachine,
  kind: ReferencedKind,
  object: KubernetesObject,
): boolean {
  const { name, namespace } = object.metadata;
  if (namespace !== undefined && namespace !== metadata.namespace) return false;
  return (['instancetype', 'preference'] as const).some((role) => {
    const matcher = spec[role];
    return matcher !== undefined && matcher.name === name && referencedKind(role, matcher.kind) === kind;
  });
}
