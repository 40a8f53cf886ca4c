import type { RequestStep, Sequence } from '../sequence.ts';
import {
  collection,
  configMap,
  configMaps,
  del,
  patch,
  pod,
  pods,
  post,
  put,
} from '../sequences/requests.ts';
import { kinds, rule, webhook, within } from './webhook.ts';

const secrets = collection('secrets');
const accounts = collection('serviceaccounts');
const apply = (path: string, body: unknown): RequestStep => ({
  method: 'PATCH',
  path,
  body,
  type: 'application/apply-patch+yaml',
});

/** What a webhook is told: each is a request, or several. */
const requests: Record<string, RequestStep[]> = {
  'a creation': [
    post(
      `${configMaps}?fieldManager=me&fieldValidation=Strict`,
      configMap('a', { x: 'y' }, { labels: { l: 'm' } }),
    ),
  ],
  'a creation by somebody else': [
    post(configMaps, configMap('a'), {
      headers: {
        'impersonate-user': 'ann',
        'impersonate-group': ['system:masters', 'staff'],
        'impersonate-uid': '7',
        'impersonate-extra-scopes': ['a', 'b'],
      },
    }),
  ],
  'a creation with a name of its own': [
    post(configMaps, { metadata: { generateName: 'a-', finalizers: ['example.com/f'] } }),
  ],
  'a dry creation': [post(`${configMaps}?dryRun=All`, configMap('a'))],
  'the creation of a Secret': [post(secrets, { metadata: { name: 's' }, stringData: { a: 'b' } })],
  'the creation of a Pod': [post(pods, pod('p'))],
  'an update': [put(`${configMaps}/present`, configMap('present', { x: 'z' }))],
  'an update of what is not there': [put(`${configMaps}/absent`, configMap('absent'))],
  'a merge patch': [patch('merge', `${configMaps}/present?fieldManager=me`, { data: { x: 'z' } })],
  'a JSON patch': [patch('json', `${configMaps}/present`, [{ op: 'remove', path: '/data/x' }])],
  'a strategic patch': [patch('strategic', `${configMaps}/present`, { metadata: { labels: { l: 'm' } } })],
  'an applied object': [apply(`${configMaps}/new?fieldManager=me`, configMap('new', { a: 'b' }))],
  'an applied change': [
    apply(`${configMaps}/present?fieldManager=me&force=true`, configMap('present', { x: 'z' })),
  ],
  'an update that changes nothing': [patch('merge', `${configMaps}/present`, {})],
  'a deletion': [del(`${configMaps}/present`)],
  'a deletion with options': [
    del(`${configMaps}/present`, {
      propagationPolicy: 'Foreground',
      gracePeriodSeconds: 3,
      dryRun: ['All'],
    }),
  ],
  'a deletion with a precondition': [
    del(`${configMaps}/present`, {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      preconditions: { uid: '{{present.metadata.uid}}' },
    }),
  ],
  'the deletion of a collection': [del(`${configMaps}?labelSelector=here%3Dyes`)],
  'a deletion of what is not there': [del(`${configMaps}/absent`)],
  'the status of a Pod': [
    post(pods, pod('p')),
    patch('merge', `${pods}/p/status`, { status: { phase: 'Running' } }),
  ],
  'the binding of a Pod': [
    post(pods, pod('p')),
    post(`${pods}/p/binding`, { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } }),
  ],
  'an eviction': [
    post(pods, pod('p')),
    post(`${pods}/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }),
  ],
  'a request for a token': [
    post(accounts, { metadata: { name: 'robot' } }),
    post(`${accounts}/robot/token`, { spec: { expirationSeconds: 700 } }),
  ],
};

const everything = rule({ resources: ['configmaps', 'secrets', 'pods', 'pods/*', 'serviceaccounts/token'] });

/** What webhooks are sent, once as they allow it and once as they refuse it. */
export const requestSequences: readonly Sequence[] = kinds.flatMap((kind) =>
  Object.entries(requests).flatMap(([what, steps]) =>
    ['allow', 'deny-message'].map((behaviour) => ({
      name: `webhooks: ${kind} sees ${what}, ${behaviour}`,
      pods: true,
      steps: [
        post(configMaps, configMap('present', { x: 'y' }, { labels: { here: 'yes' } }), { as: 'present' }),
        ...within(kind, [webhook('hook', behaviour, everything)], steps),
      ],
    })),
  ),
);
