import { SystemOperations } from '../garbage-collector/system-operations.ts';
import type { BackgroundErrorHandler } from '../garbage-collector/collector.ts';
import { WorkQueue } from '../garbage-collector/work-queue.ts';
import { matchesSelector } from '../object/embedded-selector.ts';
import { elementsOf, equalJson, isObject, membersOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { Registry } from '../registry/registry.ts';
import type { StoredObject } from '../storage/records.ts';
import { RBAC } from './group.ts';

const USER = 'system:serviceaccount:kube-system:clusterrole-aggregation-controller';
const ALL = 'all';

/**
 * The rules that a role with an aggregation rule is to have, or `undefined` if it has none or its rules are right already.
 * They are those of the selected roles, in the order of the roles' names, each rule once.
 */
export function aggregatedRules(role: KubeObject, all: readonly StoredObject[]): unknown[] | undefined {
  const selectors = elementsOf(membersOf(role.aggregationRule).clusterRoleSelectors);
  if (selectors.length === 0) return undefined;
  const rules: unknown[] = [];
  const byName = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const selector of selectors)
    for (const { object } of byName) {
      if (object.metadata.name === role.metadata.name || !matchesSelector(selector, object.metadata.labels))
        continue;
      for (const rule of elementsOf(object.rules))
        if (!rules.some((known) => equalJson(known, rule))) rules.push(rule);
    }
  return equalJson(rules, elementsOf(role.rules)) ? undefined : rules;
}

/** Keeps the rules of ClusterRoles with an aggregation rule in step with the roles that they are gathered from. */
export class RoleAggregation implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #operations: SystemOperations;
  readonly #queue: WorkQueue;
  readonly #stop: () => void;

  constructor(registry: Registry, onError: BackgroundErrorHandler) {
    this.#registry = registry;
    this.#operations = new SystemOperations(registry, USER);
    this.#queue = new WorkQueue({
      process: () => this.#gather(),
      concurrency: 1,
      onError: (_key, error) => onError('gathering the rules of cluster roles', error),
    });
    this.#stop = registry.store.onCommit((events) => {
      if (events.some(({ resource }) => resource === RBAC.clusterRoles)) this.#queue.add(ALL);
    });
  }

  /** Each change is a commit, which calls for another look, until nothing is left to change. */
  async #gather(): Promise<void> {
    const { store } = this.#registry;
    for (const stored of store.list(RBAC.clusterRoles)) {
      if (aggregatedRules(stored.object, store.list(RBAC.clusterRoles)) === undefined) continue;
      await this.#operations.change(stored, (object) => {
        const rules = aggregatedRules(object, store.list(RBAC.clusterRoles));
        if (rules !== undefined) object.rules = rules.map((rule) => (isObject(rule) ? { ...rule } : rule));
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#queue.close();
  }
}
