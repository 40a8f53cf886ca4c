import { beforeEach, describe, expect, test } from 'vitest';
import { billionths, quantityText } from '../src/object/quantity.ts';
import { startPlane } from './support/plane.ts';

const { client } = await startPlane();
let namespace = '';
let count = 0;

beforeEach(async () => {
  namespace = `quota-${++count}`;
  await client.post('/api/v1/namespaces', { metadata: { name: namespace } });
});

const at = (resource: string): string => `/api/v1/namespaces/${namespace}/${resource}`;
const limit = (name: string, hard: object, scopes?: string[]) =>
  client.post(at('resourcequotas'), { metadata: { name }, spec: { hard, scopes } });

type Resources = { requests?: object; limits?: object };
const container = (name: string, resources: Resources = {}, more: object = {}) => ({
  name,
  image: 'registry.test/i:1',
  resources,
  ...more,
});
const create = (name: string, spec: object) => client.post(at('pods'), { metadata: { name }, spec });
const simple = (name: string, memory: string) =>
  create(name, { containers: [container('c', { requests: { memory } })] });

describe('a quota', () => {
  test('counts what pods ask for together, in whatever unit', async () => {
    await limit('memory', { 'requests.memory': '1Gi' });
    expect((await simple('one', '512Mi')).status).toBe(201);
    expect((await simple('two', '524288Ki')).status).toBe(201);
    expect((await simple('three', '1')).body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      details: { kind: 'pods', name: 'three' },
      message:
        'pods "three" is forbidden: exceeded quota: memory, requested: requests.memory=1, used: requests.memory=1073741824, limited: requests.memory=1073741824',
    });
    await client.delete(`${at('pods')}/one`);
    expect((await simple('three', '512Mi')).status).toBe(201);
  });

  test('leaves other namespaces alone', async () => {
    await limit('none', { pods: '0' });
    expect((await simple('one', '1')).status).toBe(403);
    expect(
      (
        await client.post('/api/v1/namespaces/default/pods', {
          metadata: { name: namespace },
          spec: { containers: [container('c')] },
        })
      ).status,
    ).toBe(201);
  });

  test('does not count pods that have ended', async () => {
    await limit('one', { pods: '1' });
    await simple('first', '1');
    expect((await simple('second', '1')).status).toBe(403);
    await client.merge(`${at('pods')}/first/status`, { status: { phase: 'Succeeded' } });
    expect((await simple('second', '1')).status).toBe(201);
  });

  test('counts the init container that needs most, those that keep running, and the overhead', async () => {
    await limit('cpu', { cpu: '1500m' });
    const cpu = (value: string): Resources => ({ requests: { cpu: value } });
    const spec = (first: string) => ({
      initContainers: [
        container('sidecar', cpu('200m'), { restartPolicy: 'Always' }),
        container('init', cpu(first)),
      ],
      containers: [container('c', cpu('300m'))],
      overhead: { cpu: '100m' },
    });
    expect((await create('too-much', spec('1201m'))).body).toMatchObject({
      code: 403,
      message: expect.stringContaining('requested: cpu=1501m') as string,
    });
    expect((await create('fits', spec('1200m'))).status).toBe(201);
  });

  test('of compute resources makes pods state them', async () => {
    await limit('limits', { 'limits.cpu': '4', 'requests.memory': '4Gi' });
    expect((await create('silent', { containers: [container('c')] })).body).toMatchObject({
      code: 403,
      message: expect.stringContaining(
        'failed quota: limits: must specify limits.cpu,requests.memory',
      ) as string,
    });
  });

  test('counts devices that pods ask for', async () => {
    await limit('devices', { 'requests.example.com/gpu': '1' });
    const spec = { containers: [container('c', { limits: { 'example.com/gpu': '1' } })] };
    expect((await create('first', spec)).status).toBe(201);
    expect((await create('second', spec)).status).toBe(403);
    expect((await create('without', { containers: [container('c')] })).status).toBe(201);
  });

  test('counts objects by kind, and the storage of claims', async () => {
    await limit('objects', { 'count/configmaps': '1', 'requests.storage': '3Gi' });
    const map = (name: string) => client.post(at('configmaps'), { metadata: { name } });
    expect((await map('a')).status).toBe(201);
    expect((await map('b')).status).toBe(403);
    const claim = (name: string, storage: string) =>
      client.post(at('persistentvolumeclaims'), {
        metadata: { name },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
      });
    expect((await claim('a', '2Gi')).status).toBe(201);
    expect((await claim('b', '2Gi')).status).toBe(403);
    expect((await claim('b', '1Gi')).status).toBe(201);
  });

  test.each([
    ['Terminating', { activeDeadlineSeconds: 60 }, {}],
    ['NotTerminating', {}, { activeDeadlineSeconds: 60 }],
    ['BestEffort', {}, { containers: [container('c', { requests: { cpu: '1' } })] }],
    ['NotBestEffort', { containers: [container('c', { requests: { cpu: '1' } })] }, {}],
  ])('with the scope %s is about the pods that match it', async (scope, inside, outside) => {
    await limit('scoped', { pods: '0' }, [scope]);
    const base = { containers: [container('c')] };
    expect((await create('inside', { ...base, ...inside })).status).toBe(403);
    expect((await create('outside', { ...base, ...outside })).status).toBe(201);
  });

  test('holds against requests that come together', async () => {
    await limit('three', { pods: '3' });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => simple(`p${index}`, '1')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(7);
  });

  test.each([
    ['a limit that is not enforced', { 'services.loadbalancers': '1' }, 'spec.hard[services.loadbalancers]'],
    ['a negative limit', { pods: '-1' }, 'spec.hard[pods]'],
  ])('with %s is refused', async (_, hard, field) => {
    expect((await limit('bad', hard)).body).toMatchObject({ code: 422, details: { causes: [{ field }] } });
  });

  test('with an unknown scope is refused', async () => {
    expect((await limit('bad', { pods: '1' }, ['Sometimes'])).body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'spec.scopes' }] },
    });
  });
});

test.each([
  ['1', 1_000_000_000n, '1'],
  ['100m', 100_000_000n, '100m'],
  ['0.5', 500_000_000n, '500m'],
  ['.25', 250_000_000n, '250m'],
  ['1e3', 1_000_000_000_000n, '1000'],
  ['1E-3', 1_000_000n, '1m'],
  ['2Ki', 2_048_000_000_000n, '2048'],
  ['1.5Gi', 1_610_612_736_000_000_000n, '1610612736'],
  ['-3k', -3_000_000_000_000n, '-3000'],
  ['1n', 1n, '1n'],
  ['0.1n', 1n, '1n'],
  ['', undefined, ''],
  ['1Q', undefined, ''],
  ['.', undefined, ''],
])('the quantity %j', (text, amount, shown) => {
  expect(billionths(text)).toBe(amount);
  if (amount !== undefined) expect(quantityText(amount)).toBe(shown);
});
