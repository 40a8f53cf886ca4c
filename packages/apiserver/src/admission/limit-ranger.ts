import { ApiServerError } from '../errors.ts';
import { qosClass } from '../kinds/pod.ts';
import { cloneJson, elementsOf, isObject, membersOf, stringOf } from '../object/json.ts';
import { billionths, quantityText } from '../object/quantity.ts';
import type { KubeObject } from '../object/types.ts';
import type { Store } from '../storage/store.ts';
import type { AdmissionPlugin, AdmissionRequest } from './types.ts';

type Item = Readonly<Record<string, unknown>>;
/** Requests and limits by resource, in billionths. */
type Demand = Readonly<Record<'requests' | 'limits', ReadonlyMap<string, bigint>>>;

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** Fills in and enforces the LimitRanges of a namespace when Pods are created, and claims created and changed. */
export function limitRanger(store: Pick<Store, 'list'>): AdmissionPlugin {
  const itemsOf = (namespace: string | undefined, type: string): Item[] =>
    store
      .list('limitranges')
      .filter((stored) => stored.namespace === namespace)
      .flatMap(({ object }) => elementsOf(membersOf(object.spec).limits).map(membersOf))
      .filter((item) => item.type === type);
  return {
    name: 'LimitRanger',
    matches: ({ group, resource, subresource }, operation) =>
      group === '' &&
      subresource === undefined &&
      ((resource === 'pods' && operation === 'CREATE') ||
        (resource === 'persistentvolumeclaims' && (operation === 'CREATE' || operation === 'UPDATE'))),
    mutate: ({ resource, namespace, object }) => {
      const items = resource.resource === 'pods' ? itemsOf(namespace, 'Container') : [];
      return object === undefined || items.length === 0 ? undefined : { object: withDefaults(object, items) };
    },
    validate: (request) => {
      const { resource, namespace, object } = request;
      if (object === undefined) return undefined;
      const problems =
        resource.resource === 'pods'
          ? podProblems(object, itemsOf(namespace, 'Container'), itemsOf(namespace, 'Pod'))
          : itemsOf(namespace, 'PersistentVolumeClaim').flatMap((item) =>
              problemsOf(item, claimDemand(object), 'PersistentVolumeClaim'),
            );
      if (problems.length > 0) throw forbidden(request, problems);
      return undefined;
    },
  };
}

function forbidden({ resource, name }: AdmissionRequest, problems: readonly string[]): ApiServerError {
  const list = problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`;
  return new ApiServerError('Forbidden', `${resource.resource} "${name}" is forbidden: ${list}`, {
    kind: resource.resource,
    name,
  });
}

/** The pod with what its containers leave open; an annotation says what was added. */
function withDefaults(original: KubeObject, items: readonly Item[]): KubeObject {
  const pod = cloneJson(original);
  const spec = membersOf(pod.spec);
  const notes = (['containers', 'initContainers'] as const).flatMap((list) =>
    elementsOf(spec[list])
      .filter(isObject)
      .flatMap((container) => {
        const what = `${list === 'initContainers' ? 'init ' : ''}container ${stringOf(container.name)}`;
        return fill(container, items).map((note) => `${note} for ${what}`);
      }),
  );
  if (notes.length === 0) return pod;
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
  };
  pod.status = { ...membersOf(pod.status), qosClass: qosClass(pod) };
  return pod;
}

/** @returns what was filled in, such as `cpu, memory request` */
function fill(container: Record<string, unknown>, items: readonly Item[]): string[] {
  const resources = { ...membersOf(container.resources) };
  const notes: string[] = [];
  for (const [kind, source] of [
    ['requests', 'defaultRequest'],
    ['limits', 'default'],
  ] as const) {
    const own = membersOf(resources[kind]);
    // The first of several ranges decides.
    const defaults = Object.assign({}, ...items.map((item) => membersOf(item[source])).reverse()) as Item;
    const added = Object.keys(defaults).filter((name) => own[name] === undefined);
    if (added.length === 0) continue;
    resources[kind] = { ...defaults, ...own };
    notes.push(`${added.sort().join(', ')} ${kind.slice(0, -1)}`);
  }
  container.resources = resources;
  return notes;
}

function podProblems(pod: KubeObject, perContainer: readonly Item[], perPod: readonly Item[]): string[] {
  const spec = membersOf(pod.spec);
  const containers = elementsOf(spec.containers).map(demandOf);
  const init = elementsOf(spec.initContainers).map(demandOf);
  const whole = (kind: keyof Demand) =>
    most([sum(containers.map((one) => one[kind])), ...init.map((one) => one[kind])]);
  const together: Demand = { requests: whole('requests'), limits: whole('limits') };
  return [
    ...perContainer.flatMap((item) =>
      [...containers, ...init].flatMap((demand) => problemsOf(item, demand, 'Container')),
    ),
    ...perPod.flatMap((item) => problemsOf(item, together, 'Pod')),
  ];
}

function demandOf(container: unknown): Demand {
  const { requests, limits } = membersOf(membersOf(container).resources);
  return { requests: amounts(requests), limits: amounts(limits) };
}

/** What a claim requests counts for both: it gets no less and no more. */
function claimDemand(claim: KubeObject): Demand {
  const requests = amounts(membersOf(membersOf(claim.spec).resources).requests);
  return { requests, limits: requests };
}

function amounts(value: unknown): Map<string, bigint> {
  return new Map(
    Object.entries(membersOf(value)).map(([resource, amount]) => [resource, billionths(amount) ?? 0n]),
  );
}

function sum(all: readonly ReadonlyMap<string, bigint>[]): Map<string, bigint> {
  const total = new Map<string, bigint>();
  for (const one of all)
    for (const [resource, amount] of one) total.set(resource, (total.get(resource) ?? 0n) + amount);
  return total;
}

function most(all: readonly ReadonlyMap<string, bigint>[]): Map<string, bigint> {
  const highest = new Map<string, bigint>();
  for (const one of all)
    for (const [resource, amount] of one)
      if (amount > (highest.get(resource) ?? -1n)) highest.set(resource, amount);
  return highest;
}

function problemsOf(item: Item, { requests, limits }: Demand, type: string): string[] {
  const problems: string[] = [];
  // As it is written in the range.
  const told = (member: string, resource: string): string => String(membersOf(item[member])[resource]);
  for (const [resource, least] of amounts(item.min)) {
    const request = requests.get(resource);
    const rule = `minimum ${resource} usage per ${type} is ${told('min', resource)}`;
    if (request === undefined) problems.push(`${rule}.  No request is specified`);
    else if (request < least) problems.push(`${rule}, but request is ${amountText(request)}`);
  }
  for (const [resource, highest] of amounts(item.max)) {
    const limit = limits.get(resource);
    const rule = `maximum ${resource} usage per ${type} is ${told('max', resource)}`;
    if (limit === undefined) problems.push(`${rule}.  No limit is specified`);
    else if (limit > highest) problems.push(`${rule}, but limit is ${amountText(limit)}`);
  }
  for (const [resource, ratio] of amounts(item.maxLimitRequestRatio)) {
    const [request, limit] = [requests.get(resource), limits.get(resource)];
    const rule = `${resource} max limit to request ratio per ${type} is ${told('maxLimitRequestRatio', resource)}`;
    if (request === undefined || limit === undefined || request === 0n)
      problems.push(`${rule}, but no request and limit are specified`);
    else if (limit * 1_000_000_000n > ratio * request)
      problems.push(`${rule}, but provided ratio is ${(Number(limit) / Number(request)).toFixed(6)}`);
  }
  return problems;
}

const BINARY = [
  ['Gi', 1n << 30n],
  ['Mi', 1n << 20n],
  ['Ki', 1n << 10n],
] as const;
const ONE = 1_000_000_000n;

/** A sum, whose parts may have been written in different units: in binary units where that is exact. */
function amountText(amount: bigint): string {
  const unit = BINARY.find(([, size]) => amount > 0n && amount % (size * ONE) === 0n);
  return unit === undefined ? quantityText(amount) : `${amount / (unit[1] * ONE)}${unit[0]}`;
}
