import type { KubernetesObject } from '@virtkit/core-types';
import { accounts } from '../components.ts';
import { managedSecrets } from '../certificates/definitions.ts';
import type { PolicyRule, RoleBindingObject, RoleObject } from '../kinds/rbac.ts';
import { ownLabel } from '../labels.ts';
import { componentAccess, operatorRules, type ComponentAccess } from './component-roles.ts';
import { read, rule, union } from './rules.ts';
import { userClusterRoleBindings, userClusterRoles, userRoles, type RoleAggregation } from './user-roles.ts';

const rbac = 'rbac.authorization.k8s.io';

/** ServiceAccounts, roles and bindings that the operator makes. */
export function accessObjects(namespace: string, aggregation: RoleAggregation): KubernetesObject[] {
  return [
    ...userClusterRoles(aggregation),
    ...userClusterRoleBindings(),
    ...componentAccess.flatMap((access) => componentObjects(access, namespace)),
  ];
}

function componentObjects(access: ComponentAccess, namespace: string): KubernetesObject[] {
  const { account, everywhere, here, delegatesAuthorization = false } = access;
  return [
    serviceAccount(account, namespace),
    clusterRole(account, everywhere),
    clusterRoleBinding(account, account, { account, namespace }),
    ...(delegatesAuthorization
      ? [clusterRoleBinding(`${account}-auth-delegator`, 'system:auth-delegator', { account, namespace })]
      : []),
    role(account, namespace, here),
    roleBinding(account, account, { account, namespace }),
  ];
}

/** What the operator itself runs as; part of the release, because the operator could not give itself these rights. */
export function operatorAccess(namespace: string): KubernetesObject[] {
  const account = accounts.operator;
  const granted = [
    ...componentAccess.flatMap(({ everywhere }) => everywhere),
    ...userRoles.flatMap(({ rules }) => rules),
    // For the account of Prometheus.
    rule('', ['services', 'endpoints', 'pods'], read),
  ];
  return [
    serviceAccount(account, namespace),
    clusterRole(account, union([...operatorRules, ...granted])),
    clusterRoleBinding(account, account, { account, namespace }),
    role(account, namespace, union([...operatorRulesHere, ...componentAccess.flatMap(({ here }) => here)])),
    roleBinding(`${account}-rolebinding`, account, { account, namespace }),
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: {
        name: 'kubevirt.io:operator',
        labels: { 'operator.kubevirt.io': '', [`${rbac}/aggregate-to-admin`]: 'true' },
      },
      rules: [
        rule(
          'kubevirt.io',
          ['kubevirts'],
          ['get', 'delete', 'create', 'update', 'patch', 'list', 'watch', 'deletecollection'],
        ),
      ],
    } satisfies RoleObject,
  ];
}

/** Certificates and their bundles; creation cannot be limited by name. */
const operatorRulesHere: readonly PolicyRule[] = [
  rule('', ['secrets', 'configmaps'], ['list', 'watch', 'create']),
  { ...rule('', ['secrets'], ['get', 'patch', 'update', 'delete']), resourceNames: managedSecrets },
  {
    ...rule('', ['configmaps'], ['get', 'patch', 'update', 'delete']),
    resourceNames: ['kubevirt-ca', 'kubevirt-external-ca'],
  },
  rule('coordination.k8s.io', ['leases'], ['get', 'list', 'watch', 'delete', 'update', 'create', 'patch']),
];

function serviceAccount(name: string, namespace: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels: { ...ownLabel } } };
}

function clusterRole(name: string, rules: readonly PolicyRule[]): RoleObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name, labels: { ...ownLabel } },
    rules,
  };
}

function role(name: string, namespace: string, rules: readonly PolicyRule[]): RoleObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: { name, namespace, labels: { ...ownLabel } },
    rules,
  };
}

interface Subject {
  readonly account: string;
  readonly namespace: string;
}

function clusterRoleBinding(name: string, roleName: string, subject: Subject): RoleBindingObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: { ...ownLabel } },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: roleName },
    subjects: [{ kind: 'ServiceAccount', name: subject.account, namespace: subject.namespace }],
  };
}

function roleBinding(name: string, roleName: string, subject: Subject): RoleBindingObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: subject.namespace, labels: { ...ownLabel } },
    roleRef: { apiGroup: rbac, kind: 'Role', name: roleName },
    subjects: [{ kind: 'ServiceAccount', name: subject.account, namespace: subject.namespace }],
  };
}
