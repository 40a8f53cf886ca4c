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
export const podType = typeOf(resources.pods);
export const nodeType = typeOf(resources.nodes);
export const replicaSetType = typeOf(resources.virtualMachineInstanceReplicaSets);
export const poolType = typeOf(resources.virtualMachinePools);

/** A copy of a machine's spec under a name, which never changes (Kubernetes `apps/v1`). */
export interface ControllerRevision extends KubernetesObject {
  data?: { spec?: VirtualMachineSpec };
  /** Grows with each revision of the owner. */
  revision: number;
}

const { schema: _anyData, ...names } = resources.controllerRevisions;
/** `apps/v1` ControllerRevisions with a machine's spec for data; the general definition is in core-types. */
export const controllerRevisions: ResourceDefinition<ControllerRevision> = names;

/** A limit on what a namespace may use in all (Kubernetes `v1`); only what controllers read of it. */
export interface ResourceQuota extends KubernetesObject {
  readonly spec?: { readonly hard?: Readonly<Record<string, string | number>> };
}

/** `v1` ResourceQuotas; not every API server has them. */
export const resourceQuotas: ResourceDefinition<ResourceQuota> = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  namespaced: true,
};

/** Networks that Multus can attach; only their annotations are read. */
export const networkAttachmentDefinitions: ResourceDefinition = {
  group: 'k8s.cni.cncf.io',
  version: 'v1',
  kind: 'NetworkAttachmentDefinition',
  plural: 'network-attachment-definitions',
  singular: 'network-attachment-definition',
  namespaced: true,
};
