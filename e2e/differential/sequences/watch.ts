import type { Sequence, Step } from '../sequence.ts';
import { collection, configMap, configMaps, del, get, patch, post, put } from './requests.ts';

const services = collection('services');

const changes: Step[] = [
  post(configMaps, configMap('x', { v: '1' }, { labels: { in: 'yes' } })),
  patch('merge', `${configMaps}/x`, { data: { v: '2' } }),
  patch('merge', `${configMaps}/x`, { metadata: { labels: { in: 'no' } } }),
  patch('merge', `${configMaps}/x`, { data: { v: '3' } }),
  patch('merge', `${configMaps}/x`, { metadata: { labels: { in: 'yes' } } }),
  del(`${configMaps}/x`),
];
const before: Step[] = [
  post(configMaps, configMap('a', {}, { labels: { in: 'yes' } }), { as: 'a' }),
  post(configMaps, configMap('b', {}, { labels: { in: 'no' } }), { as: 'b' }),
];
const last = post(configMaps, configMap('last', {}, { labels: { in: 'yes' } }));
const through = { name: 'last' } as const;

const queries = [
  '',
  '&resourceVersion=0',
  '&resourceVersion={{a.metadata.resourceVersion}}',
  '&resourceVersion={{b.metadata.resourceVersion}}',
  '&labelSelector=in%3Dyes',
  '&labelSelector=in%3Dyes&resourceVersion={{b.metadata.resourceVersion}}',
  '&labelSelector=in',
  '&allowWatchBookmarks=true',
  '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
  '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=0',
  '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion={{b.metadata.resourceVersion}}',
  '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=in%3Dyes',
  '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  '&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
  '&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion={{b.metadata.resourceVersion}}&allowWatchBookmarks=true',
];
const refused = [
  '&sendInitialEvents=true',
  '&sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=5',
  '&resourceVersionMatch=NotOlderThan',
  '&resourceVersion=nonsense',
  '&labelSelector=a%20b',
  '&fieldSelector=nonsense',
  '&fieldSelector=data.x%3Dy',
  '&timeoutSeconds=x',
  '&sendInitialEvents=x',
  '&resourceVersionMatch=Exact&resourceVersion=5',
  '&sendInitialEvents=false',
  '&continue=abc',
  '&limit=1&timeoutSeconds=1',
];

export const watchSequences: Sequence[] = [
  ...queries.map((query) => ({
    name: `watch: ?watch=true${query}`,
    steps: [
      ...before,
      { watch: 'w', path: `${configMaps}?watch=true${query}` },
      ...changes,
      last,
      { collect: 'w', through },
    ],
  })),
  ...refused.map((query) => ({
    name: `watch: ?watch=true${query}`,
    steps: [
      ...before,
      { watch: 'w', path: `${configMaps}?watch=1${query}` },
      last,
      { collect: 'w', through },
    ],
  })),
  ...[
    'application/json;as=Table;g=meta.k8s.io;v=v1',
    'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    'application/json;stream=watch',
    'application/yaml',
    'text/plain',
  ].map((accept) => ({
    name: `watch: Accept ${accept}`,
    steps: [
      ...before,
      { watch: 'w', path: `${configMaps}?watch=true`, accept },
      last,
      { collect: 'w', through: 3 },
    ],
  })),
  {
    name: 'watch: of Services from their beginning',
    steps: [
      post(services, { metadata: { name: 'a' }, spec: { clusterIP: 'None', selector: { a: 'b' } } }),
      {
        watch: 'w',
        path: `${services}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      },
      { collect: 'w', through: 2 },
    ],
  },
  {
    name: 'watch: of a Service that becomes a name',
    steps: [
      post(
        services,
        { metadata: { name: 'a' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } },
        { as: 'a' },
      ),
      { watch: 'w', path: `${services}?watch=true&resourceVersion={{a.metadata.resourceVersion}}` },
      patch('merge', `${services}/a`, { spec: { type: 'ExternalName', externalName: 'example.com' } }),
      { collect: 'w', through: 1 },
    ],
  },
  {
    name: 'watch: of one object by name',
    steps: [
      ...before,
      { watch: 'w', path: `${configMaps}?watch=true&fieldSelector=metadata.name%3Da` },
      { watch: 'v', path: `${configMaps}/a?watch=true` },
      patch('merge', `${configMaps}/b`, { data: { v: '2' } }),
      patch('merge', `${configMaps}/a`, { data: { v: '2' } }),
      del(`${configMaps}/a`),
      { collect: 'w', through: 3 },
      { collect: 'v', through: 3 },
    ],
  },
  {
    name: 'watch: for one second',
    steps: [
      ...before,
      { watch: 'w', path: `${configMaps}?watch=true&timeoutSeconds=1` },
      { collect: 'w', through: 'end' },
    ],
  },
  {
    name: 'watch: updates that change nothing',
    steps: [
      ...before,
      { watch: 'w', path: `${configMaps}?watch=true&resourceVersion={{b.metadata.resourceVersion}}` },
      get(`${configMaps}/a`, { as: 'now' }),
      put(`${configMaps}/a`, '{{now}}'),
      patch('merge', `${configMaps}/a`, {}),
      patch('json', `${configMaps}/a`, []),
      last,
      { collect: 'w', through },
    ],
  },
  {
    name: 'watch: an object with a finalizer',
    steps: [
      post(configMaps, configMap('a', {}, { finalizers: ['example.com/f'] }), { as: 'a' }),
      { watch: 'w', path: `${configMaps}?watch=true&resourceVersion={{a.metadata.resourceVersion}}` },
      del(`${configMaps}/a`),
      patch('merge', `${configMaps}/a`, { metadata: { finalizers: null } }),
      last,
      { collect: 'w', through },
    ],
  },
];
