import type { ReferencedKind, ReferencedObject, ReferenceLookup } from '@virtkit/admission';
import { resources, type ResourceDefinition } from '@virtkit/core-types';
import { ifFound } from './if-found.ts';
import type { ObjectSource } from './object-source.ts';

const definitions: Readonly<Record<ReferencedKind, ResourceDefinition<ReferencedObject>>> = {
  VirtualMachineInstancetype: resources.virtualMachineInstancetypes,
  VirtualMachineClusterInstancetype: resources.virtualMachineClusterInstancetypes,
  VirtualMachinePreference: resources.virtualMachinePreferences,
  VirtualMachineClusterPreference: resources.virtualMachineClusterPreferences,
};

/** Looks instance types, preferences and their revisions up as they are now. */
export function referenceLookup(source: ObjectSource, signal: AbortSignal): ReferenceLookup {
  return {
    revision: (namespace, name) =>
      ifFound(source.resource(resources.controllerRevisions).get(name, { namespace, signal })),
    object: (kind, namespace, name) =>
      ifFound(
        source
          .resource(definitions[kind])
          .get(name, { ...(namespace === undefined ? {} : { namespace }), signal }),
      ),
  };
}
