import {
  ConfigMapSchema,
  ControllerRevisionSchema,
  SecretSchema,
  type ConfigMap,
  type ControllerRevision,
  type Secret,
} from '../kubernetes/config.ts';
import {
  CustomResourceDefinitionSchema,
  type CustomResourceDefinition,
} from '../kubernetes/custom-resource-definition.ts';
import { CoreEventSchema, type CoreEvent } from '../kubernetes/event.ts';
import { LeaseSchema, type Lease } from '../kubernetes/lease.ts';
import { NamespaceSchema, type Namespace } from '../kubernetes/namespace.ts';
import { NodeSchema, type Node } from '../kubernetes/node.ts';
import {
  PersistentVolumeClaimSchema,
  type PersistentVolumeClaim,
} from '../kubernetes/persistent-volume-claim.ts';
import {
  PersistentVolumeSchema,
  StorageClassSchema,
  type PersistentVolume,
  type StorageClass,
} from '../kubernetes/persistent-volume.ts';
import { PodSchema, type Pod } from '../kubernetes/pod.ts';
import {
  EndpointSliceSchema,
  EndpointsSchema,
  ServiceSchema,
  type Endpoints,
  type EndpointSlice,
  type Service,
} from '../kubernetes/service.ts';
import type { ResourceDefinition } from './definition.ts';

const core = { group: '', version: 'v1' } as const;

/** Namespaced, core/v1; has a status subresource. */
export const pods: ResourceDefinition<Pod> = {
  ...core,
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schema: PodSchema,
  subresources: { status: true },
};

/** Of the whole cluster, core/v1; has a status subresource. */
export const nodes: ResourceDefinition<Node> = {
  ...core,
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  schema: NodeSchema,
  subresources: { status: true },
};

/** Of the whole cluster, core/v1; has a status subresource. Deleting one deletes what is in it. */
export const namespaces: ResourceDefinition<Namespace> = {
  ...core,
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  schema: NamespaceSchema,
  subresources: { status: true },
};

/** Namespaced, core/v1; has a status subresource. */
export const services: ResourceDefinition<Service> = {
  ...core,
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  schema: ServiceSchema,
  subresources: { status: true },
};

/** Namespaced, core/v1: the addresses behind a Service, for older clients than those of {@link endpointSlices}. */
export const endpoints: ResourceDefinition<Endpoints> = {
  ...core,
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schema: EndpointsSchema,
};

/**
 * Namespaced, discovery.k8s.io/v1: the addresses behind a Service, found by the label `kubernetes.io/service-name`.
 */
export const endpointSlices: ResourceDefinition<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  schema: EndpointSliceSchema,
};

/** Namespaced, core/v1: what happened to an object, for people; a Kubernetes server drops them after an hour by default. */
export const events: ResourceDefinition<CoreEvent> = {
  ...core,
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: CoreEventSchema,
};

/** Namespaced, coordination.k8s.io/v1: who leads, and heartbeats of nodes. */
export const leases: ResourceDefinition<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  namespaced: true,
  schema: LeaseSchema,
};

/** Namespaced, core/v1; the values of `data` are base64. */
export const secrets: ResourceDefinition<Secret> = {
  ...core,
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  schema: SecretSchema,
};

/** Namespaced, core/v1. */
export const configMaps: ResourceDefinition<ConfigMap> = {
  ...core,
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: ConfigMapSchema,
};

/** Namespaced, core/v1; has a status subresource. */
export const persistentVolumeClaims: ResourceDefinition<PersistentVolumeClaim> = {
  ...core,
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  namespaced: true,
  schema: PersistentVolumeClaimSchema,
  subresources: { status: true },
};

/** Of the whole cluster, core/v1; has a status subresource. */
export const persistentVolumes: ResourceDefinition<PersistentVolume> = {
  ...core,
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  schema: PersistentVolumeSchema,
  subresources: { status: true },
};

/** Of the whole cluster, storage.k8s.io/v1. */
export const storageClasses: ResourceDefinition<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  namespaced: false,
  schema: StorageClassSchema,
};

/** Namespaced, apps/v1: a copy of a spec under a name; `data` cannot change. */
export const controllerRevisions: ResourceDefinition<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  schema: ControllerRevisionSchema,
};

/** Of the whole cluster, apiextensions.k8s.io/v1; has a status subresource. `crd()` makes the objects. */
export const customResourceDefinitions: ResourceDefinition<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schema: CustomResourceDefinitionSchema,
  subresources: { status: true },
};
