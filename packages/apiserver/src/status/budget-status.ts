import { elementsOf, membersOf, type JsonObject } from '../object/json.ts';
import { timestamp, type KubeObject } from '../object/types.ts';
import { BUDGETS, budgetState } from '../registry/disruption.ts';
import type { Registry } from '../registry/registry.ts';
import type { ComputedStatus } from './status-keeper.ts';

const CONDITION = 'DisruptionAllowed';

/** What PodDisruptionBudgets allow at present. */
export const budgetStatus: ComputedStatus = {
  storage: BUDGETS,
  user: 'system:serviceaccount:kube-system:disruption-controller',
  concernedBy: ({ resource }) => resource === 'pods',
  compute,
};

function compute({ store, now }: Registry, budget: KubeObject, namespace: string): JsonObject {
  const pods = store.list('pods').filter((stored) => stored.namespace === namespace);
  const state = budgetState(
    budget,
    pods.map((stored) => stored.object),
  );
  const generation = budget.metadata.generation ?? 0;
  const allowed = state.disruptionsAllowed > 0;
  const conditions = elementsOf(membersOf(budget.status).conditions).map(membersOf);
  const before = conditions.find(({ type }) => type === CONDITION);
  const status = allowed ? 'True' : 'False';
  return {
    ...state,
    observedGeneration: generation,
    conditions: [
      ...conditions.filter(({ type }) => type !== CONDITION),
      {
        type: CONDITION,
        status,
        observedGeneration: generation,
        lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(now()),
        reason: allowed ? 'SufficientPods' : 'InsufficientPods',
        message: '',
      },
    ],
  };
}
