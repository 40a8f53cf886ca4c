import { ApiServerError } from '../errors.ts';
import { matchesSelector } from '../object/embedded-selector.ts';
import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { Store } from '../storage/store.ts';

/** Where PodDisruptionBudgets are stored. */
export const BUDGETS = 'poddisruptionbudgets.policy';

const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);

/** How far the pods of a budget are from what it demands. */
export interface BudgetState {
  /** Pods that it selects. */
  readonly expectedPods: number;
  /** Of these, those whose Ready condition is True and that are not being deleted. */
  readonly currentHealthy: number;
  /** Healthy pods that must stay. */
  readonly desiredHealthy: number;
  /** Healthy pods that may go now. */
  readonly disruptionsAllowed: number;
}

const turns = new WeakMap<Store, Promise<void>>();

/**
 * Evicts a pod unless a PodDisruptionBudget does not allow it. One after the other, so that each sees what those before it have
 * left: of evictions at the same time no more pass than a budget allows.
 * @throws ApiServerError `TooManyRequests`; `InternalError` for a pod of several budgets, as in Kubernetes
 */
export async function evictInTurn(store: Store, pod: KubeObject, evict: () => Promise<void>): Promise<void> {
  const before = turns.get(store);
  const done = Promise.withResolvers<void>();
  turns.set(store, done.promise);
  await before;
  try {
    checkDisruptionBudgets(store, pod);
    await evict();
  } finally {
    done.resolve();
  }
}

/** What budgets allow is computed from the pods as they are. */
function checkDisruptionBudgets(store: Store, pod: KubeObject): void {
  const namespace = pod.metadata.namespace ?? '';
  const phase = stringOf(membersOf(pod.status).phase);
  // A pod that does not run, or goes anyway, disrupts nothing.
  if (ENDED.has(phase) || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined) return;
  const [found, another] = store
    .list(BUDGETS)
    .filter((stored) => stored.namespace === namespace && selects(stored.object, pod));
  if (found === undefined) return;
  if (another !== undefined)
    throw new ApiServerError(
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  const { object: budget, name } = found;
  const pods = store.list('pods').filter((stored) => stored.namespace === namespace);
  const state = budgetState(
    budget,
    pods.map((stored) => stored.object),
  );
  if (state.disruptionsAllowed > 0 || (!isReady(pod) && letsUnhealthyGo(budget, state))) return;
  throw new ApiServerError(
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: `The disruption budget ${name} needs ${state.desiredHealthy} healthy pods and has ${state.currentHealthy} currently`,
        },
      ],
    },
  );
}

/** What a budget demands and has, of the pods of its namespace. Of those it selects, all are expected to be there. */
export function budgetState(budget: KubeObject, pods: readonly KubeObject[]): BudgetState {
  const selected = pods.filter((pod) => selects(budget, pod));
  const expectedPods = selected.length;
  const currentHealthy = selected.filter(isReady).length;
  const { minAvailable, maxUnavailable } = membersOf(budget.spec);
  const desiredHealthy =
    maxUnavailable === undefined
      ? share(minAvailable ?? 1, expectedPods)
      : Math.max(0, expectedPods - share(maxUnavailable, expectedPods));
  return {
    expectedPods,
    currentHealthy,
    desiredHealthy,
    disruptionsAllowed: Math.max(0, currentHealthy - desiredHealthy),
  };
}

/** Whether a pod that is not ready may go although no further disruption is allowed. */
function letsUnhealthyGo(budget: KubeObject, { currentHealthy, desiredHealthy }: BudgetState): boolean {
  if (membersOf(budget.spec).unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

/** A number of pods, or a percentage of all, rounded up as Kubernetes does. */
function share(value: unknown, total: number): number {
  if (typeof value === 'number') return value;
  const percentage = /^(\d+)%$/.exec(stringOf(value));
  return percentage === null ? 0 : Math.ceil((Number(percentage[1]) / 100) * total);
}

function isReady(pod: KubeObject): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  return elementsOf(membersOf(pod.status).conditions)
    .map(membersOf)
    .some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** Whether a budget is about a pod; an empty selector matches all, an absent one none. */
function selects(budget: KubeObject, { metadata }: KubeObject): boolean {
  const { selector } = membersOf(budget.spec);
  return selector !== undefined && matchesSelector(selector, metadata.labels);
}
