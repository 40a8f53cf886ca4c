import { describe, expect, test } from 'vitest';
import { canonicalQuantity } from '../src/object/quantity.ts';
import { startPlane } from './support/plane.ts';

const NAMESPACE = '/namespaces/default/';
const SLICES = `/apis/discovery.k8s.io/v1${NAMESPACE}endpointslices`;
const ENDPOINTS = `/api/v1${NAMESPACE}endpoints`;
const BUDGETS = `/apis/policy/v1${NAMESPACE}poddisruptionbudgets`;
const RANGES = `/api/v1${NAMESPACE}limitranges`;
const QUOTAS = `/api/v1${NAMESPACE}resourcequotas`;
const PRIORITIES = '/apis/scheduling.k8s.io/v1/priorityclasses';
const LEASES = `/apis/coordination.k8s.io/v1${NAMESPACE}leases`;

const { client } = await startPlane();

const slice = (addresses: string[], more: object = {}) => ({
  addressType: 'IPv4',
  endpoints: [{ addresses }],
  ports: [],
  ...more,
});
const limits = (...items: object[]) => ({ spec: { limits: items } });

describe('an object that says what it must not', () => {
  test.each<[string, string, object, readonly string[]]>([
    ['an address of one link', SLICES, slice(['169.254.0.1']), ['endpoints[0].addresses[0]']],
    ['an address of another family', SLICES, slice(['2001:db8::1']), ['endpoints[0].addresses']],
    ['an address that is none', SLICES, slice(['here']), ['endpoints[0].addresses[0]']],
    ['an endpoint without addresses', SLICES, slice([]), ['endpoints[0].addresses']],
    ['another type of address', SLICES, slice(['10.0.0.1'], { addressType: 'X' }), ['addressType']],
    ['two ports of one name', SLICES, slice(['10.0.0.1'], { ports: [{}, {}] }), ['ports[1].name']],
    ['a subset of nobody', ENDPOINTS, { subsets: [{ ports: [{ port: 1 }] }] }, ['subsets[0]']],
    [
      'a port that is none',
      ENDPOINTS,
      { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 0 }] }] },
      ['subsets[0].ports[0].port'],
    ],
    ['more than all', BUDGETS, { spec: { minAvailable: '150%' } }, ['spec.minAvailable']],
    ['both bounds', BUDGETS, { spec: { minAvailable: 1, maxUnavailable: 1 } }, ['spec']],
    [
      'another policy',
      BUDGETS,
      { spec: { unhealthyPodEvictionPolicy: 'X' } },
      ['spec.unhealthyPodEvictionPolicy'],
    ],
    ['another type', RANGES, limits({ type: 'Planet' }), ['spec.limits[0].type']],
    ['one type twice', RANGES, limits({ type: 'Pod' }, { type: 'Pod' }), ['spec.limits[1].type']],
    ['a claim without sizes', RANGES, limits({ type: 'PersistentVolumeClaim' }), ['spec.limits[0].limits']],
    [
      'a least above the most',
      RANGES,
      limits({ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }),
      ['spec.limits[0].min[cpu]'],
    ],
    [
      'a ratio below one',
      RANGES,
      limits({ type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } }),
      ['spec.limits[0].maxLimitRequestRatio[cpu]'],
    ],
    ['half a Pod', QUOTAS, { spec: { hard: { pods: '500m' } } }, ['spec.hard[pods]']],
    ['less than nothing', QUOTAS, { spec: { hard: { pods: '-1' } } }, ['spec.hard[pods]']],
    ['another scope', QUOTAS, { spec: { scopes: ['X'] } }, ['spec.scopes']],
    [
      'scopes without common Pods',
      QUOTAS,
      { spec: { scopes: ['BestEffort', 'NotBestEffort'] } },
      ['spec.scopes'],
    ],
    ['too great a priority', PRIORITIES, { value: 1_000_000_001 }, ['value']],
    ['another way to preempt', PRIORITIES, { value: 1, preemptionPolicy: 'X' }, ['preemptionPolicy']],
  ])('is refused: %s in %s', async (_what, path, content, fields) => {
    const { status, body } = await client.post(path, { metadata: { name: 'refused' }, ...content });
    expect(status).toBe(422);
    const { causes = [] } = (body as { details?: { causes?: { field: string }[] } }).details ?? {};
    expect(causes.map(({ field }) => field)).toEqual(fields);
  });
});

test.each<[string, string, object, object, string]>([
  ['the type of a slice', SLICES, slice([], { endpoints: [] }), { addressType: 'IPv6' }, 'addressType'],
  ['a priority', PRIORITIES, { value: 1 }, { value: 2 }, 'value'],
  ['the scopes of a quota', QUOTAS, { spec: {} }, { spec: { scopes: ['BestEffort'] } }, 'spec.scopes'],
])('%s does not change', async (_what, path, content, change, field) => {
  expect((await client.post(path, { metadata: { name: 'fixed' }, ...content })).status).toBe(201);
  const { status, body } = await client.merge(`${path}/fixed`, change);
  expect([status, body]).toMatchObject([422, { details: { causes: [{ field }] } }]);
});

test.each([
  ['a Lease', LEASES, {}, 'leases'],
  ['a budget', BUDGETS, { spec: {} }, 'poddisruptionbudgets'],
])('a PUT of %s must name the revision that it replaces', async (_what, path, content, kind) => {
  const { body: before } = await client.post(path, { metadata: { name: 'replaced' }, ...content });
  const without = await client.put(`${path}/replaced`, { metadata: { name: 'replaced' }, ...content });
  expect([without.status, without.body]).toMatchObject([
    422,
    { details: { kind, causes: [{ field: 'metadata.resourceVersion' }] } },
  ]);
  expect((await client.put(`${path}/replaced`, before)).status).toBe(200);
});

test('a part that objects do not have is not found', async () => {
  const { status, body } = await client.get(`${ENDPOINTS}/any/status`);
  expect([status, body]).toMatchObject([404, { reason: 'NotFound', details: {} }]);
});

test.each([
  ['0.5', '500m'],
  [0.25, '250m'],
  ['1000m', '1'],
  ['1500m', '1500m'],
  [2000, '2k'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['0.1Gi', '107374182400m'],
  ['512', '512'],
  ['1e3', '1e3'],
  ['0', '0'],
  ['0.1n', '1n'],
  ['-1500m', '-1500m'],
  ['many', 'many'],
])('the quantity %j is written as %j', (given, expected) => {
  expect(canonicalQuantity(given)).toBe(expected);
});
