import type { Sequence } from '../sequence.ts';
import { del, get, patch, post } from '../sequences/requests.ts';
import { kinds, pathOf, rule, webhook, type More } from './webhook.ts';

const config = { url: 'https://127.0.0.1:1/x' };
const service = { namespace: 'n', name: 's' };
const one = (more: More = {}): More => webhook('a', 'allow', { clientConfig: config, ...more });
const at = (clientConfig: More): More => one({ clientConfig });
const condition = (more: More): More => one({ matchConditions: [more] });

const variants: Record<string, readonly More[]> = {
  'its defaults': [one()],
  'a service': [at({ service })],
  'a path': [at({ service: { ...service, path: '/a/b', port: 8443 } })],
  'a bad path': [at({ service: { ...service, path: 'a' } })],
  'an empty segment': [at({ service: { ...service, path: '/a//b' } })],
  'a bad segment': [at({ service: { ...service, path: '/a b' } })],
  'a bad port': [at({ service: { ...service, port: 70000 } })],
  'a service without a name': [at({ service: { namespace: 'n' } })],
  'both ways': [at({ ...config, service })],
  'no way': [at({})],
  'a plain URL': [at({ url: 'http://127.0.0.1/x' })],
  'a URL without a host': [at({ url: 'https:///x' })],
  'no URL': [at({ url: 'not one' })],
  'a query': [at({ url: 'https://127.0.0.1/x?y=z' })],
  'a fragment': [at({ url: 'https://127.0.0.1/x#y' })],
  'a user': [at({ url: 'https://u:p@127.0.0.1/x' })],
  'a bundle that is none': [at({ ...config, caBundle: 'AAAA' })],
  'one name twice': [one(), one()],
  'a short name': [one({ name: 'a' })],
  'a bad name': [one({ name: 'A.b.c' })],
  'no name': [one({ name: '' })],
  'side effects': [one({ sideEffects: 'Some' })],
  'unknown side effects': [one({ sideEffects: 'Unknown' })],
  'no word on side effects': [one({ sideEffects: null })],
  'no versions': [one({ admissionReviewVersions: [] })],
  'no word on versions': [one({ admissionReviewVersions: null })],
  'unknown versions': [one({ admissionReviewVersions: ['v9'] })],
  'unknown versions too': [one({ admissionReviewVersions: ['v9', 'v1'] })],
  'a bad version': [one({ admissionReviewVersions: ['V 1'] })],
  'versions twice': [one({ admissionReviewVersions: ['v1', 'v1'] })],
  'no time': [one({ timeoutSeconds: 0 })],
  'much time': [one({ timeoutSeconds: 31 })],
  'unknown policies': [one({ failurePolicy: 'A', matchPolicy: 'B' })],
  'a bad selector': [one({ objectSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } })],
  'an unknown operator': [one({ objectSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } })],
  'a bad label': [one({ namespaceSelector: { matchLabels: { 'a b': 'c' } } })],
  'no operations': [one(rule({ operations: [] }))],
  'an unknown operation': [one(rule({ operations: ['READ'] }))],
  'all operations and one': [one(rule({ operations: ['*', 'CREATE'] }))],
  'all groups and one': [one(rule({ apiGroups: ['*', 'a'] }))],
  'no groups': [one(rule({ apiGroups: [] }))],
  'an empty version': [one(rule({ apiVersions: [''] }))],
  'no resources': [one(rule({ resources: [] }))],
  'all resources and one': [one(rule({ resources: ['*', 'pods'] }))],
  'all subresources and one': [one(rule({ resources: ['pods/*', 'pods/log'] }))],
  'one subresource of all': [one(rule({ resources: ['*/log', 'pods/log'] }))],
  'an unknown scope': [one(rule({ scope: 'Some' }))],
  'a condition': [condition({ name: 'a', expression: 'true' })],
  'a condition without a name': [condition({ expression: 'true' })],
  'a condition with a bad name': [condition({ name: 'a b', expression: 'true' })],
  'an empty condition': [condition({ name: 'a', expression: '' })],
  'a condition that is no bool': [condition({ name: 'a', expression: '1' })],
  'a condition on something unknown': [condition({ name: 'a', expression: 'params == null' })],
  'conditions of one name': [
    one({
      matchConditions: [
        { name: 'a', expression: 'true' },
        { name: 'a', expression: 'false' },
      ],
    }),
  ],
};

const ofMutating: Record<string, readonly More[]> = {
  'an unknown reinvocation': [one({ reinvocationPolicy: 'Sometimes' })],
  'a reinvocation': [one({ reinvocationPolicy: 'IfNeeded' })],
};

/** What configurations of webhooks may look like. */
export const configurationSequences: readonly Sequence[] = kinds.flatMap((kind) => [
  {
    name: `webhooks: ${kind} configurations`,
    // They would cover namespaces that are not there, and are not kept in any case.
    steps: Object.values(kind === 'Mutating' ? { ...variants, ...ofMutating } : variants).map((webhooks) =>
      post(`${pathOf(kind)}?dryRun=All`, { metadata: { name: '{{ns}}' }, webhooks }),
    ),
  },
  {
    name: `webhooks: ${kind} configuration that changes`,
    steps: [
      post(pathOf(kind), { metadata: { name: '{{ns}}' }, webhooks: [webhook('a', 'allow')] }),
      get(`${pathOf(kind)}/{{ns}}`),
      patch('strategic', `${pathOf(kind)}/{{ns}}`, {
        webhooks: [{ name: 'a.example.com', timeoutSeconds: 5 }],
      }),
      patch('strategic', `${pathOf(kind)}/{{ns}}`, { webhooks: [webhook('b', 'allow')] }),
      patch('merge', `${pathOf(kind)}/{{ns}}`, { webhooks: [] }),
      patch('merge', `${pathOf(kind)}/{{ns}}`, { metadata: { labels: { a: 'b' } } }),
      del(`${pathOf(kind)}/{{ns}}`),
    ],
  },
]);
