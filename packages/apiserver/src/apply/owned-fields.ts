import { isObject, type JsonObject } from '../object/json.ts';
import { apiVersionOf } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { NO_FIELDS, single, union, type FieldTree } from './field-tree.ts';

/** What belongs to the server, or to nobody: type, identity and what is written with every change. */
export const UNOWNED: FieldTree = [
  single('f:apiVersion'),
  single('f:kind'),
  single('f:metadata'),
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => single('f:metadata', `f:${name}`)),
].reduce(union);

const STATUS = single('f:status');
const SPEC = single('f:spec');
const LABELS = single('f:metadata', 'f:labels');
const BOUND_METADATA = [
  single('f:metadata', 'f:deletionTimestamp'),
  single('f:metadata', 'f:ownerReferences'),
].reduce(union);

/** What a request to a resource or subresource sends in vain, so that nobody owns it by sending it. */
export function resetFields(
  { status, origin, group, resource }: ResourceDefinition,
  subresource: string,
): FieldTree {
  if (subresource === '' || subresource === 'finalize') return status ? STATUS : NO_FIELDS;
  if (subresource !== 'status') return NO_FIELDS;
  if (origin === 'custom') return union(SPEC, single('f:metadata'));
  if (group === 'apps' && resource === 'deployments') return union(SPEC, LABELS);
  return group === '' && resource === 'pods' ? union(SPEC, BOUND_METADATA) : SPEC;
}

/** What a template of Pods has from the start. */
const TEMPLATE: JsonObject = { metadata: {}, spec: { containers: null } };

/** Members beside `spec` and `status` that objects of built-in kinds have from the start, by kind. */
const ALWAYS_THERE: Readonly<Record<string, JsonObject>> = {
  'v1 Pod': { spec: { containers: null } },
  'v1 PersistentVolumeClaim': { spec: { resources: {} } },
  'v1 Event': { involvedObject: {}, source: {}, reportingComponent: '', reportingInstance: '' },
  'events.k8s.io/v1 Event': { regarding: {}, deprecatedSource: {}, reportingController: '' },
  'storage.k8s.io/v1 StorageClass': { provisioner: '' },
  'scheduling.k8s.io/v1 PriorityClass': { value: 0 },
  'apps/v1 ControllerRevision': { revision: 0 },
  'apps/v1 Deployment': { spec: { selector: null, template: TEMPLATE, strategy: {} } },
  'apps/v1 ReplicaSet': { spec: { selector: null, template: TEMPLATE } },
  'apps/v1 DaemonSet': { spec: { selector: null, template: TEMPLATE, updateStrategy: {} } },
  'apps/v1 StatefulSet': {
    spec: { selector: null, template: TEMPLATE, updateStrategy: {}, serviceName: '' },
  },
  'batch/v1 Job': { spec: { template: TEMPLATE } },
  'batch/v1 CronJob': { spec: { schedule: '', jobTemplate: { metadata: {}, spec: { template: TEMPLATE } } } },
  'autoscaling/v2 HorizontalPodAutoscaler': {
    spec: { scaleTargetRef: { kind: '', name: '' }, maxReplicas: 0 },
    status: { desiredReplicas: 0, currentMetrics: null },
  },
  'networking.k8s.io/v1 NetworkPolicy': { spec: { podSelector: {} } },
  'policy/v1 PodDisruptionBudget': {
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  },
  'apiextensions.k8s.io/v1 CustomResourceDefinition': { spec: { names: {} } },
};

/**
 * An object before anybody has said anything about it. Those of built-in kinds have their fixed parts already, as they
 * are structures in Kubernetes: who fills them in owns what is in them, not them.
 */
export function blankObject(definition: ResourceDefinition): JsonObject {
  const { group, version, kind, origin, schema } = definition;
  const apiVersion = apiVersionOf(group, version);
  const blank: JsonObject = { apiVersion, kind, metadata: {} };
  if (origin === 'custom') return blank;
  for (const member of ['spec', 'status']) if (isObject(schema?.properties?.[member])) blank[member] = {};
  return { ...blank, ...ALWAYS_THERE[`${apiVersion} ${kind}`] };
}
