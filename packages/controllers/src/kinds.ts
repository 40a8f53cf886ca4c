import {
  apiVersionOf,
  resources,
  type KubernetesObject,
  type ResourceDefinition,
  type VirtualMachineSpec,
} from '@virtkit/core-types';

/** `apiVersion` and `kind` of a resource, as references and events carry them. */
export function typeOf(definition: { group: string; version: string; kind: string }): {
  apiVersion: string;
  kind: string;
} {
  return { apiVersion: apiVersionOf(definition), kind: definition.kind };
}

export const machineType = typeOf(resources.virtualMachines);
export const instanceType = typeOf(resources.virtualMachineInstances);
export const nodeType = typeOf(resources.nodes);

/** A copy of a machine's spec under a name, which never changes (Kubernetes `apps/v1`). */
export interface ControllerRevision extends KubernetesObject {
  data?: { spec?: VirtualMachineSpec };
  /** Grows with each revision of the owner. */
  revision: number;
}

const { schema: _anyData, ...names } = resources.controllerRevisions;
/** `apps/v1` ControllerRevisions with a machine's spec for data; the general definition is in core-types. */
export const controllerRevisions: ResourceDefinition<ControllerRevision> = names;
