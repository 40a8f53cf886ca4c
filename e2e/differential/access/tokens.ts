import type { RequestStep, Sequence } from '../sequence.ts';
import {
  collection,
  configMap,
  configMaps,
  del,
  get,
  patch,
  pod,
  pods,
  post,
  put,
} from '../sequences/requests.ts';
import { reviews } from './people.ts';

const accounts = collection('serviceaccounts');
const secrets = collection('secrets');
const robot = `${accounts}/robot/token`;
const issuer = 'https://kubernetes.default.svc.cluster.local';

const request = (spec: unknown, more: Record<string, unknown> = {}) => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  ...(spec !== undefined && { spec }),
  ...more,
});
const account = (name: string) => post(accounts, { metadata: { name } }, { as: name });
const review = (spec: unknown, more: Partial<RequestStep> = {}) =>
  post(reviews.token.path, reviews.token.of(spec), more);
const bearer = (token: string) => ({ by: 'nobody', headers: { authorization: `Bearer ${token}` } });
const bound = (kind: string, name: string, more: Record<string, unknown> = {}) =>
  request({ boundObjectRef: { kind, apiVersion: 'v1', name, ...more } });

const bodies: Record<string, unknown> = {
  'nothing else': request({}),
  'no spec': request(undefined),
  'an empty body': {},
  'no audience': request({ audiences: [] }),
  'an audience': request({ audiences: ['somebody'] }),
  'several audiences': request({ audiences: ['somebody', issuer, 'somebody'] }),
  'an empty audience': request({ audiences: [''] }),
  'the shortest time': request({ expirationSeconds: 600 }),
  'too short a time': request({ expirationSeconds: 599 }),
  'a negative time': request({ expirationSeconds: -1 }),
  'no time': request({ expirationSeconds: 0 }),
  'null as time': request({ expirationSeconds: null }),
  'the longest time': request({ expirationSeconds: 4294967296 }),
  'too long a time': request({ expirationSeconds: 4294967297 }),
  'a text as time': request({ expirationSeconds: '600' }),
  'half a second': request({ expirationSeconds: 600.5 }),
  'the time of old clients': request({ expirationSeconds: 3607 }),
  'its name': request({}, { metadata: { name: 'robot', namespace: '{{ns}}' } }),
  'another name': request({}, { metadata: { name: 'other' } }),
  'another namespace': request({}, { metadata: { namespace: 'other' } }),
  'its uid': request({}, { metadata: { uid: '{{robot.metadata.uid}}' } }),
  'another uid': request({}, { metadata: { uid: 'other' } }),
  labels: request({}, { metadata: { labels: { a: 'b' } } }),
  'another kind': { apiVersion: 'v1', kind: 'ConfigMap' },
  'an unknown field': request({ colour: 'red' }),
  'a Secret': bound('Secret', 'present'),
  'a Secret with its uid': bound('Secret', 'present', { uid: '{{present.metadata.uid}}' }),
  'a Secret with another uid': bound('Secret', 'present', { uid: 'other' }),
  'a Secret that is not there': bound('Secret', 'absent'),
  'a Pod': bound('Pod', 'mine'),
  'a Pod for long': request({
    expirationSeconds: 3607,
    boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'mine' },
  }),
  'a Pod for long and somebody else': request({
    audiences: ['somebody'],
    expirationSeconds: 3607,
    boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'mine' },
  }),
  'a Pod with another uid': bound('Pod', 'mine', { uid: 'other' }),
  'a Pod of another account': bound('Pod', 'other'),
  'a Pod that is not there': bound('Pod', 'absent'),
  'a Node that is not there': bound('Node', 'absent-{{ns}}'),
  'another kind of object': bound('ConfigMap', 'present'),
  'a kind of another version': request({
    boundObjectRef: { kind: 'Pod', apiVersion: 'v2', name: 'mine' },
  }),
  'a kind of another group': request({
    boundObjectRef: { kind: 'Pod', apiVersion: 'apps/v1', name: 'mine' },
  }),
  'an object without a kind': request({ boundObjectRef: { name: 'mine' } }),
  'an object without a name': request({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1' } }),
  'an empty reference': request({ boundObjectRef: {} }),
};

const world = [
  account('robot'),
  account('drone'),
  post(secrets, { metadata: { name: 'present' } }, { as: 'present' }),
  post(pods, pod('mine', { serviceAccountName: 'robot' }), { as: 'mine', setUp: true }),
  post(pods, pod('other', { serviceAccountName: 'drone' }), { setUp: true }),
];

/** Tokens of service accounts: asking for them, being known by them, reviewing them. */
export const tokenSequences: readonly Sequence[] = [
  ...Object.entries(bodies).map(([what, body]) => ({
    name: `tokens: a request with ${what}`,
    steps: [...world, post(robot, body, { as: 'made' }), review({ token: '{{made.status.token}}' })],
  })),
  {
    name: 'tokens: requests in other ways',
    steps: [
      account('robot'),
      post(`${accounts}/absent/token`, request({})),
      get(robot),
      put(robot, request({})),
      patch('merge', robot, {}),
      del(robot),
      post(`${robot}?dryRun=All`, request({})),
      post(`${robot}?fieldManager=me&fieldValidation=Strict`, request({ colour: 'red' })),
      post(robot, 'not JSON'),
      post(robot, request({}), { by: 'jane' }),
      post(robot, request({}), { by: 'nobody' }),
      post(`${accounts}/robot/other`, request({})),
    ],
  },
  {
    name: 'tokens: who comes with one',
    steps: [
      account('robot'),
      post(robot, request({}), { as: 'made' }),
      post(reviews.self.path, reviews.self.of(), bearer('{{made.status.token}}')),
      get(configMaps, bearer('{{made.status.token}}')),
      post(configMaps, configMap('a'), bearer('{{made.status.token}}')),
      get('/api/v1/nodes', bearer('{{made.status.token}}')),
      get('/metrics', bearer('{{made.status.token}}')),
      get('/.well-known/openid-configuration', bearer('{{made.status.token}}')),
      post(
        reviews.selfAccess.path,
        reviews.selfAccess.of({ resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{{ns}}' } }),
        bearer('{{made.status.token}}'),
      ),
      post(reviews.rules.path, reviews.rules.of({ namespace: '{{ns}}' }), bearer('{{made.status.token}}')),
      post(robot, request({ audiences: ['somebody'] }), { as: 'foreign' }),
      get(configMaps, bearer('{{foreign.status.token}}')),
      get(configMaps, bearer('{{made.status.token}}x')),
      // A certificate comes before a token.
      post(reviews.self.path, reviews.self.of(), { ...bearer('{{made.status.token}}'), by: 'jane' }),
      post(reviews.self.path, reviews.self.of(), { ...bearer('{{made.status.token}}'), by: 'impostor' }),
    ],
  },
  {
    name: 'tokens: who comes with that of a Pod',
    steps: [
      ...world,
      post(robot, bound('Pod', 'mine'), { as: 'made' }),
      post(reviews.self.path, reviews.self.of(), bearer('{{made.status.token}}')),
      post(robot, bound('Secret', 'present'), { as: 'secret' }),
      post(reviews.self.path, reviews.self.of(), bearer('{{secret.status.token}}')),
    ],
  },
  {
    name: 'tokens: reviews for audiences',
    steps: [
      account('robot'),
      post(robot, request({ audiences: ['a', 'b', issuer] }), { as: 'made' }),
      post(robot, request({ audiences: ['a'] }), { as: 'foreign' }),
      ...[
        {},
        { audiences: ['a'] },
        { audiences: ['b', 'c'] },
        { audiences: ['c'] },
        { audiences: [issuer] },
        { audiences: [] },
      ].flatMap((more) => [
        review({ token: '{{made.status.token}}', ...more }),
        review({ token: '{{foreign.status.token}}', ...more }),
        review({ token: 'unknown', ...more }),
      ]),
    ],
  },
  {
    name: 'tokens: reviews of what is none',
    steps: [
      review({ token: '' }),
      review({}),
      review(undefined),
      review({ token: 'a.b.c' }),
      review({ token: 'a b' }),
      review({ token: 7 }),
      review({ token: 'unknown', colour: 'red' }),
      post(reviews.token.path, reviews.token.of({ token: 'unknown' }, { metadata: { name: 'a' } })),
      post(reviews.token.path, { kind: 'TokenReview' }),
      post(reviews.token.path, { apiVersion: 'v1', kind: 'Pod' }),
      post(reviews.token.path, 'not JSON'),
      review({ token: 'unknown' }, { by: 'jane' }),
      review({ token: 'unknown' }, { by: 'nobody' }),
      get(reviews.token.path),
      post(`${reviews.token.path}?dryRun=All`, reviews.token.of({ token: 'unknown' })),
    ],
  },
  ...(
    [
      ['the account', `${accounts}/robot`, request({})],
      ['the Secret', `${secrets}/present`, bound('Secret', 'present')],
    ] as const
  ).map(([what, path, body]) => ({
    name: `tokens: after the end of ${what}`,
    steps: [
      ...world,
      post(robot, body, { as: 'made' }),
      del(path, undefined, { setUp: true }),
      get(path),
      get(path, bearer('{{made.status.token}}')),
      review({ token: '{{made.status.token}}' }),
      post(robot, body),
    ],
  })),
];
