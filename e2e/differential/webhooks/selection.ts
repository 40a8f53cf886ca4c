import type { RequestStep, Sequence } from '../sequence.ts';
import { configMap, configMaps, del, get, patch, post } from '../sequences/requests.ts';
import { kinds, rule, rules, webhook, within, type More } from './webhook.ts';

const condition = (expression: string, more: More = {}): More => ({
  matchConditions: [{ name: 'a', expression }],
  ...more,
});

const selections: Record<string, More> = {
  'another group': rule({ apiGroups: ['apps'] }),
  'the core group': rule({ apiGroups: [''] }),
  'another version': rule({ apiVersions: ['v2'] }),
  'another version, exactly': { ...rule({ apiVersions: ['v2'] }), matchPolicy: 'Exact' },
  'updates only': rule({ operations: ['UPDATE'] }),
  'creations and deletions': rule({ operations: ['CREATE', 'DELETE'] }),
  'connections only': rule({ operations: ['CONNECT'] }),
  'all resources': rule({ resources: ['*'] }),
  'all resources and subresources': rule({ resources: ['*/*'] }),
  'subresources only': rule({ resources: ['*/status'] }),
  'objects of namespaces': rule({ scope: 'Namespaced' }),
  'objects of the cluster': rule({ scope: 'Cluster' }),
  'no rules': { rules: [] },
  'two rules': { rules: [{ ...rules[0], operations: ['DELETE'] }, ...rules] },
  'labelled objects': { objectSelector: { matchLabels: { l: 'm' } } },
  'unlabelled objects': { objectSelector: { matchExpressions: [{ key: 'l', operator: 'DoesNotExist' }] } },
  'objects of some labels': {
    objectSelector: { matchExpressions: [{ key: 'l', operator: 'In', values: ['m', 'n'] }] },
  },
  'objects of other labels': {
    objectSelector: { matchExpressions: [{ key: 'l', operator: 'NotIn', values: ['m'] }] },
  },
  'other namespaces': { namespaceSelector: { matchExpressions: [{ key: 'absent', operator: 'Exists' }] } },
  'a condition that holds': condition('true'),
  'a condition that does not hold': condition('false'),
  'a condition on the object': condition('object == null || object.metadata.name == "b"'),
  'a condition on the old object': condition('oldObject != null'),
  'a condition on the request': condition('request.operation in ["CREATE", "DELETE"] && !request.dryRun'),
  'a condition on who asks': condition(
    'request.userInfo.username == "admin" && "system:masters" in request.userInfo.groups',
  ),
  'a condition on the namespace': condition(
    'request.namespace == "{{ns}}" && request.resource.resource == "configmaps"',
  ),
  'a condition that fails': condition('object.data.missing == "a"'),
  'a condition that fails, ignored': condition('object.data.missing == "a"', { failurePolicy: 'Ignore' }),
  'a condition that fails beside one that does not hold': {
    matchConditions: [
      { name: 'a', expression: 'object.data.missing == "a"' },
      { name: 'b', expression: 'false' },
    ],
  },
  'a condition on rights': condition(
    'authorizer.group("").resource("configmaps").namespace("{{ns}}").check("get").allowed()',
  ),
};

const steps: readonly RequestStep[] = [
  post(configMaps, configMap('a')),
  post(configMaps, configMap('b', { x: 'y' }, { labels: { l: 'm' } })),
  patch('merge', `${configMaps}/present`, { metadata: { labels: { l: null } } }),
  patch('merge', `${configMaps}/present?dryRun=All`, { metadata: { labels: { l: 'm' } } }),
  del(`${configMaps}/present`),
];

/** Which requests a webhook is asked about. */
export const selectionSequences: readonly Sequence[] = kinds.flatMap((kind) =>
  Object.entries(selections).map(([what, more]) => ({
    name: `webhooks: ${kind} for ${what}`,
    steps: [
      post(configMaps, configMap('present', {}, { labels: { l: 'm' } })),
      ...within(kind, [webhook('hook', 'deny-message', more)], steps),
    ],
  })),
);

/** Whether a webhook may be asked about what is not to be done. */
export const dryRunSequences: readonly Sequence[] = kinds.flatMap((kind) =>
  ['None', 'NoneOnDryRun'].map((sideEffects) => ({
    name: `webhooks: ${kind} in a dry run with side effects ${sideEffects}`,
    steps: within(
      kind,
      [webhook('hook', 'allow', { sideEffects })],
      [
        post(`${configMaps}?dryRun=All`, configMap('a')),
        post(configMaps, configMap('a')),
        get(`${configMaps}/a`),
      ],
    ),
  })),
);

const hook = (name: string, behaviour: string, more: More = {}) => webhook(name, behaviour, more);
const again = { reinvocationPolicy: 'IfNeeded' };
const patched = { objectSelector: { matchLabels: { patched: 'yes' } } };

const chains: Record<string, More[]> = {
  'two patches': [hook('a', 'patch-data'), hook('b', 'patch-label')],
  'two patches in the other order': [hook('b', 'patch-label'), hook('a', 'patch-data')],
  'a patch and a look': [hook('a', 'patch-data'), hook('b', 'allow')],
  'a look again': [hook('a', 'allow', again), hook('b', 'patch-label')],
  'no look again': [hook('a', 'allow'), hook('b', 'patch-label')],
  'a look again at nothing new': [hook('a', 'patch-label', again), hook('b', 'patch-nothing', again)],
  'looks again by both': [hook('a', 'patch-label', again), hook('b', 'patch-data', again)],
  'a look only then': [hook('a', 'deny-message', { ...again, ...patched }), hook('b', 'patch-label')],
  'a look only afterwards': [hook('a', 'patch-label'), hook('b', 'deny-message', patched)],
  'a refusal first': [hook('a', 'deny-message'), hook('b', 'deny-code')],
  'a warning and a refusal': [hook('a', 'allow-warning'), hook('b', 'deny-message')],
  'a failure between patches': [
    hook('a', 'patch-data'),
    hook('b', 'http-500', { failurePolicy: 'Ignore' }),
    hook('c', 'patch-label'),
  ],
};

/** Several webhooks, one after the other. */
export const orderSequences: readonly Sequence[] = [
  ...Object.entries(chains).map(([what, webhooks]) => ({
    name: `webhooks: chain of ${what}`,
    steps: within('Mutating', webhooks, [
      post(configMaps, configMap('a')),
      get(`${configMaps}/a`),
      patch('merge', `${configMaps}/a`, { data: { x: 'y' } }),
    ]),
  })),
  {
    name: 'webhooks: several that only look',
    steps: within(
      'Validating',
      [hook('a', 'allow-warning'), hook('b', 'allow'), hook('c', 'deny-message')],
      [post(configMaps, configMap('a'))],
    ),
  },
];
