import { elementsOf, equalJson, isObject, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition, Strategy } from '../registry/definition.ts';
import { builtin } from './builtin.ts';
import { applyPodDefaults, DEFAULT_GRACE_SECONDS, shareAccount } from './pod-defaults.ts';
import { podWarnings, validatePod, validatePodUpdate } from './pod-rules.ts';
import { POD_SCHEMA } from './schemas/pod.ts';
import { POD_COLUMNS } from '../table/pod-columns.ts';

/** The resource `pods`. */
export function podKind(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'Pod',
    resource: 'pods',
    answersDeleted: true,
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
  prepareForStatusUpdate: (pod, old) => {
    const { qosClass } = membersOf(old.status);
    if (qosClass !== undefined) pod.status = { ...membersOf(pod.status), qosClass };
  },
  applyDefaults: applyPodDefaults,
  assignDefaults,
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  tellsChangesLast: true,
  warnings: podWarnings,
  gracePeriodSeconds: (pod, requested) => {
    const spec = membersOf(pod.spec);
    const phase = membersOf(pod.status).phase;
    // Nothing runs that would need time to end.
    if (stringOf(spec.nodeName) === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
    const own = spec.terminationGracePeriodSeconds;
    return requested ?? (typeof own === 'number' ? own : DEFAULT_GRACE_SECONDS);
  },
};

function assignDefaults(pod: KubeObject): void {
  if (!isObject(pod.spec)) return;
  // An update has to say it again: what a Pod runs as does not change.
  if (pod.metadata.uid === undefined) pod.spec.serviceAccountName ??= 'default';
  shareAccount(pod.spec);
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
