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

export const endpoints: ResourceDefinition<Endpoints> = {
  ...core,
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schema: EndpointsSchema,
};

export const endpointSlices: ResourceDefinition<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  schema: EndpointSliceSchema,
};

export const events: ResourceDefinition<CoreEvent> = {
  ...core,
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: CoreEventSchema,
};

export const leases: ResourceDefinition<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  namespaced: true,
  schema: LeaseSchema,
};

export const secrets: ResourceDefinition<Secret> = {
  ...core,
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  schema: SecretSchema,
};

export const configMaps: ResourceDefinition<ConfigMap> = {
  ...core,
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: ConfigMapSchema,
};

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

export const controllerRevisions: ResourceDefinition<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  schema: ControllerRevisionSchema,
};

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
