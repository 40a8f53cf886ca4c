import type { StatusCause } from '../errors.ts';
import { cloneJson, elementsOf, equalJson, isObject, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition, Strategy } from '../registry/definition.ts';
import { builtin } from './builtin.ts';
import { POD_SCHEMA } from './schemas/pod.ts';
import { POD_COLUMNS } from '../table/pod-columns.ts';

const DEFAULT_GRACE_SECONDS = 30;

/** The resource `pods`. */
export function podKind(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'Pod',
    resource: 'pods',
    shortNames: ['po'],
    categories: ['all'],
    namespaced: true,
    status: true,
    tracksGeneration: true,
    extraSubresources: ['binding', 'eviction', 'log', 'exec', 'attach', 'portforward'],
    schema: POD_SCHEMA,
    strategy: STRATEGY,
    selectableFields: {
      'spec.nodeName': ['spec', 'nodeName'],
      'spec.restartPolicy': ['spec', 'restartPolicy'],
      'spec.schedulerName': ['spec', 'schedulerName'],
      'spec.serviceAccountName': ['spec', 'serviceAccountName'],
      'spec.hostNetwork': ['spec', 'hostNetwork'],
      'status.phase': ['status', 'phase'],
      'status.podIP': ['status', 'podIP'],
      'status.nominatedNodeName': ['status', 'nominatedNodeName'],
    },
    columns: POD_COLUMNS,
  });
}

const STRATEGY: Strategy = {
  prepareForCreate: (pod) => {
    pod.status = { phase: 'Pending', qosClass: qosClass(pod) };
  },
  applyDefaults: applyPodDefaults,
  assignDefaults,
  validateUpdate: validatePodUpdate,
  gracePeriodSeconds: (pod, requested) => {
    const spec = membersOf(pod.spec);
    const phase = membersOf(pod.status).phase;
    // Nothing runs that would need time to end.
    if (stringOf(spec.nodeName) === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
    const own = spec.terminationGracePeriodSeconds;
    return requested ?? (typeof own === 'number' ? own : DEFAULT_GRACE_SECONDS);
  },
};

function applyPodDefaults(pod: KubeObject): void {
  if (!isObject(pod.spec)) return;
  applyPodSpecDefaults(pod.spec);
}

/** Fills in what the specs of pods and of templates have in common. */
export function applyPodSpecDefaults(spec: Record<string, unknown>): void {
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= DEFAULT_GRACE_SECONDS;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.schedulerName ??= 'default-scheduler';
  spec.securityContext ??= {};
  shareAccount(spec);
  spec.enableServiceLinks ??= true;
  for (const member of ['containers', 'initContainers', 'ephemeralContainers'] as const)
    for (const container of elementsOf(spec[member]))
      if (isObject(container)) applyContainerDefaults(container);
}

/** Both members name the account; the older one is for older clients. */
function shareAccount(spec: Record<string, unknown>): void {
  spec.serviceAccountName ??= spec.serviceAccount;
  spec.serviceAccount ??= spec.serviceAccountName;
}

function assignDefaults(pod: KubeObject): void {
  if (!isObject(pod.spec)) return;
  pod.spec.serviceAccountName ??= 'default';
  shareAccount(pod.spec);
}

function applyContainerDefaults(container: Record<string, unknown>): void {
  const image = stringOf(container.image);
  const tag = /:([^/@:]+)$/.exec(image)?.[1];
  container.imagePullPolicy ??=
    tag === 'latest' || (tag === undefined && !image.includes('@')) ? 'Always' : 'IfNotPresent';
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  for (const port of elementsOf(container.ports)) if (isObject(port)) port.protocol ??= 'TCP';
  defaultRequests(container.resources);
}

/** A limit without a request requests as much. */
function defaultRequests(resources: unknown): void {
  if (!isObject(resources) || !isObject(resources.limits)) return;
  const requests = isObject(resources.requests) ? resources.requests : {};
  for (const [name, limit] of Object.entries(resources.limits)) requests[name] ??= limit;
  if (Object.keys(requests).length > 0) resources.requests = requests;
}

/** Guaranteed, Burstable or BestEffort, from the CPU and memory of all containers. */
export function qosClass(pod: KubeObject): string {
  const spec = membersOf(pod.spec);
  const containers = [...elementsOf(spec.containers), ...elementsOf(spec.initContainers)].map((c) =>
    membersOf(membersOf(c).resources),
  );
  const compute = (values: unknown) => ['cpu', 'memory'].map((name) => membersOf(values)[name]);
  const all = containers.flatMap((resources) => [
    ...compute(resources.requests),
    ...compute(resources.limits),
  ]);
  if (all.every((value) => value === undefined)) return 'BestEffort';
  const guaranteed = containers.every((resources) => {
    const limits = compute(resources.limits);
    return (
      limits.every((limit) => limit !== undefined) &&
      equalJson(limits, compute(resources.requests ?? resources.limits))
    );
  });
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

/** Of a Pod's spec only images, the deadline, tolerations and the grace period may change, and gates be removed. */
function validatePodUpdate(pod: KubeObject, old: KubeObject): StatusCause[] {
  const fixed = (from: KubeObject) => {
    const spec = cloneJson(membersOf(from.spec));
    for (const name of [
      'activeDeadlineSeconds',
      'tolerations',
      'terminationGracePeriodSeconds',
      'schedulingGates',
    ])
      Reflect.deleteProperty(spec, name);
    for (const list of ['containers', 'initContainers'])
      for (const container of elementsOf(spec[list]))
        if (isObject(container)) Reflect.deleteProperty(container, 'image');
    return spec;
  };
  if (equalJson(fixed(pod), fixed(old))) return [];
  return [
    {
      reason: 'FieldValueForbidden',
      field: 'spec',
      message:
        'Forbidden: only container images, activeDeadlineSeconds, terminationGracePeriodSeconds, tolerations and schedulingGates of a pod may change',
    },
  ];
}
