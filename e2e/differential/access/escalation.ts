import type { RequestStep, Sequence } from '../sequence.ts';
import { patch, post, put } from '../sequences/requests.ts';
import { actingAs } from './people.ts';
import {
  binding,
  bindingBody,
  clusterBinding,
  clusterRole,
  own,
  rbacGroup,
  rbacPaths,
  role,
  roleBody,
  rule,
  settled,
  urls,
  user,
  type Rule,
} from './roles.ts';

const writer = 'writer';
const everywhere = own('writer');
const rbacRule = (verbs: string, resources: string, names: readonly string[] = []): Rule =>
  rule(verbs, resources, { apiGroups: [rbacGroup], ...(names.length > 0 && { resourceNames: names }) });

/** One user may write roles and bindings in the namespace, another one everywhere. Both hold a few rights besides. */
const world: readonly RequestStep[] = [
  role(
    'writer',
    rbacRule('create update patch', 'roles rolebindings'),
    rule('get list', 'configmaps'),
    rule('get', 'secrets', { resourceNames: ['one', 'two'] }),
    rule('*', 'services'),
    rule('get', 'deployments/status', { apiGroups: ['apps'] }),
  ),
  binding('writer', user(writer)),
  clusterRole(
    'writer',
    rbacRule('create update patch', 'roles rolebindings clusterroles clusterrolebindings'),
    rule('get', 'nodes pods'),
    urls('get', '/metrics', '/logs/*'),
  ),
  clusterBinding('writer', user(everywhere)),
  role('held', rule('get', 'configmaps')),
  role('foreign', rule('delete', 'configmaps')),
  role('empty'),
  role('bindable', rule('delete', 'pods')),
  clusterRole('held', rule('get', 'nodes')),
  clusterRole('foreign', rule('delete', 'nodes')),
  role('binder', rbacRule('bind', 'roles', ['bindable']), rbacRule('escalate', 'roles', ['existing'])),
  binding('binder', user(writer)),
  role('existing', rule('get', 'configmaps')),
  role('absent-too'),
  binding('absent', user(writer)),
];

const attempts: Record<string, readonly Rule[]> = {
  nothing: [],
  'what is held': [rule('get', 'configmaps')],
  'all that is held of it': [rule('get list', 'configmaps')],
  'a verb more': [rule('get delete', 'configmaps')],
  'a resource more': [rule('get', 'configmaps pods')],
  'every verb': [rule('*', 'configmaps')],
  'every verb that is held': [rule('*', 'services')],
  'a verb out of all': [rule('fly', 'services')],
  'every resource': [rule('get', '*')],
  'every group': [rule('get', 'configmaps', { apiGroups: ['*'] })],
  'another group': [rule('get', 'configmaps', { apiGroups: ['example.com'] })],
  'a name': [rule('get', 'secrets', { resourceNames: ['one'] })],
  'both names': [rule('get', 'secrets', { resourceNames: ['two', 'one'] })],
  'another name': [rule('get', 'secrets', { resourceNames: ['one', 'three'] })],
  'every name': [rule('get', 'secrets')],
  'a name of what is held': [rule('get', 'configmaps', { resourceNames: ['a'] })],
  'a subresource': [rule('get', 'deployments/status', { apiGroups: ['apps'] })],
  'what has a subresource': [rule('get', 'deployments', { apiGroups: ['apps'] })],
  'another subresource': [rule('get', 'services/status')],
  'every status': [rule('get', '*/status', { apiGroups: ['apps'] })],
  'several rules': [rule('get', 'pods secrets'), rule('delete', 'nodes'), rule('list', 'configmaps')],
  'rules that could be one': [rule('delete', 'pods'), rule('get', 'pods'), rule('delete', 'secrets')],
  everything: [rule('*', '*', { apiGroups: ['*'] })],
};

const clusterAttempts: Record<string, readonly Rule[]> = {
  'what is held': [rule('get', 'nodes')],
  'what is not': [rule('list', 'nodes')],
  'a path': [urls('get', '/metrics')],
  'a path below': [urls('get', '/logs/a')],
  'all paths below': [urls('get', '/logs/*')],
  'another path': [urls('get', '/metrics', '/other')],
  'another verb on a path': [urls('get post', '/metrics')],
  'every path': [urls('get', '*')],
  'paths and resources': [urls('get', '/other'), rule('get', 'secrets')],
};

const as = (name: string) => actingAs(name, 'staff', 'system:authenticated');
const subjects = [user('friend')];

/** Nobody gives rights that he does not have. */
export const escalationSequences: readonly Sequence[] = [
  {
    name: 'escalation: roles',
    steps: [
      ...settled(...world),
      ...Object.values(attempts).flatMap((rules) => [
        post(`${rbacPaths.roles}?dryRun=All`, roleBody('new', rules), as(writer)),
        put(`${rbacPaths.roles}/held?dryRun=All`, roleBody('held', rules), as(writer)),
      ]),
      put(`${rbacPaths.roles}/existing?dryRun=All`, roleBody('existing', [rule('*', '*')]), as(writer)),
      patch('merge', `${rbacPaths.roles}/held?dryRun=All`, { metadata: { labels: { a: 'b' } } }, as(writer)),
      patch(
        'merge',
        `${rbacPaths.roles}/foreign?dryRun=All`,
        { metadata: { labels: { a: 'b' } } },
        as(writer),
      ),
      patch(
        'merge',
        `${rbacPaths.roles}/foreign?dryRun=All`,
        { metadata: { finalizers: ['example.com/a'] } },
        as(writer),
      ),
      patch('merge', `${rbacPaths.roles}/foreign?dryRun=All`, {}, as(writer)),
      post(`${rbacPaths.roles}?dryRun=All`, roleBody('new', [rule('get', 'pods')])),
    ],
  },
  {
    name: 'escalation: ClusterRoles',
    steps: [
      ...settled(...world),
      ...Object.values(clusterAttempts).flatMap((rules) => [
        post(`${rbacPaths.clusterRoles}?dryRun=All`, roleBody(own('new'), rules), as(everywhere)),
        put(
          `${rbacPaths.clusterRoles}/${own('held')}?dryRun=All`,
          roleBody(own('held'), rules),
          as(everywhere),
        ),
      ]),
      post(
        `${rbacPaths.clusterRoles}?dryRun=All`,
        roleBody(own('new'), [], {
          aggregationRule: { clusterRoleSelectors: [{ matchLabels: { absent: 'yes' } }] },
        }),
        as(everywhere),
      ),
      post(`${rbacPaths.roles}?dryRun=All`, roleBody('new', [rule('get', 'pods')]), as(everywhere)),
      post(`${rbacPaths.roles}?dryRun=All`, roleBody('new', [rule('get', 'secrets')]), as(everywhere)),
    ],
  },
  {
    name: 'escalation: bindings',
    steps: [
      ...settled(...world),
      ...[
        'held',
        'foreign',
        'empty',
        'bindable',
        'absent',
        own('held'),
        own('foreign'),
        own('absent'),
      ].flatMap((name) => [
        post(`${rbacPaths.bindings}?dryRun=All`, bindingBody('new', name, subjects), as(writer)),
        post(`${rbacPaths.bindings}?dryRun=All`, bindingBody('new', name, subjects), as(everywhere)),
        ...(name.startsWith('{{ns}}')
          ? [
              post(
                `${rbacPaths.clusterBindings}?dryRun=All`,
                bindingBody(own('new'), name, subjects),
                as(everywhere),
              ),
            ]
          : []),
      ]),
      patch('merge', `${rbacPaths.bindings}/binding-binder?dryRun=All`, { subjects }, as(writer)),
      patch('merge', `${rbacPaths.bindings}/binding-absent?dryRun=All`, { subjects }, as(writer)),
      patch('merge', `${rbacPaths.bindings}/binding-last?dryRun=All`, { subjects }, as(writer)),
      patch('merge', `${rbacPaths.bindings}/binding-last?dryRun=All`, {}, as(writer)),
      post(`${rbacPaths.bindings}?dryRun=All`, bindingBody('new', 'absent', subjects)),
    ],
  },
];
