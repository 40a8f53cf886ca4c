import type { Sequence } from '../sequence.ts';
import { apply } from './apply/requests.ts';
import { collection, configMap, configMaps, get, pod, pods, post, put } from './requests.ts';

const services = collection('services');
const roles = collection('roles', 'rbac.authorization.k8s.io/v1');

const invalidNames = ['', 'UPPER', 'a_b', '-a', 'a.', 'a..b', 'x'.repeat(254), 'ä'];

export const createSequences: Sequence[] = [
  {
    name: 'create: a ConfigMap, again, and read',
    steps: [
      post(configMaps, configMap('a', { key: 'value' }, { labels: { l: '1' }, annotations: { x: 'y' } })),
      post(configMaps, configMap('a')),
      get(`${configMaps}/a`),
      get(`${configMaps}/b`),
    ],
  },
  ...invalidNames.map((name) => ({
    name: `create: a ConfigMap named ${JSON.stringify(name.slice(0, 20))}`,
    steps: [post(configMaps, configMap(name))],
  })),
  {
    name: 'create: generateName',
    steps: [
      post(configMaps, { metadata: { generateName: 'made-' } }, { as: 'one' }),
      get(`${configMaps}/{{one.metadata.name}}`),
      post(configMaps, { metadata: { generateName: 'In valid' } }),
      post(configMaps, { metadata: { generateName: 'x'.repeat(300) } }),
      post(configMaps, { metadata: { generateName: 'both-', name: 'both' } }),
    ],
  },
  {
    name: 'create: without a name',
    steps: [post(configMaps, {}), post(configMaps, { metadata: {} }), post(configMaps, { metadata: null })],
  },
  {
    name: 'create: in another namespace than the path names',
    steps: [post(configMaps, configMap('a', {}, { namespace: 'default' }))],
  },
  {
    name: 'create: in a namespace that is not there',
    steps: [
      post('/api/v1/namespaces/{{ns}}-absent/configmaps', configMap('a')),
      get('/api/v1/namespaces/{{ns}}-absent/configmaps'),
      get('/api/v1/namespaces/{{ns}}-absent/configmaps/a'),
    ],
  },
  { name: 'create: without a namespace', steps: [post('/api/v1/configmaps', configMap('a'))] },
  { name: 'create: with a name in the path', steps: [post(`${configMaps}/a`, configMap('a'))] },
  {
    name: 'create: of another kind',
    steps: [
      post(configMaps, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }),
      post(configMaps, { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'a' } }),
      post(configMaps, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }),
      post(configMaps, { apiVersion: 'a/b/c', kind: 'ConfigMap', metadata: { name: 'a' } }),
      post(configMaps, { kind: 'ConfigMap', metadata: { name: 'a' } }),
      post(configMaps, { apiVersion: 'v1', metadata: { name: 'b' } }),
    ],
  },
  {
    name: 'create: with what the server decides',
    steps: [
      post(
        configMaps,
        configMap(
          'a',
          {},
          {
            uid: 'mine',
            creationTimestamp: '2001-01-01T00:00:00Z',
            generation: 7,
            selfLink: '/mine',
            deletionTimestamp: '2001-01-01T00:00:00Z',
            deletionGracePeriodSeconds: 5,
          },
        ),
      ),
      post(configMaps, configMap('b', {}, { resourceVersion: '5' })),
      post(configMaps, configMap('c', {}, { resourceVersion: '0' })),
    ],
  },
  ...['Strict', 'Warn', 'Ignore', 'strict', ''].map((validation) => ({
    name: `create: unknown and duplicate fields with fieldValidation=${validation}`,
    steps: [
      post(`${configMaps}?fieldValidation=${validation}`, {
        ...configMap('unknown'),
        colour: 'red',
        metadata: { name: 'unknown', size: 1 },
      }),
      post(
        `${configMaps}?fieldValidation=${validation}`,
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"twice","name":"twice"},"data":{"a":"1","a":"2"}}',
      ),
      get(configMaps),
    ],
  })),
  ...['All', 'all', 'None', ''].map((dryRun) => ({
    name: `create: dryRun=${dryRun}`,
    steps: [
      post(`${configMaps}?dryRun=${dryRun}`, configMap('a')),
      post(`${configMaps}?dryRun=${dryRun}`, { metadata: { generateName: 'b-' } }),
      get(`${configMaps}/a`),
    ],
  })),
  ...[
    ['no JSON', 'certainly not'],
    ['cut JSON', '{"metadata":{"name":"a"}'],
    ['a list', '[]'],
    ['a text', '"text"'],
    ['null', 'null'],
    ['nothing', ''],
    ['two objects', '{"metadata":{"name":"a"}}{"metadata":{"name":"b"}}'],
  ].map(([what, body]) => ({ name: `create: a body of ${what}`, steps: [post(configMaps, body)] })),
  ...[
    ['a number as a name', { metadata: { name: 5 } }],
    ['labels that are a list', { metadata: { name: 'a', labels: [] } }],
    ['a label that is a number', { metadata: { name: 'a', labels: { l: 1 } } }],
    ['data that is a text', { metadata: { name: 'a' }, data: 'text' }],
    ['data with a number', { metadata: { name: 'a' }, data: { n: 1 } }],
    ['data with null', { metadata: { name: 'a' }, data: { n: null } }],
    ['binaryData that is not base64', { metadata: { name: 'a' }, binaryData: { n: 'ä' } }],
    ['metadata that is a text', { metadata: 'text' }],
    ['keys that are not allowed', { metadata: { name: 'a' }, data: { 'a/b': 'c' } }],
    [
      'a key in data and in binaryData',
      { metadata: { name: 'a' }, data: { a: 'c' }, binaryData: { a: 'AA==' } },
    ],
    ['immutable', { metadata: { name: 'a' }, data: { a: 'c' }, immutable: true }],
  ].map(([what, body]) => ({
    name: `create: a ConfigMap with ${what as string}`,
    steps: [post(configMaps, body)],
  })),
  ...[
    ['a label key', { labels: { 'a b': 'c' } }],
    ['a label prefix', { labels: { 'A/b': 'c' } }],
    ['a label value', { labels: { a: 'b c' } }],
    ['a long label value', { labels: { a: 'b'.repeat(64) } }],
    ['an annotation key', { annotations: { 'a b': 'c' } }],
    ['a finalizer', { finalizers: ['a b'] }],
    ['a finalizer without a domain', { finalizers: ['plain'] }],
    ['a finalizer with a domain', { finalizers: ['example.com/one', 'example.com/one'] }],
    ['an owner without a name', { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: '', uid: 'u' }] }],
    ['an owner without a uid', { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'n' }] }],
    [
      'two controllers',
      {
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Pod', name: 'n', uid: '1', controller: true },
          { apiVersion: 'v1', kind: 'Pod', name: 'm', uid: '2', controller: true },
        ],
      },
    ],
    [
      'an owner that is an Event',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'n', uid: '1' }] },
    ],
  ].map(([what, metadata]) => ({
    name: `create: metadata with ${what as string}`,
    steps: [post(configMaps, configMap('a', {}, metadata as Record<string, unknown>))],
  })),
  {
    name: 'create: a Secret with stringData',
    steps: [
      post(collection('secrets'), { metadata: { name: 'a' }, stringData: { a: 'b' }, data: { c: 'ZA==' } }),
      post(collection('secrets'), { metadata: { name: 'b' }, data: { c: 'not base64!' } }),
      post(collection('secrets'), { metadata: { name: 'c' }, type: 'kubernetes.io/tls' }),
      post(collection('secrets'), { metadata: { name: 'd' }, type: 'kubernetes.io/dockerconfigjson' }),
      get(collection('secrets')),
    ],
  },
  {
    name: 'create: a Pod',
    pods: true,
    steps: [
      post(pods, pod('a')),
      get(`${pods}/a`),
      post(pods, pod('b', { containers: [] })),
      post(pods, pod('c', { containers: [{ name: 'A B', image: '' }] })),
      post(pods, pod('d', { restartPolicy: 'Sometimes' })),
      post(pods, { metadata: { name: 'e' } }),
    ],
  },
  {
    name: 'create: an EndpointSlice of the host itself',
    steps: [
      post(collection('endpointslices', 'discovery.k8s.io/v1'), {
        metadata: { name: 'a' },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['127.0.0.1'] }],
        ports: [{ port: 80 }],
      }),
    ],
  },
  {
    name: 'create: by a PUT',
    steps: [
      put(`${roles}/a?dryRun=All`, { metadata: { name: 'a' }, rules: [] }),
      put(`${roles}/a`, { metadata: { name: 'a' }, rules: [] }),
      put(`${roles}/b`, { metadata: { name: 'b', resourceVersion: 'x' }, rules: [] }),
      put(`${roles}/b?dryRun=All`, { metadata: { name: 'b', resourceVersion: '1500' }, rules: [] }),
    ],
  },
  {
    name: 'create: by an apply of what is no base64',
    steps: [
      apply(`${collection('secrets')}/a`, { apiVersion: 'v1', kind: 'Secret', data: { a: '!' } }, 'one'),
    ],
  },
  {
    name: 'create: a Role without rules',
    steps: [
      post(collection('roles', 'rbac.authorization.k8s.io/v1'), { metadata: { name: 'a' }, rules: [] }),
    ],
  },
  {
    name: 'create: with bodies of other types',
    steps: [
      post(configMaps, configMap('a'), { type: 'text/plain' }),
      post(configMaps, configMap('a'), { type: 'application/octet-stream' }),
      post(configMaps, configMap('a'), { type: 'application/json; charset=utf-8' }),
    ],
  },
  {
    name: 'create: a Pod with members that say nothing',
    pods: true,
    steps: [post(pods, pod('a', { hostNetwork: false, hostname: '', hostPID: false })), get(`${pods}/a`)],
  },
  {
    name: 'create: quantities in many ways',
    pods: true,
    steps: [
      ['0.5', '1024Mi'],
      [0.25, 2000],
      ['1e3', '1.5Gi'],
      ['1500m', '1000000Ki'],
      ['0', '0.1Gi'],
      ['many', '1'],
    ].map(([cpu, memory], index) =>
      post(
        pods,
        pod(`p${index}`, {
          containers: [{ name: 'main', image: 'i', resources: { requests: { cpu, memory } } }],
        }),
      ),
    ),
  },
  {
    name: 'create: a Pod with a field that Pods do not have',
    pods: true,
    steps: [
      post(pods, { ...pod('a', { colour: 'red' }), colour: 'red' }),
      post(`${pods}?fieldValidation=Strict`, pod('b', { colour: 'red' })),
    ],
  },
  {
    name: 'create: null in place of a Service',
    steps: [post(services, 'null'), post(services, '{}'), put(`${services}/a`, 'null')],
  },
];
