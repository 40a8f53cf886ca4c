import type { Sequence } from '../sequence.ts';
import { get, post } from '../sequences/requests.ts';
import { actingAs, reviews, type Review } from './people.ts';

const resourceAttributes = { verb: 'get', resource: 'pods', namespace: '{{ns}}' };
const nonResourceAttributes = { verb: 'get', path: '/version' };
const user = 'ann-{{ns}}';

/** What may be asked of each kind of review. */
const attributes: Record<string, Record<string, unknown>> = {
  'a resource': { resourceAttributes },
  'a path': { nonResourceAttributes },
  'a path that nobody may see': { nonResourceAttributes: { verb: 'get', path: '/metrics' } },
  'both at once': { resourceAttributes, nonResourceAttributes },
  nothing: {},
  'empty attributes': { resourceAttributes: {} },
  'an empty path': { nonResourceAttributes: {} },
  'all of a resource': {
    resourceAttributes: {
      ...resourceAttributes,
      group: 'apps',
      version: 'v1',
      subresource: 'status',
      name: 'a',
    },
  },
  'another namespace': { resourceAttributes: { ...resourceAttributes, namespace: 'other' } },
  'no namespace': { resourceAttributes: { verb: 'list', resource: 'nodes' } },
  'every verb': { resourceAttributes: { verb: '*', resource: '*', group: '*', namespace: '{{ns}}' } },
  'an unknown field': { resourceAttributes, colour: 'red' },
  'a text in place of attributes': { resourceAttributes: 'pods' },
  'a field selector': {
    resourceAttributes: { ...resourceAttributes, fieldSelector: { rawSelector: 'metadata.name=a' } },
  },
  'requirements on fields': {
    resourceAttributes: {
      ...resourceAttributes,
      fieldSelector: { requirements: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] },
    },
  },
  'a bad requirement': {
    resourceAttributes: {
      ...resourceAttributes,
      labelSelector: { requirements: [{ key: 'a', operator: 'In' }] },
    },
  },
  'both kinds of selectors': {
    resourceAttributes: {
      ...resourceAttributes,
      labelSelector: { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'Exists' }] },
    },
  },
};

const subjects: Record<string, Record<string, unknown>> = {
  'a user': { user },
  'a group': { groups: ['system:masters'] },
  'a user of groups': { user, groups: ['staff', 'system:authenticated'] },
  'nobody named': { user: '' },
  'no subject': {},
  'an empty group': { groups: [''] },
  'all about him': { user, uid: '7', groups: ['staff'], extra: { 'example.com/a': ['b'] } },
  'extra of one letter case': { user, extra: { Example: ['b'] } },
  'an account': { user: 'system:serviceaccount:{{ns}}:robot', groups: ['system:serviceaccounts'] },
  'a node': { user: 'system:node:n', groups: ['system:nodes'] },
};

function about(name: string, review: Review, withSubject: boolean): Sequence[] {
  const subject = withSubject ? { user, groups: ['system:authenticated'] } : {};
  const ask = (spec: unknown, more: Record<string, unknown> = {}) => post(review.path, review.of(spec, more));
  return [
    {
      name: `reviews: ${name} of attributes`,
      steps: Object.values(attributes).map((some) => ask({ ...some, ...subject })),
    },
    {
      name: `reviews: ${name} in odd forms`,
      steps: [
        ask(undefined),
        ask({ resourceAttributes, ...subject }, { metadata: { name: 'a' } }),
        ask({ resourceAttributes, ...subject }, { metadata: { namespace: '{{ns}}' } }),
        ask({ resourceAttributes, ...subject }, { metadata: { namespace: 'other' } }),
        ask({ resourceAttributes, ...subject }, { metadata: { labels: { a: 'b' } } }),
        ask({ resourceAttributes, ...subject }, { status: { allowed: true } }),
        post(review.path, { apiVersion: 'v1', kind: 'Pod' }),
        post(review.path, 'not JSON'),
        post(review.path, []),
        post(`${review.path}?dryRun=All`, review.of({ resourceAttributes, ...subject })),
        post(
          `${review.path}?fieldValidation=Strict`,
          review.of({ resourceAttributes, colour: 'red', ...subject }),
        ),
        get(review.path),
        get(`${review.path}/a`),
        post(review.path, review.of({ resourceAttributes, ...subject }), { by: 'jane' }),
        post(review.path, review.of({ resourceAttributes, ...subject }), { by: 'nobody' }),
        post(review.path, review.of({ resourceAttributes, ...subject }), actingAs(user, 'staff')),
      ],
    },
    ...(withSubject
      ? [
          {
            name: `reviews: ${name} of subjects`,
            steps: Object.values(subjects).map((some) => ask({ resourceAttributes, ...some })),
          },
        ]
      : []),
  ];
}

/** Questions about who may do what, in every form. */
export const reviewSequences: readonly Sequence[] = [
  ...about('SelfSubjectAccessReview', reviews.selfAccess, false),
  ...about('SubjectAccessReview', reviews.access, true),
  ...about('LocalSubjectAccessReview', reviews.localAccess, true),
  {
    name: 'reviews: SelfSubjectRulesReview',
    steps: [
      ...[undefined, {}, { namespace: '' }, { namespace: '{{ns}}' }, { namespace: 'absent' }].map((spec) =>
        post(reviews.rules.path, reviews.rules.of(spec)),
      ),
      ...['jane', 'nobody'].map((by) =>
        post(reviews.rules.path, reviews.rules.of({ namespace: '{{ns}}' }), { by }),
      ),
      post(reviews.rules.path, reviews.rules.of({ namespace: '{{ns}}' }, { metadata: { name: 'a' } })),
      post(reviews.rules.path, reviews.rules.of({ namespace: '{{ns}}' }), actingAs(user, 'system:masters')),
      get(reviews.rules.path),
    ],
  },
  {
    name: 'reviews: what is served',
    steps: [get('/apis/authorization.k8s.io'), get('/apis/authorization.k8s.io/v1')],
  },
];
