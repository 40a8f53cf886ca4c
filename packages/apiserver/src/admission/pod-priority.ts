import { ApiServerError } from '../errors.ts';
import { cloneJson, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { Store } from '../storage/store.ts';
import type { AdmissionPlugin, AdmissionRequest } from './types.ts';

interface Priority {
  readonly className?: string;
  readonly value: number;
  readonly preemption: string;
}

/** The priorities that Kubernetes brings along for what a cluster cannot do without. */
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};
const LOWER = 'PreemptLowerPriority';

/** Writes into Pods which priority the PriorityClass that they name gives them, or the default one. */
export function podPriority(store: Pick<Store, 'get' | 'list'>): AdmissionPlugin {
  return {
    name: 'Priority',
    matches: ({ group, resource, subresource }, operation) =>
      group === '' &&
      resource === 'pods' &&
      subresource === undefined &&
      (operation === 'CREATE' || operation === 'UPDATE'),
    mutate: (request) => {
      if (request.object === undefined) return undefined;
      const object = cloneJson(request.object);
      const spec = membersOf(object.spec);
      if (request.operation === 'CREATE') resolve(store, request, spec);
      else keep(spec, membersOf(request.oldObject?.spec));
      return { object: { ...object, spec } satisfies KubeObject };
    },
  };
}

/** An update may leave out what nobody but this plugin has written. */
function keep(spec: Record<string, unknown>, old: Record<string, unknown>): void {
  for (const member of ['priority', 'preemptionPolicy'])
    if (spec[member] === undefined && old[member] !== undefined) spec[member] = old[member];
}

function resolve(
  store: Pick<Store, 'get' | 'list'>,
  request: AdmissionRequest,
  spec: Record<string, unknown>,
): void {
  const named = stringOf(spec.priorityClassName);
  const priority = named === '' ? defaultPriority(store) : namedPriority(store, named);
  if (priority === undefined) throw forbidden(request, `no PriorityClass with name ${named} was found`);
  const { className, value, preemption } = priority;
  if (spec.priority !== undefined && spec.priority !== value)
    throw forbidden(
      request,
      `the integer value of priority (${JSON.stringify(spec.priority)}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemption)
    throw forbidden(
      request,
      `the string value of PreemptionPolicy (${stringOf(spec.preemptionPolicy)}) must not be provided in pod spec; priority admission controller computed ${preemption} from the given PriorityClass name`,
    );
  if (className !== undefined) spec.priorityClassName = className;
  spec.priority = value;
  spec.preemptionPolicy = preemption;
}

function namedPriority(store: Pick<Store, 'get'>, name: string): Priority | undefined {
  const stored = store.get({ resource: 'priorityclasses.scheduling.k8s.io', namespace: '', name });
  if (stored !== undefined) return priorityOf(stored.object);
  const value = Object.hasOwn(SYSTEM_PRIORITIES, name) ? SYSTEM_PRIORITIES[name] : undefined;
  return value === undefined ? undefined : { value, preemption: LOWER };
}

/** Of several that say they are the default, the one that gives least. */
function defaultPriority(store: Pick<Store, 'list'>): Priority {
  const [first] = store
    .list('priorityclasses.scheduling.k8s.io')
    .filter(({ object }) => object.globalDefault === true)
    .map(({ object }) => priorityOf(object))
    .sort((a, b) => a.value - b.value);
  return first ?? { value: 0, preemption: LOWER };
}

function priorityOf(object: KubeObject): Priority {
  const { value, preemptionPolicy, metadata } = object;
  return {
    className: metadata.name ?? '',
    value: typeof value === 'number' ? value : 0,
    preemption: stringOf(preemptionPolicy, LOWER),
  };
}

function forbidden({ name }: AdmissionRequest, why: string): ApiServerError {
  return new ApiServerError('Forbidden', `pods "${name}" is forbidden: ${why}`, { kind: 'pods', name });
}
