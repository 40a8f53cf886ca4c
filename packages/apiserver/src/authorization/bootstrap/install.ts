import { elementsOf, equalJson, type JsonObject } from '../../object/json.ts';
import { timestamp, type KubeObject } from '../../object/types.ts';
import type { ObjectKey } from '../../storage/records.ts';
import type { Store, Transaction } from '../../storage/store.ts';
import { aggregatedRules } from '../aggregation.ts';
import { RBAC, RBAC_GROUP } from '../group.ts';
import { rulesOf } from '../policy-rule.ts';
import { uncovered } from '../rule-coverage.ts';
import {
  clusterBindings,
  controllerRoles,
  systemNamespaceBindings,
  systemNamespaceRoles,
  type BootstrapBinding,
} from './bindings.ts';
import { componentRoles } from './component-roles.ts';
import type { BootstrapRole } from './rule.ts';
import { userRoles } from './user-roles.ts';

const SYSTEM = 'kube-system';
const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';
const ORIGIN = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
/** Roles gather from roles that gather: this often at most until nothing changes any more. */
const ROUNDS = 8;

interface Installed {
  key: ObjectKey;
  object: KubeObject;
}

/**
 * Makes the roles and bindings that every cluster has, in one transaction. Of those that exist, the rules and subjects that
 * are missing are added again, unless their annotation forbids it; what an administrator has added stays.
 */
export async function installBootstrapPolicy(store: Store, now: Date): Promise<void> {
  const wanted = [
    ...[...userRoles(), ...componentRoles(), ...controllerRoles()].map(clusterRole),
    ...clusterBindings().map(binding),
    ...systemNamespaceRoles().map(systemRole),
    ...systemNamespaceBindings().map(binding),
  ];
  await store.write((transaction) => {
    for (const { key, object } of wanted) {
      const present = transaction.get(key)?.object;
      if (present === undefined) {
        object.metadata.uid = crypto.randomUUID();
        object.metadata.creationTimestamp = timestamp(now);
        transaction.put(key, object);
      } else complete(transaction, key, present, object);
    }
    for (let round = 0; round < ROUNDS && gather(transaction); round += 1);
  });
}

function complete(transaction: Transaction, key: ObjectKey, present: KubeObject, wanted: KubeObject): void {
  if (present.metadata.annotations?.[AUTO_UPDATE] !== 'true') return;
  const next: KubeObject = { ...present, metadata: { ...present.metadata } };
  if (wanted.roleRef === undefined && wanted.aggregationRule === undefined)
    next.rules = [...elementsOf(present.rules), ...uncovered(rulesOf(present), rulesOf(wanted)).map(written)];
  if (wanted.subjects !== undefined) {
    const subjects = elementsOf(present.subjects);
    const missing = elementsOf(wanted.subjects).filter((one) => !subjects.some((own) => equalJson(own, one)));
    next.subjects = [...subjects, ...missing];
  }
  const changed =
    !equalJson(next.rules ?? [], present.rules ?? []) ||
    !equalJson(next.subjects ?? [], present.subjects ?? []);
  if (changed) transaction.put(key, next);
}

/** A rule without its empty lists. */
function written(rule: object): JsonObject {
  return Object.fromEntries(Object.entries(rule).filter(([, values]) => elementsOf(values).length > 0));
}

function gather(transaction: Transaction): boolean {
  let changed = false;
  const roles = transaction.list(RBAC.clusterRoles);
  for (const stored of roles) {
    // What changes in this round is seen in the next one.
    const rules = aggregatedRules(stored.object, roles);
    if (rules === undefined) continue;
    transaction.put(stored, { ...stored.object, metadata: { ...stored.object.metadata }, rules });
    changed = true;
  }
  return changed;
}

function metadata(name: string, labels: Readonly<Record<string, string>> = {}) {
  return { name, labels: { ...ORIGIN, ...labels }, annotations: { [AUTO_UPDATE]: 'true' } };
}

function clusterRole({ name, rules, labels, aggregates }: BootstrapRole): Installed {
  return {
    key: { resource: RBAC.clusterRoles, namespace: '', name },
    object: {
      apiVersion: `${RBAC_GROUP}/v1`,
      kind: 'ClusterRole',
      metadata: metadata(name, labels),
      ...(aggregates !== undefined && {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [aggregates]: 'true' } }] },
      }),
      rules: [...rules],
    },
  };
}

function systemRole({ name, rules }: BootstrapRole): Installed {
  return {
    key: { resource: RBAC.roles, namespace: SYSTEM, name },
    object: {
      apiVersion: `${RBAC_GROUP}/v1`,
      kind: 'Role',
      metadata: { ...metadata(name), namespace: SYSTEM },
      rules: [...rules],
    },
  };
}

function binding({ name, role, namespace, users, groups, accounts }: BootstrapBinding): Installed {
  const named = (kind: string, names: readonly string[] = []) =>
    names.map((one) => ({ kind, apiGroup: RBAC_GROUP, name: one }));
  const subjects = [
    ...named('User', users),
    ...named('Group', groups),
    ...(accounts ?? []).map((one) => ({ kind: 'ServiceAccount', name: one, namespace: SYSTEM })),
  ];
  const ofCluster = namespace === undefined;
  return {
    key: {
      resource: ofCluster ? RBAC.clusterRoleBindings : RBAC.roleBindings,
      namespace: namespace ?? '',
      name,
    },
    object: {
      apiVersion: `${RBAC_GROUP}/v1`,
      kind: ofCluster ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { ...metadata(name), ...(!ofCluster && { namespace }) },
      ...(subjects.length > 0 && { subjects }),
      roleRef: { apiGroup: RBAC_GROUP, kind: ofCluster ? 'ClusterRole' : 'Role', name: role },
    },
  };
}
