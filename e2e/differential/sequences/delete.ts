import type { Sequence } from '../sequence.ts';
import { configMap, configMaps, del, get, patch, pod, pods, post, put } from './requests.ts';

const a = `${configMaps}/a`;
const made = post(configMaps, configMap('a', { v: '1' }), { as: 'made' });
const held = post(configMaps, configMap('a', {}, { finalizers: ['example.com/f'] }), { as: 'made' });
const options = (more: object) => ({ apiVersion: 'v1', kind: 'DeleteOptions', ...more });

const bodies: [string, unknown][] = [
  ['the right uid', options({ preconditions: { uid: '{{made.metadata.uid}}' } })],
  ['another uid', options({ preconditions: { uid: 'other' } })],
  [
    'the right revision',
    options({ preconditions: { resourceVersion: '{{made.metadata.resourceVersion}}' } }),
  ],
  ['another revision', options({ preconditions: { resourceVersion: '5' } })],
  ['both wrong', options({ preconditions: { uid: 'other', resourceVersion: '5' } })],
  ['Background', options({ propagationPolicy: 'Background' })],
  ['Foreground', options({ propagationPolicy: 'Foreground' })],
  ['Orphan', options({ propagationPolicy: 'Orphan' })],
  ['another policy', options({ propagationPolicy: 'Other' })],
  ['orphanDependents', options({ orphanDependents: true })],
  ['orphanDependents false', options({ orphanDependents: false })],
  ['both policies', options({ orphanDependents: true, propagationPolicy: 'Background' })],
  ['grace 0', options({ gracePeriodSeconds: 0 })],
  ['grace 5', options({ gracePeriodSeconds: 5 })],
  ['grace -1', options({ gracePeriodSeconds: -1 })],
  ['a grace that is a text', options({ gracePeriodSeconds: '5' })],
  ['a dry run', options({ dryRun: ['All'] })],
  ['a bad dry run', options({ dryRun: ['Some'] })],
  ['unknown members', options({ other: 1 })],
  ['no kind', { gracePeriodSeconds: 0 }],
  ['another kind', { apiVersion: 'v1', kind: 'ConfigMap' }],
  ['another version', { apiVersion: 'meta.k8s.io/v1', kind: 'DeleteOptions' }],
  ['of policy/v1', { apiVersion: 'policy/v1', kind: 'DeleteOptions' }],
  ['no JSON', 'nonsense'],
  ['a list', '[]'],
  ['an empty body', ''],
  ['null', 'null'],
];

export const deleteSequences: Sequence[] = [
  { name: 'delete: and again', steps: [made, del(a), del(a), get(a)] },
  ...bodies.map(([what, body]) => ({
    name: `delete: with ${what}`,
    steps: [made, del(a, body), ...(/Foreground|Orphan|orphan/.test(what) ? [] : [get(a)])],
  })),
  ...[
    'propagationPolicy=Background',
    'propagationPolicy=Other',
    'gracePeriodSeconds=0',
    'gracePeriodSeconds=x',
    'gracePeriodSeconds=-1',
    'dryRun=All',
    'dryRun=x',
  ].map((query) => ({ name: `delete: ?${query}`, steps: [made, del(`${a}?${query}`), get(a)] })),
  {
    name: 'delete: held by a finalizer',
    steps: [
      held,
      del(a),
      del(a),
      get(a),
      patch('merge', a, { metadata: { finalizers: ['example.com/f', 'example.com/g'] } }),
      patch('merge', a, { metadata: { labels: { still: 'there' } } }),
      post(configMaps, configMap('a')),
      put(a, configMap('a', {}, { finalizers: ['example.com/f'] })),
      patch('merge', a, { metadata: { deletionTimestamp: null } }),
      patch('json', a, [{ op: 'remove', path: '/metadata/finalizers' }]),
      get(a),
    ],
  },
  {
    name: 'delete: held by a finalizer, dry run',
    steps: [
      held,
      del(`${a}?dryRun=All`),
      get(a),
      del(a),
      patch('merge', `${a}?dryRun=All`, { metadata: { finalizers: null } }),
      get(a),
    ],
  },
  {
    name: 'delete: a collection',
    steps: [
      made,
      post(configMaps, configMap('b', {}, { labels: { l: '1' } })),
      post(configMaps, configMap('c', {}, { finalizers: ['example.com/f'] })),
      del(`${configMaps}?labelSelector=l%3D1`),
      del(`${configMaps}?fieldSelector=metadata.name%3Dx`),
      del(`${configMaps}?dryRun=All`),
      del(configMaps),
      get(configMaps),
      del(configMaps),
      del(`${configMaps}?labelSelector=a%20b`),
      del(configMaps, options({ propagationPolicy: 'Other' })),
      del('/api/v1/configmaps'),
    ],
  },
  {
    name: 'delete: a Pod that no node has',
    pods: true,
    steps: [post(pods, pod('a'), { as: 'made' }), del(`${pods}/a`), get(`${pods}/a`)],
  },
  {
    name: 'delete: a Pod on a node',
    pods: true,
    steps: [
      post(pods, pod('a'), { as: 'made' }),
      post(`${pods}/a/binding`, { metadata: { name: 'a' }, target: { kind: 'Node', name: 'node' } }),
      get(`${pods}/a`),
      del(`${pods}/a`),
      del(`${pods}/a`),
      del(`${pods}/a`, options({ gracePeriodSeconds: 5 })),
      del(`${pods}/a`, options({ gracePeriodSeconds: 10 })),
      get(`${pods}/a`),
      patch('merge', `${pods}/a`, { metadata: { labels: { a: 'b' } } }),
      del(`${pods}/a`, options({ gracePeriodSeconds: 0 })),
      get(`${pods}/a`),
    ],
  },
];
