import { may, mayWriteEvents, type BootstrapRole } from './rule.ts';

/** A binding that a control plane has from the start; with a namespace it is a RoleBinding. */
export interface BootstrapBinding {
  readonly name: string;
  readonly role: string;
  readonly namespace?: string;
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  /** ServiceAccounts of kube-system. */
  readonly accounts?: readonly string[];
}

const SYSTEM = 'kube-system';
const AUTHENTICATED = 'system:authenticated';

function toGroups(role: string, ...groups: string[]): BootstrapBinding {
  return { name: role, role, groups };
}

function toUsers(role: string, ...users: string[]): BootstrapBinding {
  return { name: role, role, users };
}

/** Bindings of cluster roles in the whole cluster. */
export function clusterBindings(): BootstrapBinding[] {
  return [
    toGroups('cluster-admin', 'system:masters'),
    toGroups('system:monitoring', 'system:monitoring'),
    toGroups('system:discovery', AUTHENTICATED),
    toGroups('system:basic-user', AUTHENTICATED),
    toGroups('system:public-info-viewer', AUTHENTICATED, 'system:unauthenticated'),
    toGroups('system:service-account-issuer-discovery', 'system:serviceaccounts'),
    toUsers('system:node-proxier', 'system:kube-proxy'),
    toUsers('system:kube-controller-manager', 'system:kube-controller-manager'),
    toUsers('system:kube-scheduler', 'system:kube-scheduler'),
    toUsers('system:volume-scheduler', 'system:kube-scheduler'),
    { name: 'system:kube-dns', role: 'system:kube-dns', accounts: ['kube-dns'] },
    { name: 'system:node', role: 'system:node' },
    ...controllerRoles().map(({ name }) => ({
      name,
      role: name,
      accounts: [name.slice(CONTROLLER.length)],
    })),
  ];
}

const CONTROLLER = 'system:controller:';

/** The roles of those controllers of Kubernetes that this server carries out itself. */
export function controllerRoles(): BootstrapRole[] {
  const controller = (name: string, ...rules: BootstrapRole['rules']): BootstrapRole => ({
    name: `${CONTROLLER}${name}`,
    rules,
  });
  return [
    controller(
      'clusterrole-aggregation-controller',
      may('escalate get list patch update watch', 'rbac.authorization.k8s.io', 'clusterroles'),
    ),
    controller(
      'generic-garbage-collector',
      may('delete get list patch update watch', '*', '*'),
      mayWriteEvents(),
    ),
    controller(
      'namespace-controller',
      may('delete get list watch', '', 'namespaces'),
      may('update', '', 'namespaces/finalize namespaces/status'),
      may('delete deletecollection get list watch', '*', '*'),
    ),
    controller('root-ca-cert-publisher', may('create update', '', 'configmaps'), mayWriteEvents()),
    controller('service-account-controller', may('create', '', 'serviceaccounts'), mayWriteEvents()),
  ];
}

/** Roles of the namespace kube-system. */
export function systemNamespaceRoles(): BootstrapRole[] {
  const leaderLocking = (program: string): BootstrapRole => ({
    name: `system::leader-locking-${program}`,
    rules: ['leases', 'leasecandidates'].map((resource) =>
      may('create get list update watch', 'coordination.k8s.io', resource),
    ),
  });
  return [
    {
      name: 'extension-apiserver-authentication-reader',
      rules: [may('get list watch', '', 'configmaps', 'extension-apiserver-authentication')],
    },
    leaderLocking('kube-controller-manager'),
    leaderLocking('kube-scheduler'),
  ];
}

/** Bindings of those roles. */
export function systemNamespaceBindings(): BootstrapBinding[] {
  return [
    {
      namespace: SYSTEM,
      name: 'system::extension-apiserver-authentication-reader',
      role: 'extension-apiserver-authentication-reader',
      users: ['system:kube-controller-manager', 'system:kube-scheduler'],
    },
    {
      namespace: SYSTEM,
      name: 'system::leader-locking-kube-controller-manager',
      role: 'system::leader-locking-kube-controller-manager',
      users: ['system:kube-controller-manager'],
      accounts: ['kube-controller-manager', 'leader-election-controller'],
    },
    {
      namespace: SYSTEM,
      name: 'system::leader-locking-kube-scheduler',
      role: 'system::leader-locking-kube-scheduler',
      users: ['system:kube-scheduler'],
      accounts: ['kube-scheduler'],
    },
  ];
}
