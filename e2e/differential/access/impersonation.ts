import type { RequestStep, Sequence } from '../sequence.ts';
import { collection, configMaps, get, post } from '../sequences/requests.ts';
import { actingAs, reviews } from './people.ts';
import { account, clusterBinding, clusterRole, rule, settled, type Rule } from './roles.ts';

const accounts = collection('serviceaccounts');

type Headers = Record<string, string | readonly string[]>;

/** Whom somebody wants to be taken for. */
const wishes: Record<string, Headers> = {
  'a user': { 'impersonate-user': 'ann' },
  'a user of a group': { 'impersonate-user': 'ann', 'impersonate-group': 'staff' },
  'a user of groups': { 'impersonate-user': 'ann', 'impersonate-group': ['staff', 'testers'] },
  'a user of one group twice': { 'impersonate-user': 'ann', 'impersonate-group': ['staff', 'staff'] },
  'a user of groups in one header': { 'impersonate-user': 'ann', 'impersonate-group': 'staff,testers' },
  'another user': { 'impersonate-user': 'ben' },
  'a user with a uid': { 'impersonate-user': 'ann', 'impersonate-uid': '7' },
  'a user with extra': { 'impersonate-user': 'ann', 'impersonate-extra-scopes': ['a', 'b'] },
  'a user with escaped extra': { 'impersonate-user': 'ann', 'impersonate-extra-example.com%2fscope': 'a' },
  'a user with extra in capitals': { 'impersonate-user': 'ann', 'Impersonate-Extra-Scopes': 'a' },
  'a user with empty extra': { 'impersonate-user': 'ann', 'impersonate-extra-scopes': '' },
  'a user with extra without a key': { 'impersonate-user': 'ann', 'impersonate-extra-': 'a' },
  everything: {
    'impersonate-user': 'ann',
    'impersonate-group': 'staff',
    'impersonate-uid': '7',
    'impersonate-extra-scopes': 'a',
  },
  'an account': { 'impersonate-user': 'system:serviceaccount:{{ns}}:robot' },
  'an account of a group': {
    'impersonate-user': 'system:serviceaccount:{{ns}}:robot',
    'impersonate-group': 'staff',
  },
  'no account': { 'impersonate-user': 'system:serviceaccount:{{ns}}' },
  'a node': { 'impersonate-user': 'system:node:n1' },
  'a node of its group': { 'impersonate-user': 'system:node:n1', 'impersonate-group': 'system:nodes' },
  anonymous: { 'impersonate-user': 'system:anonymous' },
  'anonymous of all that are known': {
    'impersonate-user': 'system:anonymous',
    'impersonate-group': 'system:authenticated',
  },
  'a user that is not known': {
    'impersonate-user': 'ann',
    'impersonate-group': 'system:unauthenticated',
  },
  masters: { 'impersonate-user': 'ann', 'impersonate-group': 'system:masters' },
  'an empty user': { 'impersonate-user': '' },
  'an empty group': { 'impersonate-user': 'ann', 'impersonate-group': '' },
  'a group only': { 'impersonate-group': 'staff' },
  'a uid only': { 'impersonate-uid': '7' },
  'extra only': { 'impersonate-extra-scopes': 'a' },
  'two users': { 'impersonate-user': ['ann', 'ben'] },
  'an unknown header': { 'impersonate-user': 'ann', 'impersonate-colour': 'red' },
};

const asks = (headers: Headers, by?: string): RequestStep[] => [
  post(reviews.self.path, reviews.self.of(), { headers, ...(by !== undefined && { by }) }),
  get(configMaps, { headers, ...(by !== undefined && { by }) }),
];

/** What allows to be somebody else, in the narrow ways and in the wide one. */
const rights: Record<string, readonly Rule[]> = {
  nothing: [],
  'users and groups': [rule('impersonate', 'users groups')],
  'one user and one group': [
    rule('impersonate', 'users', { resourceNames: ['ann'] }),
    rule('impersonate', 'groups', { resourceNames: ['staff'] }),
  ],
  accounts: [rule('impersonate', 'serviceaccounts')],
  'uids and extra': [
    rule('impersonate', 'users'),
    rule('impersonate', 'uids userextras/scopes', { apiGroups: ['authentication.k8s.io'] }),
  ],
  'all extra': [
    rule('impersonate', 'users groups'),
    rule('impersonate', 'userextras/scopes', { apiGroups: ['authentication.k8s.io'], resourceNames: ['a'] }),
  ],
  'users for looking': [
    rule('impersonate:user-info', 'users groups uids userextras/*', { apiGroups: ['authentication.k8s.io'] }),
    rule('impersonate-on:user-info:create', 'selfsubjectreviews', { apiGroups: ['authentication.k8s.io'] }),
  ],
  'accounts for listing': [
    rule('impersonate:serviceaccount', 'serviceaccounts', { apiGroups: ['authentication.k8s.io'] }),
    rule('impersonate-on:serviceaccount:list', 'configmaps'),
  ],
  'nodes for looking': [
    rule('impersonate:arbitrary-node', 'nodes', { apiGroups: ['authentication.k8s.io'] }),
    rule('impersonate-on:arbitrary-node:create', 'selfsubjectreviews', {
      apiGroups: ['authentication.k8s.io'],
    }),
  ],
};

/** Asks as the account `actor`, who has rights of his own in each sequence. */
const byActor = (headers: Headers): RequestStep[] =>
  asks({ ...headers, authorization: 'Bearer {{made.status.token}}' }, 'nobody');

/** Acting as somebody else. */
export const impersonationSequences: readonly Sequence[] = [
  ...Object.entries(wishes).map(([what, headers]) => ({
    name: `impersonation: the administrator as ${what}`,
    steps: asks(headers),
  })),
  ...Object.entries(rights).map(([what, rules]) => ({
    name: `impersonation: with the right to ${what}`,
    steps: [
      post(accounts, { metadata: { name: 'actor' } }),
      post(`${accounts}/actor/token`, {}, { as: 'made' }),
      ...settled(clusterRole('actor', ...rules), clusterBinding('actor', account('actor'))),
      ...Object.values(wishes).flatMap(byActor),
    ],
  })),
  {
    name: 'impersonation: by others',
    steps: ['jane', 'nobody', 'impostor'].flatMap((by) =>
      Object.values(wishes).flatMap((headers) => asks(headers, by)),
    ),
  },
  {
    name: 'impersonation: of what is not there',
    steps: ['/own/path', '/version', '/api'].map((path) => get(path, actingAs('ann'))),
  },
];
