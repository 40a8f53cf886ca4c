// Roles that people are given (KubeVirt operator: RBAC created, user-facing ClusterRoles).
import type { PolicyRule, RoleBindingObject, RoleObject } from '../kinds/rbac.ts';
import { ownLabel } from '../labels.ts';
import { all, read, rule, subresourceRule, write } from './rules.ts';

/** Whether what people may do follows from Kubernetes' own roles, as `configuration.roleAggregationStrategy` says. */
export type RoleAggregation = 'AggregateToDefault' | 'Manual';

const instanceReads = [
  'guestosinfo',
  'filesystemlist',
  'userlist',
  'sev/fetchcertchain',
  'sev/querylaunchmeasurement',
  'objectgraph',
  // Of Virtkit; who may view may also read logs of Pods.
  'launcherlogs',
];
const instanceConsoles = ['console', 'vnc', 'portforward', 'usbredir'];
const instanceActions = [
  'pause',
  'unpause',
  'addvolume',
  'removevolume',
  'freeze',
  'unfreeze',
  'softreboot',
  'reset',
  'sev/setupsession',
  'sev/injectlaunchsecret',
  'evacuate/cancel',
];
const machineReads = ['expand-spec', 'objectgraph'];
const machineActions = [
  'start',
  'stop',
  'restart',
  'addvolume',
  'removevolume',
  'memorydump',
  'removememorydump',
  'evacuate/cancel',
];

/** Kinds that people work with, by group. */
const kinds: readonly (readonly [group: string, resources: readonly string[]])[] = [
  [
    'kubevirt.io',
    [
      'virtualmachines',
      'virtualmachineinstances',
      'virtualmachineinstancepresets',
      'virtualmachineinstancereplicasets',
    ],
  ],
  [
    'snapshot.kubevirt.io',
    ['virtualmachinesnapshots', 'virtualmachinesnapshotcontents', 'virtualmachinerestores'],
  ],
  ['backup.kubevirt.io', ['virtualmachinebackups', 'virtualmachinebackuptrackers']],
  ['export.kubevirt.io', ['virtualmachineexports']],
  ['clone.kubevirt.io', ['virtualmachineclones']],
  [
    'instancetype.kubevirt.io',
    [
      'virtualmachineinstancetypes',
      'virtualmachineclusterinstancetypes',
      'virtualmachinepreferences',
      'virtualmachineclusterpreferences',
    ],
  ],
  ['pool.kubevirt.io', ['virtualmachinepools']],
];
const plugins = ['plugin.kubevirt.io', ['plugins']] as const;

/** What is read only, whoever reads: moving machines and the rules for it are an administrator's. */
const watched: readonly PolicyRule[] = [
  rule('kubevirt.io', ['virtualmachineinstancemigrations'], read),
  rule('migrations.kubevirt.io', ['migrationpolicies'], read),
];
const installation = rule('kubevirt.io', ['kubevirts'], ['get', 'list']);
const expansion = rule('subresources.kubevirt.io', ['expand-vm-spec'], ['update']);

const using: readonly PolicyRule[] = [
  subresourceRule('virtualmachineinstances', [...instanceConsoles, ...instanceReads], ['get']),
  subresourceRule('virtualmachines', [...machineReads, 'portforward'], ['get']),
  subresourceRule('virtualmachineinstances', instanceActions, ['update']),
  subresourceRule('virtualmachines', machineActions, ['update']),
  expansion,
];

/** A role for people. */
interface UserRole {
  readonly name: string;
  /** Kubernetes' own role that it becomes a part of. */
  readonly aggregateTo?: 'admin' | 'edit' | 'view';
  /** Everybody who is logged in has it. */
  readonly forEverybody?: boolean;
  readonly rules: readonly PolicyRule[];
}

/** The roles for people, by KubeVirt's names. */
export const userRoles: readonly UserRole[] = [
  {
    name: 'kubevirt.io:default',
    forEverybody: true,
    rules: [installation, rule('subresources.kubevirt.io', ['version', 'guestfs'], ['get', 'list'])],
  },
  {
    name: 'kubevirt.io:admin',
    aggregateTo: 'admin',
    rules: [
      ...using,
      subresourceRule('virtualmachineinstances', ['vnc/screenshot'], ['get']),
      ...[...kinds, plugins].map(([group, resources]) => rule(group, resources, all)),
      ...watched,
    ],
  },
  {
    name: 'kubevirt.io:edit',
    aggregateTo: 'edit',
    rules: [
      ...using,
      ...kinds.map(([group, resources]) => rule(group, resources, write)),
      ...watched,
      installation,
    ],
  },
  {
    name: 'kubevirt.io:view',
    aggregateTo: 'view',
    rules: [
      installation,
      subresourceRule('virtualmachines', machineReads, ['get']),
      subresourceRule('virtualmachineinstances', instanceReads, ['get']),
      expansion,
      ...[...kinds, plugins].map(([group, resources]) => rule(group, resources, read)),
      ...watched,
    ],
  },
  {
    name: 'kubevirt.io:migrate',
    rules: [
      subresourceRule('virtualmachines', ['migrate'], ['update']),
      rule('kubevirt.io', ['virtualmachineinstancemigrations'], all),
    ],
  },
  {
    name: 'instancetype.kubevirt.io:view',
    forEverybody: true,
    rules: [
      rule(
        'instancetype.kubevirt.io',
        ['virtualmachineclusterinstancetypes', 'virtualmachineclusterpreferences'],
        read,
      ),
    ],
  },
];

const aggregated = (role: string): string => `rbac.authorization.k8s.io/aggregate-to-${role}`;

/** The ClusterRoles for people. */
export function userClusterRoles(aggregation: RoleAggregation): RoleObject[] {
  return userRoles.map(({ name, aggregateTo, forEverybody, rules }) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: {
      name,
      labels: {
        ...ownLabel,
        ...(forEverybody === true && { 'kubernetes.io/bootstrapping': 'rbac-defaults' }),
        ...(aggregateTo !== undefined && {
          [aggregated(aggregateTo)]: String(aggregation === 'AggregateToDefault'),
        }),
      },
      ...(forEverybody === true && {
        annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
      }),
    },
    rules,
  }));
}

/** What binds roles to everybody who is logged in. */
export function userClusterRoleBindings(): RoleBindingObject[] {
  return userRoles
    .filter(({ forEverybody }) => forEverybody)
    .map(({ name }) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: {
        name,
        labels: { ...ownLabel, 'kubernetes.io/bootstrapping': 'rbac-defaults' },
        annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
      },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'Group', name: 'system:authenticated', apiGroup: 'rbac.authorization.k8s.io' }],
    }));
}
