import { membersOf, type JsonObject } from '../object/json.ts';
import { quantityLike } from '../object/quantity.ts';
import type { KubeObject } from '../object/types.ts';
import { usedOfQuota } from '../registry/quota.ts';
import type { Registry } from '../registry/registry.ts';
import type { ComputedStatus } from './status-keeper.ts';

/** What counts for more than its number. */
const MEASURED: ReadonlySet<string> = new Set(['pods', 'persistentvolumeclaims']);

/** What ResourceQuotas limit, and how much of it is in use. */
export const quotaStatus: ComputedStatus = {
  storage: 'resourcequotas',
  user: 'system:serviceaccount:kube-system:resourcequota-controller',
  concernedBy: ({ resource, type }) => type !== 'MODIFIED' || MEASURED.has(resource),
  compute,
};

function compute({ store, catalogue }: Registry, quota: KubeObject, namespace: string): JsonObject {
  const { hard } = membersOf(quota.spec);
  const used = usedOfQuota(store, catalogue.storedResources(), quota, namespace);
  return {
    hard,
    used: Object.fromEntries(
      Object.entries(membersOf(hard)).map(([resource, limit]) => [
        resource,
        quantityLike(used.get(resource) ?? 0n, limit),
      ]),
    ),
  };
}
