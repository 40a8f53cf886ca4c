import type { RequestStep, Sequence } from '../sequence.ts';
import { configMap, configMaps, del, get, patch, post, put } from '../sequences/requests.ts';
import { actingAs, reviews } from './people.ts';
import {
  account,
  binding,
  bindingBody,
  clusterBinding,
  clusterRole,
  group,
  own,
  rbacPaths,
  role,
  roleBody,
  rule,
  settled,
  urls,
  user,
} from './roles.ts';

/** Each of them has one right only, so that there is one reason for what he may. */
const world: readonly RequestStep[] = [
  role('reader', rule('get list watch', 'configmaps')),
  role('named', rule('get update delete', 'configmaps', { resourceNames: ['one', 'two'] })),
  role('logs', rule('get', 'pods/log'), rule('update', '*/scale', { apiGroups: ['apps'] })),
  role('all-of-a-group', rule('*', '*', { apiGroups: ['apps'] })),
  role('every-group', rule('get', 'deployments', { apiGroups: ['*'] })),
  role('nothing'),
  clusterRole('everything', rule('*', '*', { apiGroups: ['*'] })),
  clusterRole('nodes', rule('get list', 'nodes namespaces')),
  clusterRole('paths', urls('get', '/metrics', '/logs/*', '/a*'), urls('*', '/b/*')),
  clusterRole('all-paths', urls('*', '*')),
  clusterRole('empty'),
  binding('reader', user('reader')),
  binding('named', group('named')),
  binding('logs', account('logger')),
  binding('all-of-a-group', user('apps')),
  binding('every-group', group('system:serviceaccounts:{{ns}}')),
  binding('nothing', user('idle')),
  binding('absent', user('hopeful')),
  binding(own('everything'), user('king')),
  binding(own('absent'), user('hopeful')),
  binding(own('paths'), user('wanderer')),
  clusterBinding('nodes', user(own('node-reader'))),
  clusterBinding('paths', user(own('pathfinder'))),
  clusterBinding('all-paths', group(own('walkers'))),
  clusterBinding('absent', user(own('lost'))),
  clusterBinding('empty', user(own('poor'))),
  clusterBinding('everything', user(own('emperor'))),
];

const subjects: readonly { user: string; groups?: readonly string[] }[] = [
  { user: 'reader' },
  { user: 'someone', groups: ['named'] },
  { user: 'system:serviceaccount:{{ns}}:logger', groups: ['system:serviceaccounts:{{ns}}'] },
  { user: 'system:serviceaccount:{{ns}}:logger' },
  { user: 'system:serviceaccount:default:logger' },
  { user: 'apps' },
  { user: 'idle' },
  { user: 'hopeful' },
  { user: 'king' },
  { user: 'wanderer' },
  { user: own('node-reader') },
  { user: own('pathfinder') },
  { user: 'someone', groups: [own('walkers')] },
  { user: own('lost') },
  { user: own('poor') },
  { user: own('emperor') },
  { user: 'someone', groups: ['system:masters'] },
  { user: 'READER' },
];

const here = { namespace: '{{ns}}' };
const questions: readonly Record<string, unknown>[] = [
  ...[
    { verb: 'get', resource: 'configmaps', name: 'one', ...here },
    { verb: 'get', resource: 'configmaps', name: 'three', ...here },
    { verb: 'list', resource: 'configmaps', ...here },
    { verb: 'list', resource: 'configmaps' },
    { verb: 'list', resource: 'configmaps', namespace: 'default' },
    { verb: 'update', resource: 'configmaps', name: 'two', ...here },
    { verb: 'create', resource: 'configmaps', ...here },
    { verb: 'get', resource: 'configmaps', subresource: 'status', name: 'one', ...here },
    { verb: 'get', resource: 'pods', subresource: 'log', name: 'one', ...here },
    { verb: 'get', resource: 'pods', name: 'one', ...here },
    { verb: 'update', group: 'apps', resource: 'deployments', subresource: 'scale', name: 'a', ...here },
    { verb: 'update', resource: 'replicationcontrollers', subresource: 'scale', name: 'a', ...here },
    { verb: 'get', group: 'apps', resource: 'deployments', name: 'a', ...here },
    { verb: 'get', group: 'extensions', resource: 'deployments', name: 'a', ...here },
    { verb: '*', group: 'apps', resource: '*', ...here },
    { verb: '*', group: '*', resource: '*', ...here },
    { verb: '*', group: '*', resource: '*' },
    { verb: 'get', resource: 'nodes', name: 'a' },
    { verb: 'get', resource: 'namespaces', name: 'a', namespace: 'a' },
    { verb: 'fly', group: 'example.com', resource: 'kites', ...here },
  ].map((resourceAttributes) => ({ resourceAttributes })),
  ...[
    ['get', '/metrics'],
    ['get', '/metrics/deeper'],
    ['get', '/logs'],
    ['get', '/logs/'],
    ['get', '/logs/a/b'],
    ['get', '/apple'],
    ['get', '/api'],
    ['post', '/metrics'],
    ['post', '/b/c'],
    ['*', '*'],
    ['get', ''],
  ].map(([verb, path]) => ({ nonResourceAttributes: { verb, path } })),
];

const trials = (who: { user: string; groups?: readonly string[] }): RequestStep[] => {
  const as = actingAs(who.user, ...(who.groups ?? []));
  return [
    get(`${configMaps}/one`, as),
    get(`${configMaps}/three`, as),
    get(`${configMaps}?fieldSelector=metadata.name%3Done`, as),
    post(`${configMaps}?dryRun=All`, configMap('new'), as),
    put(`${configMaps}/two?dryRun=All`, configMap('two'), as),
    patch('merge', `${configMaps}/one?dryRun=All`, {}, as),
    del(`${configMaps}/two?dryRun=All`, undefined, as),
    del(`${configMaps}?dryRun=All&labelSelector=a%3Db`, undefined, as),
    get('/api/v1/configmaps?labelSelector=absent%3Dyes', as),
    get('/api/v1/nodes/absent', as),
    get('/api/v1/namespaces/{{ns}}', as),
    get('/own/path', as),
    get('/apple', as),
  ];
};

const badRules: Record<string, unknown> = {
  'no verbs': [{ apiGroups: [''], resources: ['pods'] }],
  'no groups': [{ verbs: ['get'], resources: ['pods'] }],
  'no resources': [{ verbs: ['get'], apiGroups: [''] }],
  nothing: [{}],
  paths: [urls('get', '/a')],
  'paths and resources': [{ ...rule('get', 'pods'), nonResourceURLs: ['/a'] }],
  'paths without verbs': [{ nonResourceURLs: ['/a'] }],
  'names and paths': [{ verbs: ['get'], resourceNames: ['a'], nonResourceURLs: ['/a'] }],
  'an unknown field': [{ ...rule('get', 'pods'), colour: 'red' }],
};

const badSubjects: Record<string, unknown> = {
  'no kind': [{ name: 'a' }],
  'an unknown kind': [{ kind: 'Robot', name: 'a' }],
  'no name': [{ kind: 'User' }],
  'an account without a namespace': [{ kind: 'ServiceAccount', name: 'a' }],
  'an account of a group': [{ ...account('a'), apiGroup: 'rbac.authorization.k8s.io' }],
  'an account with a bad name': [account('a b')],
  'a user of a namespace': [{ ...user('a'), namespace: 'default' }],
  'a user of another group': [{ kind: 'User', apiGroup: 'v1', name: 'a' }],
  'a user without a group': [{ kind: 'User', name: 'a' }],
  'somebody twice': [user('a'), user('a')],
  null: null,
};

const badReferences: Record<string, unknown> = {
  nothing: undefined,
  'an empty one': {},
  'no name': { kind: 'ClusterRole', apiGroup: 'rbac.authorization.k8s.io' },
  'another kind': { kind: 'Other', name: 'a', apiGroup: 'rbac.authorization.k8s.io' },
  'another group': { kind: 'ClusterRole', name: 'a', apiGroup: 'v1' },
  'no group': { kind: 'ClusterRole', name: 'a' },
  'a Role': { kind: 'Role', name: 'a' },
  'a bad name': { kind: 'ClusterRole', name: 'a/b' },
};

const dry = (path: string) => `${path}?dryRun=All`;

/** Who may what by roles and bindings, and what roles and bindings may look like. */
export const rbacSequences: readonly Sequence[] = [
  {
    name: 'rbac: questions',
    steps: [
      ...settled(...world),
      ...subjects.flatMap((subject) =>
        questions.map((question) =>
          post(reviews.access.path, reviews.access.of({ ...subject, ...question })),
        ),
      ),
    ],
  },
  {
    name: 'rbac: requests',
    steps: [
      ...settled(...world),
      post(configMaps, configMap('one')),
      post(configMaps, configMap('two')),
      ...subjects.flatMap(trials),
    ],
  },
  {
    name: 'rbac: rules of somebody',
    steps: [
      ...settled(...world),
      ...subjects.map(({ user: name, groups = [] }) =>
        post(reviews.rules.path, reviews.rules.of({ namespace: '{{ns}}' }), actingAs(name, ...groups)),
      ),
    ],
  },
  {
    name: 'rbac: rights that end',
    steps: [
      ...settled(...world),
      get(configMaps, actingAs('reader')),
      del(`${rbacPaths.bindings}/binding-reader`),
      get(configMaps, { ...actingAs('reader'), until: ({ status }) => status === 403 }),
      put(`${rbacPaths.roles}/named`, roleBody('named', [rule('list', 'configmaps')])),
      get(configMaps, { ...actingAs('a', 'named'), until: ({ status }) => status === 200 }),
      get(`${configMaps}/one`, { ...actingAs('a', 'named'), until: ({ status }) => status === 403 }),
      del(`${rbacPaths.clusterRoles}/${own('nodes')}`),
      get('/api/v1/nodes', { ...actingAs(own('node-reader')), until: ({ status }) => status === 403 }),
    ],
  },
  {
    name: 'rbac: bad rules',
    steps: Object.values(badRules).flatMap((rules) => [
      post(dry(rbacPaths.roles), roleBody('a', rules)),
      post(dry(rbacPaths.clusterRoles), roleBody(own('a'), rules)),
    ]),
  },
  {
    name: 'rbac: bad subjects',
    steps: Object.values(badSubjects).flatMap((some) => [
      post(dry(rbacPaths.bindings), bindingBody('a', 'a', [], { subjects: some })),
      post(dry(rbacPaths.clusterBindings), bindingBody(own('a'), own('a'), [], { subjects: some })),
    ]),
  },
  {
    name: 'rbac: bad references',
    steps: Object.values(badReferences).flatMap((roleRef) => [
      post(dry(rbacPaths.bindings), bindingBody('a', 'a', [user('b')], { roleRef })),
      post(dry(rbacPaths.clusterBindings), bindingBody(own('a'), own('a'), [user('b')], { roleRef })),
    ]),
  },
  {
    name: 'rbac: names',
    steps: ['A:b', 'with space', 'a/b', 'a%b', '..', 'x'.repeat(260)].flatMap((name) => [
      post(dry(rbacPaths.roles), roleBody(name, [])),
      post(dry(rbacPaths.clusterRoles), { ...roleBody(name, []), kind: 'ClusterRole' }),
      post(dry(rbacPaths.bindings), bindingBody(name, 'a', [])),
    ]),
  },
  {
    name: 'rbac: aggregation rules',
    steps: [
      {},
      { clusterRoleSelectors: [] },
      { clusterRoleSelectors: [{}] },
      { clusterRoleSelectors: [{ matchLabels: { 'bad label': '' } }] },
      { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Is' }] }] },
      { clusterRoleSelectors: [{ matchLabels: { '{{ns}}': 'yes' } }] },
    ].map((aggregationRule) =>
      post(dry(rbacPaths.clusterRoles), roleBody(own('gathered'), undefined, { aggregationRule })),
    ),
  },
  {
    name: 'rbac: a reference stays',
    steps: [
      post(rbacPaths.bindings, bindingBody('a', 'a', [user('b')])),
      put(`${rbacPaths.bindings}/a`, bindingBody('a', 'b', [user('b')])),
      put(`${rbacPaths.bindings}/a`, bindingBody('a', 'a', [user('c')])),
      patch('merge', `${rbacPaths.bindings}/a`, { roleRef: { kind: 'ClusterRole' } }),
      patch('strategic', `${rbacPaths.bindings}/a`, { subjects: [group('d')] }),
      get(`${rbacPaths.bindings}/a`),
      get(rbacPaths.bindings),
      del(`${rbacPaths.bindings}/a`),
      get('/apis/rbac.authorization.k8s.io/v1'),
    ],
  },
  {
    name: 'rbac: the roles that every cluster has',
    steps: [
      ...['cluster-admin', 'admin', 'edit', 'view', 'system:discovery', 'system:basic-user'].map((name) =>
        get(`${rbacPaths.clusterRoles}/${name}`),
      ),
      ...['cluster-admin', 'system:discovery', 'system:public-info-viewer'].map((name) =>
        get(`${rbacPaths.clusterBindings}/${name}`),
      ),
      get(`${rbacPaths.clusterRoles}?labelSelector=kubernetes.io/bootstrapping%3Drbac-defaults`),
      get(`${rbacPaths.clusterBindings}?labelSelector=kubernetes.io/bootstrapping%3Drbac-defaults`),
      get('/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/roles'),
      get('/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/rolebindings'),
      get('/apis/rbac.authorization.k8s.io/v1/namespaces/kube-public/roles'),
    ],
  },
];
