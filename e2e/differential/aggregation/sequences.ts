import { machineAddress } from '../../kubernetes/machine-address.ts';
import type { Answer, RequestStep, Sequence } from '../sequence.ts';
import { del, get, patch, post } from '../sequences/requests.ts';

const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices';
const group = '{{ns}}.example.com';
const name = `v1.${group}`;
const things = `/apis/${group}/v1/namespaces/{{ns}}/things`;
const services = '/api/v1/namespaces/default/services';
const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const endpoints = '/api/v1/namespaces/default/endpoints';

const spec = {
  group,
  version: 'v1',
  groupPriorityMinimum: 10,
  versionPriority: 10,
  service: { namespace: 'default', name: '{{ns}}', port: 443 },
  caBundle: '{{remote.caBundle}}',
};
const apiService = (more: Record<string, unknown> = {}) => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name },
  spec: { ...spec, ...more },
});

const conditionIs =
  (...reasons: readonly string[]) =>
  ({ body }: Answer): boolean => {
    const { status } = body as { status?: { conditions?: { reason?: string }[] } };
    return status?.conditions?.some(({ reason = '' }) => reasons.includes(reason)) === true;
  };

/** The Service and where it leads to, in both of the forms that servers look at. */
const backend = (port: unknown = '{{remote.port}}'): RequestStep[] => [
  post(services, { metadata: { name: '{{ns}}' }, spec: { ports: [{ port: 443 }] } }, { setUp: true }),
  post(
    slices,
    {
      metadata: { name: '{{ns}}', labels: { 'kubernetes.io/service-name': '{{ns}}' } },
      addressType: 'IPv4',
      ports: [{ port }],
      endpoints: [{ addresses: [machineAddress()] }],
    },
    { setUp: true },
  ),
  post(
    endpoints,
    {
      metadata: { name: '{{ns}}' },
      subsets: [{ addresses: [{ ip: machineAddress() }], ports: [{ port }] }],
    },
    { setUp: true },
  ),
];

const remove: readonly RequestStep[] = [
  del(`${apiServices}/${name}`),
  get(things, { until: ({ status }) => status === 404 }),
  ...[endpoints, slices, services].map((path) => del(`${path}/{{ns}}`, undefined, { setUp: true })),
];

const available = (more: Record<string, unknown> = {}): RequestStep[] => [
  ...backend(),
  post(apiServices, apiService(more)),
  get(`${apiServices}/${name}`, { until: conditionIs('Passed') }),
  get(things, { until: ({ status }) => status === 200 }),
];

const variants: Record<string, Record<string, unknown>> = {
  'nothing unusual': {},
  'no priorities': { groupPriorityMinimum: 0, versionPriority: 0 },
  'high priorities': { groupPriorityMinimum: 20001, versionPriority: 1001 },
  'another version': { version: 'v2' },
  'no version': { version: '' },
  'no group': { group: '' },
  'a bad version': { version: 'V 1' },
  'no bundle': { caBundle: undefined },
  'no bundle, and no check': { caBundle: undefined, insecureSkipTLSVerify: true },
  'a bundle, and no check': { insecureSkipTLSVerify: true },
  'a bundle that is none': { caBundle: 'AAAA' },
  'no service': { service: null },
  'no service and no bundle': { service: null, caBundle: undefined },
  'an empty service': { service: { namespace: '', name: '' } },
  'no port': { service: { namespace: 'n', name: 's' } },
  'a bad port': { service: { namespace: 'n', name: 's', port: 0 } },
};

const askingHeaders = {
  'x-told-own': 'yes',
  'x-remote-user': 'root',
  'x-remote-group': 'system:masters',
  'x-remote-extra-a': 'b',
  'x-remote-uid': '0',
  'x-forwarded-for': '192.0.2.7',
};

const requests: readonly RequestStep[] = [
  get(`${things}/one?a=b&c=d%2Fe`),
  get(`${things}/one`, { by: 'jane' }),
  post(things, { kind: 'Thing', metadata: { name: 'new' } }, { headers: askingHeaders }),
  post(
    things,
    { kind: 'Thing' },
    {
      headers: {
        ...askingHeaders,
        'impersonate-user': 'ann',
        'impersonate-group': ['staff', 'system:masters'],
        'impersonate-uid': '7',
        'impersonate-extra-Scopes': ['a', 'b'],
        'impersonate-extra-example.com%2fscope': 'c',
      },
    },
  ),
  get(`${things}/one`, { by: 'nobody' }),
  get(`${things}/one`, { by: 'impostor' }),
  get(`${things}/one`, { headers: { 'impersonate-user': 'ann' } }),
  patch('merge', `${things}/one`, { a: 'b' }),
  del(`${things}/one`, { propagationPolicy: 'Orphan' }),
  get(`${things}/teapot`),
  get(`${things}/elsewhere`),
  get(`${things}/refused`),
  get(`${things}/unauthorized`),
  get(`/apis/${group}`),
  get(`/apis/${group}/v1`, { headers: { 'x-told': 'yes' } }),
  get(`/apis/${group}/v2`),
  get(`/apis/${group}/v1/`, { headers: { 'x-told': 'yes' } }),
];

/** API groups of other servers. */
export const aggregationSequences: readonly Sequence[] = [
  {
    name: 'aggregation: what APIServices may say',
    steps: Object.values(variants).map((more) => post(`${apiServices}?dryRun=All`, apiService(more))),
  },
  {
    name: 'aggregation: a server and what it is told',
    steps: [
      ...available(),
      ...requests,
      { received: 'the aggregated server' },
      // How often it is tried is each server's own affair.
      get(`${things}/cut-off`),
      get(`${things}/with%20space%2Fand-slash`),
      ...remove,
    ],
  },
  {
    name: 'aggregation: a Service that is not there',
    steps: [
      post(apiServices, apiService()),
      get(`${apiServices}/${name}`, { until: conditionIs('ServiceNotFound') }),
      get(things),
      get(things, { by: 'nobody' }),
      post(things, {}),
      get(`/apis/${group}`, { until: ({ status }) => status === 200 }),
      get(`/apis/${group}/v1`),
      ...remove.slice(0, 2),
    ],
  },
  {
    name: 'aggregation: a Service without endpoints',
    steps: [
      post(services, { metadata: { name: '{{ns}}' }, spec: { ports: [{ port: 443 }] } }, { setUp: true }),
      post(apiServices, apiService()),
      get(`${apiServices}/${name}`, { until: conditionIs('EndpointsNotFound', 'MissingEndpoints') }),
      get(things),
      ...remove.slice(0, 2),
      del(`${services}/{{ns}}`, undefined, { setUp: true }),
    ],
  },
  {
    name: 'aggregation: another port of the Service',
    steps: [
      ...backend(),
      post(apiServices, apiService({ service: { ...spec.service, port: 444 } })),
      get(`${apiServices}/${name}`, { until: conditionIs('ServicePortError') }),
      get(things),
      ...remove,
    ],
  },
  {
    name: 'aggregation: nobody listens',
    steps: [
      ...backend(1),
      post(apiServices, apiService()),
      get(`${apiServices}/${name}`, { until: conditionIs('FailedDiscoveryCheck') }),
      get(things),
      ...remove,
    ],
  },
  {
    name: 'aggregation: a server of another authority',
    steps: [
      ...backend(),
      post(apiServices, apiService({ caBundle: undefined })),
      get(`${apiServices}/${name}`, { until: conditionIs('FailedDiscoveryCheck') }),
      get(things),
      patch('merge', `${apiServices}/${name}`, { spec: { insecureSkipTLSVerify: true } }),
      get(things, { until: ({ status }) => status === 200 }),
      ...remove,
    ],
  },
  {
    name: 'aggregation: what is served by the server itself',
    steps: ['v1.', 'v1.apiextensions.k8s.io', 'v1.policy', 'v1.storage.k8s.io', 'v1.coordination.k8s.io'].map(
      (local) => get(`${apiServices}/${local}`),
    ),
  },
];
