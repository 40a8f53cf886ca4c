// What the programs may do (KubeVirt operator: RBAC created, component roles). Rules of what Virtkit does not have, such as
// exports and storage of snapshots, are left out: a right that nobody uses is only of use to an attacker.
import type { PolicyRule } from '../kinds/rbac.ts';
import { all, read, rule, subresourceRule } from './rules.ts';

/** A program with an account of its own, and what that may do: everywhere, and in the namespace of the installation. */
export interface ComponentAccess {
  /** Name of the ServiceAccount and of its roles. */
  readonly account: string;
  readonly everywhere: readonly PolicyRule[];
  readonly here: readonly PolicyRule[];
  /** May ask the API server who somebody is and what they may do. */
  readonly delegatesAuthorization?: boolean;
}

const change = ['get', 'list', 'watch', 'delete', 'update', 'create', 'patch'] as const;
const instancetypes = rule(
  'instancetype.kubevirt.io',
  [
    'virtualmachineinstancetypes',
    'virtualmachineclusterinstancetypes',
    'virtualmachinepreferences',
    'virtualmachineclusterpreferences',
  ],
  read,
);
const definitions = rule('apiextensions.k8s.io', ['customresourcedefinitions'], read);
const policies = rule('migrations.kubevirt.io', ['migrationpolicies'], read);
const installation = rule('kubevirt.io', ['kubevirts'], read);
const leases = rule('coordination.k8s.io', ['leases'], change);

const api: ComponentAccess = {
  account: 'kubevirt-apiserver',
  delegatesAuthorization: true,
  everywhere: [
    rule('', ['pods'], ['get', 'list', 'watch', 'delete', 'patch']),
    rule('kubevirt.io', ['virtualmachines', 'virtualmachineinstances'], [...read, 'patch', 'update']),
    rule('kubevirt.io', ['virtualmachines/status'], ['patch']),
    rule('kubevirt.io', ['virtualmachineinstancemigrations'], ['create', ...read, 'patch']),
    rule('kubevirt.io', ['virtualmachineinstancepresets'], ['get', 'watch', 'list']),
    rule('', ['persistentvolumeclaims'], read),
    rule('', ['configmaps'], read),
    rule('', ['limitranges'], ['watch', 'list']),
    definitions,
    installation,
    rule(
      'snapshot.kubevirt.io',
      ['virtualmachinesnapshots', 'virtualmachinerestores', 'virtualmachinesnapshotcontents'],
      read,
    ),
    rule('backup.kubevirt.io', ['virtualmachinebackups', 'virtualmachinebackuptrackers'], read),
    rule('pool.kubevirt.io', ['virtualmachinepools'], read),
    rule('kubevirt.io', ['virtualmachineinstancereplicasets'], read),
    rule('cdi.kubevirt.io', ['datasources', 'datavolumes'], read),
    rule('', ['namespaces'], read),
    instancetypes,
    policies,
    rule('apps', ['controllerrevisions'], ['create', 'list', 'get', 'watch']),
    rule('', ['nodes'], read),
  ],
  here: [rule('', ['configmaps'], read)],
};

const controller: ComponentAccess = {
  account: 'kubevirt-controller',
  everywhere: [
    rule('', ['namespaces'], [...read, 'patch']),
    rule('policy', ['poddisruptionbudgets'], [...read, 'delete', 'create', 'patch']),
    rule('', ['pods', 'configmaps', 'endpoints', 'services'], change),
    rule('', ['events'], ['update', 'create', 'patch']),
    rule('', ['secrets'], ['create']),
    rule('', ['pods/finalizers'], ['update']),
    rule('', ['pods/eviction'], ['create']),
    rule('', ['pods/status'], ['patch']),
    rule('', ['nodes'], [...read, 'update', 'patch']),
    rule('apps', ['daemonsets'], ['list']),
    rule('apps', ['controllerrevisions'], [...change, 'deletecollection']),
    rule('', ['persistentvolumeclaims'], [...change, 'deletecollection']),
    rule(
      'pool.kubevirt.io',
      [
        'virtualmachinepools',
        'virtualmachinepools/finalizers',
        'virtualmachinepools/status',
        'virtualmachinepools/scale',
      ],
      [...change, 'deletecollection'],
    ),
    rule('kubevirt.io', ['*'], ['*']),
    rule('kubevirt.io', ['virtualmachines/finalizers', 'virtualmachineinstances/finalizers'], ['update']),
    subresourceRule('virtualmachines', ['stop'], ['update']),
    subresourceRule(
      'virtualmachineinstances',
      [
        'addvolume',
        'removevolume',
        'freeze',
        'unfreeze',
        'reset',
        'softreboot',
        'sev/setupsession',
        'sev/injectlaunchsecret',
      ],
      ['update'],
    ),
    rule('cdi.kubevirt.io', ['*'], ['*']),
    definitions,
    rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
    rule('storage.k8s.io', ['storageclasses'], read),
    instancetypes,
    policies,
    rule('', ['resourcequotas'], ['list', 'watch']),
  ],
  here: [rule('', ['secrets'], read), leases],
};

const handler: ComponentAccess = {
  account: 'kubevirt-handler',
  everywhere: [
    // Of which instances, and that only of its own node, the admission policies of the installation say.
    rule('kubevirt.io', ['virtualmachineinstances'], ['get', 'update', 'patch', 'list', 'watch']),
    rule('', ['nodes'], ['patch', 'list', 'watch', 'get']),
    rule('', ['configmaps'], read),
    rule('', ['events'], ['create', 'patch']),
    // Readiness of guests, which only a node agent can see: a gate of their Pods; and launchers that fail, whose logs it keeps.
    rule('', ['pods'], ['list', 'watch']),
    rule('', ['pods/status'], ['patch']),
    // Which volume a plugged claim is bound to.
    rule('', ['persistentvolumeclaims'], ['get']),
    definitions,
    installation,
    policies,
  ],
  here: [rule('', ['configmaps'], read)],
};

/** The programs that the operator gives accounts. */
export const componentAccess: readonly ComponentAccess[] = [api, controller, handler];

/** What the operator does itself, beyond the rights that it hands out. */
export const operatorRules: readonly PolicyRule[] = [
  rule('kubevirt.io', ['kubevirts'], [...read, 'patch', 'update']),
  rule('kubevirt.io', ['kubevirts/status', 'kubevirts/finalizers'], ['get', 'patch', 'update']),
  rule('', ['serviceaccounts', 'services'], all),
  rule('', ['events'], ['create', 'patch', 'update']),
  rule('', ['namespaces'], [...read, 'patch']),
  rule('', ['nodes'], [...read, 'patch']),
  rule('apps', ['deployments', 'daemonsets'], all),
  rule('policy', ['poddisruptionbudgets'], all),
  rule('rbac.authorization.k8s.io', ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'], all),
  rule('apiextensions.k8s.io', ['customresourcedefinitions', 'customresourcedefinitions/status'], all),
  rule(
    'admissionregistration.k8s.io',
    [
      'validatingwebhookconfigurations',
      'mutatingwebhookconfigurations',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
    ],
    all,
  ),
  rule('apiregistration.k8s.io', ['apiservices'], all),
  rule('monitoring.coreos.com', ['servicemonitors', 'prometheusrules'], all),
  { nonResourceURLs: ['/metrics'], verbs: ['get'] },
  rule('authentication.k8s.io', ['tokenreviews'], ['create']),
  rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
];
