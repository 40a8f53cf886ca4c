import { ApiServerError } from '../errors.ts';
import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import { billionths, quantityText } from '../object/quantity.ts';
import type { KubeObject } from '../object/types.ts';
import type { Transaction } from '../storage/store.ts';
import { definitionName, type ResourceDefinition } from './definition.ts';

const ONE = 1_000_000_000n;
const FINISHED: ReadonlySet<unknown> = new Set(['Succeeded', 'Failed']);
/** Kinds whose number a quota may limit by their plain name, as older manifests do. */
const COUNTED_BY_NAME: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'resourcequotas',
]);
/** Limits of compute resources: the bare names stand for requests. */
const COMPUTE =
  /^(?:(?:requests|limits)\.)?(?:cpu|memory|ephemeral-storage)$|^requests\.(?:[a-z0-9-]+\.)+[a-z0-9-]+\/[\w.-]+$/;
const STORAGE = 'requests.storage';

/** Which pods a quota is about; a quota with several is about those that all of them match. */
export const QUOTA_SCOPES: ReadonlySet<string> = new Set([
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
]);

type Amounts = ReadonlyMap<string, bigint>;

/** Whether a limit of this name is one of how many objects there are. */
export function isCounted(resource: string): boolean {
  return COUNTED_BY_NAME.has(resource);
}

/** Whether a limit of this name is enforced. */
export function countedByQuotas(resource: string): boolean {
  return (
    COUNTED_BY_NAME.has(resource) ||
    /^count\/[a-z0-9.-]+$/.test(resource) ||
    resource === STORAGE ||
    COMPUTE.test(resource)
  );
}

/**
 * Refuses a new object with which its namespace would ask for more than a ResourceQuota allows. What is used is counted from
 * the objects as they are, in the transaction that stores the new one, so concurrent requests cannot pass together.
 * @throws ApiServerError `Forbidden`
 */
export function checkQuotas(
  transaction: Transaction,
  definition: ResourceDefinition,
  object: KubeObject,
): void {
  const { namespace, name = '' } = object.metadata;
  if (namespace === undefined) return;
  for (const { object: quota, ...key } of transaction.list('resourcequotas')) {
    if (key.namespace !== namespace) continue;
    const { hard } = membersOf(quota.spec);
    if (!inScope(definition, quota, object)) continue;
    const limits = Object.entries(membersOf(hard)).flatMap(([resource, limit]) => {
      const amount = billionths(limit);
      return amount === undefined ? [] : [[resource, amount] as const];
    });
    const requested = asksFor(definition, object);
    checkStated(definition, object, key.name, limits, requested);
    const concerned = limits.filter(([resource]) => (requested.get(resource) ?? 0n) > 0n);
    if (concerned.length === 0) continue;
    const used = usedOf(transaction, definition, quota, namespace);
    const over = concerned.filter(
      ([resource, limit]) => (used.get(resource) ?? 0n) + (requested.get(resource) ?? 0n) > limit,
    );
    if (over.length === 0) continue;
    const shown = (amounts: Amounts): string =>
      over.map(([resource]) => `${resource}=${quantityText(amounts.get(resource) ?? 0n)}`).join(',');
    throw forbidden(
      definition,
      name,
      `exceeded quota: ${key.name}, requested: ${shown(requested)}, used: ${shown(used)}, limited: ${shown(new Map(over))}`,
    );
  }
}

/** What the objects of a quota's namespace ask for together, by the names that its limits use. */
export function usedOfQuota(
  store: Pick<Transaction, 'list'>,
  definitions: readonly ResourceDefinition[],
  quota: KubeObject,
  namespace: string,
): ReadonlyMap<string, bigint> {
  const limited = Object.keys(membersOf(membersOf(quota.spec).hard));
  const counts = (definition: ResourceDefinition): boolean =>
    limited.some(
      (resource) =>
        resource === `count/${definitionName(definition)}` ||
        (resource === definition.storage && COUNTED_BY_NAME.has(resource)) ||
        (resource === STORAGE && definition.storage === 'persistentvolumeclaims') ||
        (COMPUTE.test(resource) && definition.storage === 'pods'),
    );
  return sum(
    definitions
      .filter((definition) => definition.namespaced && counts(definition))
      .map((definition) => usedOf(store, definition, quota, namespace)),
  );
}

function usedOf(
  store: Pick<Transaction, 'list'>,
  definition: ResourceDefinition,
  quota: KubeObject,
  namespace: string,
): Amounts {
  return sum(
    store
      .list(definition.storage)
      .filter((stored) => stored.namespace === namespace && inScope(definition, quota, stored.object))
      .map((stored) => asksFor(definition, stored.object)),
  );
}

function inScope(definition: ResourceDefinition, quota: KubeObject, candidate: KubeObject): boolean {
  return elementsOf(membersOf(quota.spec).scopes).every((scope) =>
    matchesScope(definition, candidate, stringOf(scope)),
  );
}

/** A quota of compute resources makes pods say how much of them they want. */
function checkStated(
  definition: ResourceDefinition,
  pod: KubeObject,
  quota: string,
  limits: readonly (readonly [string, bigint])[],
  requested: Amounts,
): void {
  if (definition.storage !== 'pods') return;
  const missing = limits
    .map(([resource]) => resource)
    .filter((resource) => COMPUTE.test(resource) && !resource.includes('/') && !requested.has(resource));
  if (missing.length > 0)
    throw forbidden(
      definition,
      pod.metadata.name ?? '',
      `failed quota: ${quota}: must specify ${missing.join(',')}`,
    );
}

function forbidden(definition: ResourceDefinition, name: string, reason: string): ApiServerError {
  return new ApiServerError('Forbidden', `${definition.resource} "${name}" is forbidden: ${reason}`, {
    group: definition.group,
    kind: definition.resource,
    name,
  });
}

/** What an object counts for, by the names that quotas use. Pods that have ended count for their number only by `count/`. */
function asksFor(definition: ResourceDefinition, object: KubeObject): Amounts {
  const amounts = new Map<string, bigint>([[`count/${definitionName(definition)}`, ONE]]);
  if (definition.storage === 'pods') {
    if (FINISHED.has(membersOf(object.status).phase)) return amounts;
    podAmounts(object, amounts);
  }
  if (COUNTED_BY_NAME.has(definition.storage)) amounts.set(definition.storage, ONE);
  if (definition.storage === 'persistentvolumeclaims') {
    const { requests } = membersOf(membersOf(object.spec).resources);
    amounts.set(STORAGE, billionths(membersOf(requests).storage) ?? 0n);
  }
  return amounts;
}

/**
 * What a pod asks for: its containers and the init containers that keep running, or, where that is more, one of the init
 * containers that end, with those that keep running and were started before it; and the pod's overhead.
 */
function podAmounts(pod: KubeObject, amounts: Map<string, bigint>): void {
  const spec = membersOf(pod.spec);
  for (const kind of ['requests', 'limits'] as const) {
    const of = (container: unknown) => quantities(membersOf(membersOf(container).resources)[kind]);
    let kept: Amounts = new Map();
    let most: Amounts = new Map();
    for (const container of elementsOf(spec.initContainers)) {
      const together = sum([kept, of(container)]);
      if (membersOf(container).restartPolicy === 'Always') kept = together;
      most = maximum(most, together);
    }
    const running = sum([kept, ...elementsOf(spec.containers).map(of)]);
    const total = sum([maximum(running, most), quantities(spec.overhead)]);
    for (const [resource, amount] of total) {
      amounts.set(`${kind}.${resource}`, amount);
      if (kind === 'requests') amounts.set(resource, amount);
    }
  }
}

function quantities(value: unknown): Amounts {
  return new Map(
    Object.entries(membersOf(value)).map(([resource, amount]) => [resource, billionths(amount) ?? 0n]),
  );
}

function sum(all: readonly Amounts[]): Amounts {
  const total = new Map<string, bigint>();
  for (const amounts of all)
    for (const [resource, amount] of amounts) total.set(resource, (total.get(resource) ?? 0n) + amount);
  return total;
}

function maximum(one: Amounts, other: Amounts): Amounts {
  const larger = new Map(one);
  for (const [resource, amount] of other)
    if (amount > (larger.get(resource) ?? -1n)) larger.set(resource, amount);
  return larger;
}

/** Scopes are about pods; nothing else is in any. */
function matchesScope(definition: ResourceDefinition, pod: KubeObject, scope: string): boolean {
  if (definition.storage !== 'pods') return false;
  const ends = typeof membersOf(pod.spec).activeDeadlineSeconds === 'number';
  const bestEffort = membersOf(pod.status).qosClass === 'BestEffort';
  switch (scope) {
    case 'Terminating':
      return ends;
    case 'NotTerminating':
      return !ends;
    case 'BestEffort':
      return bestEffort;
    case 'NotBestEffort':
      return !bestEffort;
    default:
      return false;
  }
}
