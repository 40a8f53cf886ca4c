import { ApiServerError } from '../errors.ts';
import { matchesSelector } from '../object/embedded-selector.ts';
import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { Store } from '../storage/store.ts';

const BUDGETS = 'poddisruptionbudgets.policy';
const RETRY_SECONDS = 10;

/**
 * Refuses an eviction that a PodDisruptionBudget does not allow. No controller maintains the budgets' status here, so what
 * they allow is computed from the pods as they are: a pod counts as healthy if its Ready condition is True.
 * @throws ApiServerError `TooManyRequests`
 */
export function checkDisruptionBudgets(store: Store, pod: KubeObject): void {
  const namespace = pod.metadata.namespace ?? '';
  // A pod that does not run disrupts nothing.
  if (['Succeeded', 'Failed', 'Pending'].includes(stringOf(membersOf(pod.status).phase))) return;
  const pods = store.list('pods').filter((stored) => stored.namespace === namespace);
  for (const { object: budget, ...key } of store.list(BUDGETS)) {
    const { selector } = membersOf(budget.spec);
    if (key.namespace !== namespace || !selects(selector, pod)) continue;
    const selected = pods.map((stored) => stored.object).filter((candidate) => selects(selector, candidate));
    if (isReady(pod) && disruptionsAllowed(budget, selected) <= 0)
      throw new ApiServerError(
        'TooManyRequests',
        `cannot evict pod as it would violate the pod's disruption budget ${key.name}`,
        {
          retryAfterSeconds: RETRY_SECONDS,
          causes: [
            {
              reason: 'DisruptionBudget',
              message: `The disruption budget ${key.name} does not allow another disruption now`,
            },
          ],
        },
      );
  }
}

function disruptionsAllowed(budget: KubeObject, pods: readonly KubeObject[]): number {
  const { minAvailable, maxUnavailable } = membersOf(budget.spec);
  const healthy = pods.filter(isReady).length;
  if (minAvailable !== undefined) return healthy - share(minAvailable, pods.length);
  if (maxUnavailable !== undefined) return healthy - (pods.length - share(maxUnavailable, pods.length));
  return healthy;
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

/** Whether an embedded label selector matches a pod; an empty one matches all, an absent one none. */
function selects(selector: unknown, { metadata }: KubeObject): boolean {
  return selector !== undefined && matchesSelector(selector, metadata.labels);
}
