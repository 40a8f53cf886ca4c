import type { Sequence } from '../sequence.ts';
import { collection, configMap, configMaps, get, patch, post } from './requests.ts';

const a = `${configMaps}/a`;
const accounts = collection('serviceaccounts');
const secrets = collection('secrets');
const made = post(configMaps, configMap('a', { v: '1', w: '2' }, { labels: { l: 'm' } }), { as: 'made' });

const jsonPatches: unknown[] = [
  [],
  [{ op: 'add', path: '/data/x', value: 'y' }],
  [{ op: 'replace', path: '/data/v', value: '3' }],
  [{ op: 'replace', path: '/data/absent', value: '3' }],
  [{ op: 'remove', path: '/data/v' }],
  [{ op: 'remove', path: '/data/absent' }],
  [{ op: 'move', from: '/data/v', path: '/data/z' }],
  [{ op: 'copy', from: '/data/v', path: '/data/z' }],
  [{ op: 'copy', from: '/data/absent', path: '/data/z' }],
  [{ op: 'test', path: '/data/v', value: '1' }],
  [{ op: 'test', path: '/data/v', value: '2' }],
  [{ op: 'test', path: '/data/absent', value: null }],
  [{ op: 'test', path: '/data/absent', value: 'x' }],
  [{ op: 'other', path: '/data/v' }],
  [{ op: 'add', path: 'data/v', value: 'x' }],
  [{ op: 'add', value: 'x' }],
  [{ path: '/data/v', value: 'x' }],
  [{ op: 'add', path: '/data/v' }],
  [{ op: 'add', path: '/a/b/c', value: 1 }],
  [{ op: 'replace', path: '/metadata/name', value: 'b' }],
  [{ op: 'replace', path: '/metadata/namespace', value: 'b' }],
  [{ op: 'replace', path: '/metadata/uid', value: 'b' }],
  [{ op: 'replace', path: '/metadata/resourceVersion', value: '1' }],
  [{ op: 'replace', path: '/kind', value: 'Secret' }],
  [{ op: 'replace', path: '/apiVersion', value: 'v2' }],
  [{ op: 'remove', path: '/metadata' }],
  [{ op: 'replace', path: '', value: {} }],
  [{ op: 'replace', path: '/data', value: 'text' }],
  [{ op: 'replace', path: '/data/v', value: 5 }],
  [
    { op: 'add', path: '/metadata/finalizers', value: ['a.b/c'] },
    { op: 'add', path: '/metadata/finalizers/-', value: 'a.b/d' },
  ],
  [{ op: 'add', path: '/metadata/finalizers/0', value: 'a.b/c' }],
  [{ op: 'add', path: '/metadata/labels/x~1y', value: 'z' }],
  { op: 'add' },
  'not json',
  '"text"',
  '',
];
const mergePatches: unknown[] = [
  {},
  { data: { v: null, x: 'y' } },
  { data: null },
  { data: 'text' },
  { data: { v: 5 } },
  { metadata: { labels: null } },
  { metadata: { labels: { a: 'b', l: null } } },
  { metadata: { name: 'b' } },
  { metadata: { namespace: 'b' } },
  { metadata: { uid: 'b' } },
  { metadata: { resourceVersion: '1' } },
  { metadata: { resourceVersion: '{{made.metadata.resourceVersion}}' } },
  { metadata: { creationTimestamp: null } },
  { metadata: { labels: { 'a b': 'c' } } },
  { metadata: null },
  { kind: 'Secret' },
  { apiVersion: 'v2' },
  [],
  'not json',
  '5',
  'null',
  '',
];
const strategicPatches: unknown[] = [
  ...mergePatches,
  { data: { $patch: 'replace', x: 'y' } },
  { data: { $patch: 'delete' } },
  { data: { $patch: 'other' } },
  { $patch: 'delete' },
  { $retainKeys: ['metadata'] },
  { metadata: { finalizers: ['a.b/c'] } },
  { metadata: { '$deleteFromPrimitiveList/finalizers': ['a.b/c'] } },
  { metadata: { '$setElementOrder/finalizers': ['a.b/c', 'a.b/d'], finalizers: ['a.b/d'] } },
  { metadata: { ownerReferences: [{ uid: '1', apiVersion: 'v1', kind: 'Pod', name: 'p' }] } },
  { metadata: { ownerReferences: [{ name: 'p' }] } },
  { metadata: { ownerReferences: [{ $patch: 'delete', uid: '1' }] } },
];

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export const patchSequences: Sequence[] = [
  ...jsonPatches.map((body) => ({
    name: `patch: JSON patch ${show(body)}`,
    steps: [made, patch('json', a, body), get(a)],
  })),
  ...mergePatches.map((body) => ({
    name: `patch: merge patch ${show(body)}`,
    steps: [made, patch('merge', a, body), get(a)],
  })),
  ...strategicPatches.map((body) => ({
    name: `patch: strategic merge patch ${show(body)}`,
    steps: [made, patch('strategic', a, body), get(a)],
  })),
  ...['application/json', 'text/plain', 'application/other-patch+json', '', 'nonsense/;;'].map((type) => ({
    name: `patch: of type ${type}`,
    steps: [made, patch('merge', a, {}, { type })],
  })),
  {
    name: 'patch: strategic merge patches of a list with a merge key',
    steps: [
      post(accounts, { metadata: { name: 'a' }, secrets: [{ name: 'b' }, { name: 'd' }] }),
      patch('strategic', `${accounts}/a`, { secrets: [{ name: 'c' }] }),
      patch('strategic', `${accounts}/a`, { secrets: [{ name: 'd', namespace: 'n' }, { name: 'e' }] }),
      patch('strategic', `${accounts}/a`, { secrets: [{ name: 'b', $patch: 'delete' }, { name: 'f' }] }),
      patch('strategic', `${accounts}/a`, {
        secrets: [{ name: 'g' }],
        '$setElementOrder/secrets': [{ name: 'f' }, { name: 'g' }, { name: 'c' }],
      }),
      patch('strategic', `${accounts}/a`, { '$setElementOrder/secrets': [{ name: 'd' }, { name: 'f' }] }),
      patch('strategic', `${accounts}/a`, { secrets: [{ $patch: 'replace' }, { name: 'z' }] }),
    ],
  },
  { name: 'patch: of a collection', steps: [patch('merge', configMaps, {})] },
  {
    name: 'patch: nothing in a Secret with a null',
    steps: [
      post(secrets, { metadata: { name: 'a' }, data: { c: null } }),
      patch('merge', `${secrets}/a`, {}),
      patch('merge', `${secrets}/a`, {}),
      get(`${secrets}/a`),
    ],
  },
];
