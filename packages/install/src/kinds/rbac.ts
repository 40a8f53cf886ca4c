import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';

/** Kubernetes API: what a role allows. */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** Kubernetes API: rbac.authorization.k8s.io/v1 ClusterRole and Role. */
export interface RoleObject extends KubernetesObject {
  rules: readonly PolicyRule[];
}

/** Kubernetes API: rbac.authorization.k8s.io/v1 ClusterRoleBinding and RoleBinding. */
export interface RoleBindingObject extends KubernetesObject {
  roleRef: { apiGroup: 'rbac.authorization.k8s.io'; kind: 'ClusterRole' | 'Role'; name: string };
  subjects: readonly {
    kind: 'ServiceAccount' | 'Group';
    name: string;
    namespace?: string;
    apiGroup?: string;
  }[];
}

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;

/** Of the whole cluster, rbac.authorization.k8s.io/v1. */
export const clusterRoles: ResourceDefinition<RoleObject> = {
  ...rbac,
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
};

/** Of the whole cluster, rbac.authorization.k8s.io/v1. */
export const clusterRoleBindings: ResourceDefinition<RoleBindingObject> = {
  ...rbac,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
};

/** Namespaced, rbac.authorization.k8s.io/v1. */
export const roles: ResourceDefinition<RoleObject> = {
  ...rbac,
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  namespaced: true,
};

/** Namespaced, rbac.authorization.k8s.io/v1. */
export const roleBindings: ResourceDefinition<RoleBindingObject> = {
  ...rbac,
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
};

/** Namespaced, core/v1. */
export const serviceAccounts: ResourceDefinition = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  namespaced: true,
};
