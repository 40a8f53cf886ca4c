import type { Sequence } from '../sequence.ts';
import { configMap, configMaps, get, pod, pods, post, put, patch, collection } from './requests.ts';
import { deployment } from './workload-objects.ts';

const a = `${configMaps}/a`;
const deployments = collection('deployments', 'apps/v1');
const made = post(configMaps, configMap('a', { v: '1' }), { as: 'made' });
const metadata = { name: 'a' };
const accounts = collection('serviceaccounts');
const services = collection('services');
const service = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata, spec });
const slices = collection('endpointslices', 'discovery.k8s.io/v1');
const endpoints = collection('endpoints');
const slice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata,
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.0.0.1'] }],
  ports: [],
};

export const updateSequences: Sequence[] = [
  {
    name: 'update: with the present and with an old revision',
    steps: [
      made,
      put(a, configMap('a', { v: '2' }, { resourceVersion: '{{made.metadata.resourceVersion}}' })),
      put(a, configMap('a', { v: '3' }, { resourceVersion: '{{made.metadata.resourceVersion}}' })),
      put(a, configMap('a', { v: '4' })),
      put(a, configMap('a', { v: '4' })),
      get(a),
    ],
  },
  ...[
    ['a uid of its own', { uid: '{{made.metadata.uid}}' }],
    ['another uid', { uid: 'other' }],
    ['a revision that is no number', { resourceVersion: 'x' }],
    ['revision 0', { resourceVersion: '0' }],
    ['a greater revision', { resourceVersion: '99999999' }],
    ['another name', { name: 'b' }],
    ['another namespace', { namespace: 'default' }],
    ['no name', { name: undefined }],
    ['another creation time', { creationTimestamp: '2001-01-01T00:00:00Z' }],
    ['a generation', { generation: 9 }],
    ['a deletion time', { deletionTimestamp: '2001-01-01T00:00:00Z' }],
    ['a deletion grace', { deletionGracePeriodSeconds: 9 }],
    ['a generateName', { generateName: 'g-' }],
    ['a selfLink', { selfLink: '/s' }],
    ['labels and annotations', { labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['e.f/g'] }],
    ['bad labels', { labels: { 'a b': 'b c' } }],
    ['unknown members', { other: 1 }],
  ].map(([what, more]) => ({
    name: `update: with ${what as string}`,
    steps: [
      made,
      put(a, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { ...metadata, ...(more as object) },
        data: { v: '2' },
      }),
      get(a),
    ],
  })),
  {
    name: 'update: of what is not there',
    steps: [
      put(a, configMap('a')),
      put(a, configMap('a', {}, { resourceVersion: '5' })),
      put(a, configMap('a', {}, { uid: 'u' })),
      put(configMaps, configMap('a')),
      patch('merge', a, { data: { a: 'b' } }),
      patch('json', a, []),
      patch('strategic', a, {}),
    ],
  },
  {
    name: 'update: an immutable ConfigMap',
    steps: [
      post(configMaps, { ...configMap('a', { v: '1' }), immutable: true }),
      put(a, { ...configMap('a', { v: '2' }), immutable: true }),
      put(a, { ...configMap('a', { v: '1' }), immutable: false }),
      put(a, { ...configMap('a', { v: '1' }, { labels: { a: 'b' } }), immutable: true }),
    ],
  },
  ...['Strict', 'Warn', 'Ignore'].map((validation) => ({
    name: `update: fieldValidation=${validation}`,
    steps: [
      made,
      put(`${a}?fieldValidation=${validation}`, { ...configMap('a'), colour: 'red' }),
      put(`${a}?fieldValidation=${validation}`, '{"metadata":{"name":"a"},"data":{"a":"1","a":"2"}}'),
      patch('merge', `${a}?fieldValidation=${validation}`, { colour: 'red', metadata: { size: 1 } }),
      patch('merge', `${a}?fieldValidation=${validation}`, '{"data":{"a":"1","a":"2"}}'),
      patch('strategic', `${a}?fieldValidation=${validation}`, { colour: 'red' }),
      patch('strategic', `${a}?fieldValidation=${validation}`, '{"data":{"a":"3","a":"2"}}'),
      patch('json', `${a}?fieldValidation=${validation}`, [{ op: 'add', path: '/colour', value: 'red' }]),
      patch(
        'json',
        `${a}?fieldValidation=${validation}`,
        '[{"op":"add","op":"add","path":"/data/z","value":"red"}]',
      ),
    ],
  })),
  {
    name: 'update: a Deployment that is to select other Pods',
    steps: [
      post(deployments, deployment({}, 'a')),
      patch('merge', `${deployments}/a`, { spec: { selector: { matchLabels: { b: 'c' } } } }),
    ],
  },
  {
    name: 'update: a Service that gets another type',
    steps: [
      post(services, service({ ports: [{ port: 80 }] })),
      patch('merge', `${services}/a`, { spec: { type: 'ExternalName', externalName: 'example.com' } }),
      patch('merge', `${services}/a`, { spec: { ports: [] } }),
      get(`${services}/a`),
      patch('merge', `${services}/a`, {
        spec: { type: 'ClusterIP', externalName: null, ports: [{ port: 81 }] },
      }),
      get(`${services}/a`),
    ],
  },
  {
    name: 'update: an EndpointSlice without ports, by somebody else',
    steps: [
      post(`${slices}?fieldManager=one`, slice),
      put(`${slices}/a?fieldManager=two`, { ...slice, endpoints: [] }),
      get(`${slices}/a`, { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }),
    ],
  },
  {
    name: 'update: Endpoints, which are out of use, in ways that there are not',
    steps: [
      post(endpoints, { metadata, subsets: [{ ports: [{ port: 1 }] }] }),
      post(`${endpoints}/a`, { metadata }),
      put(endpoints, { metadata }),
      ...['a', 'a/absent', 'a/status'].map((path) => get(`${endpoints}/${path}`)),
    ],
  },
  {
    name: 'update: nothing is taken out of a list that is not there',
    steps: [
      post(accounts, { metadata, automountServiceAccountToken: false }),
      patch('strategic', `${accounts}/a?fieldManager=one`, { secrets: [{ name: 's', $patch: 'delete' }] }),
    ],
  },
  {
    name: 'update: dry run',
    steps: [
      made,
      put(`${a}?dryRun=All`, configMap('a', { v: '2' })),
      get(a),
      patch('merge', `${a}?dryRun=All`, { data: { v: '3' } }),
      get(a),
    ],
  },
  {
    name: 'update: a Pod',
    pods: true,
    steps: [
      post(pods, pod('a'), { as: 'pod' }),
      patch('strategic', `${pods}/a`, {
        spec: { containers: [{ name: 'main', image: 'example.com/image:2' }] },
      }),
      patch('strategic', `${pods}/a`, { spec: { containers: [{ name: 'main', command: ['x'] }] } }),
      patch('merge', `${pods}/a`, { spec: { nodeName: 'n' } }),
      patch('merge', `${pods}/a`, { spec: { activeDeadlineSeconds: 5 } }),
      patch('merge', `${pods}/a`, { spec: { activeDeadlineSeconds: null } }),
      patch('merge', `${pods}/a`, { spec: { restartPolicy: 'Never' } }),
      patch('merge', `${pods}/a`, { metadata: { labels: { a: 'b' } }, status: { phase: 'Running' } }),
      patch('merge', `${pods}/a/status`, {
        metadata: { labels: { c: 'd' } },
        status: { phase: 'Running' },
        spec: { nodeName: 'n' },
      }),
      put(`${pods}/a/status`, { metadata: { name: 'a' }, status: { phase: 'Failed' } }),
      get(`${pods}/a/status`),
      post(`${pods}/a/status`, {}),
      patch('merge', `${configMaps}/a/status`, {}),
      get(`${collection('secrets')}/a/status`),
    ],
  },
];
