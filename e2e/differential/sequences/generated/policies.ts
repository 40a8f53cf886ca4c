import { collection } from '../requests.ts';
import { change, content } from './draw.ts';
import type { DrawnKind } from './resource.ts';

const rbac = 'rbac.authorization.k8s.io';
const all = (resource: string): string => `/apis/${rbac}/v1/${resource}`;

export const drawnLease: DrawnKind = {
  kind: 'Lease',
  apiVersion: 'coordination.k8s.io/v1',
  path: collection('leases', 'coordination.k8s.io/v1'),
  good: {},
  content: content(
    { spec: { holderIdentity: 'one', leaseDurationSeconds: 15 } },
    { spec: { holderIdentity: 'two', renewTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 1 } },
    { spec: { leaseDurationSeconds: 0 } },
    { spec: { leaseTransitions: -1 } },
    {},
  ),
  changes: change(
    ['merge', { spec: { holderIdentity: 'three' } }],
    ['merge', { spec: { renewTime: 'yesterday' } }],
    ['strategic', { spec: { leaseDurationSeconds: 30 } }],
    ['json', [{ op: 'replace', path: '/spec', value: null }]],
  ),
};

const container = (more: object) => ({ type: 'Container', ...more });

export const drawnRange: DrawnKind = {
  kind: 'LimitRange',
  apiVersion: 'v1',
  path: collection('limitranges'),
  good: { spec: { limits: [] } },
  content: content(
    { spec: { limits: [container({ max: { cpu: '2' }, min: { cpu: 0.1 } })] } },
    { spec: { limits: [container({ default: { memory: '1024Mi' } }), { type: 'Pod', max: { cpu: '4' } }] } },
    { spec: { limits: [{ type: 'PersistentVolumeClaim', min: { storage: '1Gi' } }] } },
    { spec: { limits: [container({ max: { cpu: '1' }, min: { cpu: '2' } })] } },
    { spec: { limits: [container({ max: { cpu: '1' }, default: { cpu: '2' } })] } },
    { spec: { limits: [container({ maxLimitRequestRatio: { cpu: '0.5' } })] } },
    { spec: { limits: [container({}), container({})] } },
    { spec: { limits: [{ type: 'Pod', default: { cpu: '1' } }] } },
    { spec: { limits: [{ type: 'PersistentVolumeClaim' }] } },
    { spec: { limits: [{ type: 'Planet' }] } },
  ),
  changes: change(
    ['merge', { spec: { limits: [container({ max: { memory: '2Gi' } })] } }],
    ['strategic', { spec: { limits: [{ type: 'Pod', max: { memory: '1Gi' } }] } }],
    ['json', [{ op: 'replace', path: '/spec/limits/0/type', value: 'Pod' }]],
  ),
};

const rules = content(
  { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }] },
  { rules: [{ apiGroups: ['apps'], resources: ['*'], verbs: ['*'], resourceNames: ['a'] }] },
  { rules: [{ resources: ['pods'], verbs: ['get'] }] },
  { rules: [{ apiGroups: [''], verbs: ['get'] }] },
  { rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] },
  { rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] },
  { rules: 'all' },
);
const ruleChanges = change(
  ['merge', { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] }],
  ['strategic', { rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }] }],
  ['json', [{ op: 'add', path: '/rules/-', value: { apiGroups: [''], resources: ['pods'], verbs: ['watch'] } }]],
  ['json', [{ op: 'add', path: '/rules/0/verbs/-', value: 'create' }]],
);

export const drawnRole: DrawnKind = {
  kind: 'Role',
  apiVersion: `${rbac}/v1`,
  path: collection('roles', `${rbac}/v1`),
  good: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  content: rules,
  changes: ruleChanges,
};

export const drawnClusterRole: DrawnKind = {
  ...drawnRole,
  kind: 'ClusterRole',
  path: all('clusterroles'),
  namespaced: false,
};

const roleRef = { apiGroup: rbac, kind: 'Role', name: 'r' };

export const drawnBinding: DrawnKind = {
  kind: 'RoleBinding',
  apiVersion: `${rbac}/v1`,
  path: collection('rolebindings', `${rbac}/v1`),
  good: { roleRef },
  content: content(
    { roleRef },
    { roleRef, subjects: [{ kind: 'User', name: 'u' }] },
    { roleRef, subjects: [{ kind: 'ServiceAccount', name: 's', namespace: '{{ns}}' }] },
    { roleRef: { ...roleRef, name: 'other' } },
    { roleRef: { ...roleRef, kind: 'Planet' } },
    { roleRef, subjects: [{ kind: 'Planet', name: 'u' }] },
    { roleRef, subjects: [{ kind: 'Group', name: '' }] },
  ),
  changes: change(
    ['merge', { subjects: [{ kind: 'Group', name: 'g', apiGroup: rbac }] }],
    ['merge', { subjects: null }],
    ['merge', { roleRef: { name: 'changed' } }],
    ['json', [{ op: 'add', path: '/subjects/-', value: { kind: 'User', name: 'v', apiGroup: rbac } }]],
  ),
};

export const drawnPriority: DrawnKind = {
  kind: 'PriorityClass',
  apiVersion: 'scheduling.k8s.io/v1',
  path: '/apis/scheduling.k8s.io/v1/priorityclasses',
  namespaced: false,
  good: { value: 1 },
  content: content(
    { value: 1 },
    { value: 5, description: 'some' },
    { value: -5, preemptionPolicy: 'Never' },
    { value: 1, preemptionPolicy: 'Sometimes' },
    { value: 1_000_000_001 },
    { value: 'high' },
  ),
  changes: change(
    ['merge', { description: 'changed' }],
    ['merge', { value: 2 }],
    ['strategic', { preemptionPolicy: 'Never' }],
    ['json', [{ op: 'remove', path: '/description' }]],
  ),
};
