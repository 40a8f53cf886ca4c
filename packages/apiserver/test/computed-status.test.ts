import { beforeEach, describe, expect, test } from 'vitest';
import { startControlPlane } from '../src/index.ts';
import { quantityLike } from '../src/object/quantity.ts';
import { Client, eventually } from './support/client.ts';
import { startPlane } from './support/plane.ts';

const { client } = await startPlane({ computedStatus: true });
let namespace = '';
let count = 0;

beforeEach(async () => {
  namespace = `status-${++count}`;
  await client.post('/api/v1/namespaces', { metadata: { name: namespace } });
});

const at = (resource: string): string => `/api/v1/namespaces/${namespace}/${resource}`;
const budgets = (): string => `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;

async function pod(name: string, memory = '1Mi'): Promise<void> {
  const spec = {
    nodeName: 'n1',
    containers: [{ name: 'c', image: 'registry.test/i:1', resources: { requests: { memory } } }],
  };
  const { status } = await client.post(at('pods'), { metadata: { name, labels: { app: 'db' } }, spec });
  expect(status).toBe(201);
}

async function ready(name: string, status = 'True'): Promise<void> {
  await client.merge(`${at('pods')}/${name}/status`, {
    status: { phase: 'Running', conditions: [{ type: 'Ready', status }] },
  });
}

const budget = (spec: object) =>
  client.post(budgets(), {
    metadata: { name: 'db' },
    spec: { selector: { matchLabels: { app: 'db' } }, ...spec },
  });

const evict = (name: string) =>
  client.post(`${at('pods')}/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name },
  });

/** Waits for a status; a body that never fits is in the failure. */
const statusOf = (path: string, wanted: object) =>
  eventually(`${path} has the status ${JSON.stringify(wanted)}`, async () => {
    const { body } = await client.get(path);
    try {
      expect(body.status).toMatchObject(wanted);
      return body;
    } catch {
      return undefined;
    }
  });

describe('a disruption budget tells', () => {
  test('what it allows, as pods come, get ready and go', async () => {
    await budget({ minAvailable: 1 });
    const path = `${budgets()}/db`;
    await statusOf(path, { expectedPods: 0, desiredHealthy: 1, currentHealthy: 0, disruptionsAllowed: 0 });
    await pod('db1');
    await pod('db2');
    await statusOf(path, { expectedPods: 2, currentHealthy: 0, disruptionsAllowed: 0 });
    await ready('db1');
    await ready('db2');
    const { status, metadata } = await statusOf(path, { currentHealthy: 2, disruptionsAllowed: 1 });
    expect(status).toMatchObject({
      observedGeneration: metadata.generation,
      conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
    });
    expect((await evict('db1')).status).toBe(201);
    await statusOf(path, {
      currentHealthy: 1,
      disruptionsAllowed: 0,
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
    });
  });

  test.each([
    [{ maxUnavailable: 1 }, { desiredHealthy: 3, disruptionsAllowed: 1 }],
    [{ maxUnavailable: '26%' }, { desiredHealthy: 2, disruptionsAllowed: 2 }],
    [{ minAvailable: '26%' }, { desiredHealthy: 2, disruptionsAllowed: 2 }],
    [{ minAvailable: 9 }, { desiredHealthy: 9, disruptionsAllowed: 0 }],
  ])('of four pods, %j', async (spec, expected) => {
    for (const name of ['a', 'b', 'c', 'd']) {
      await pod(name);
      await ready(name);
    }
    await budget(spec);
    await statusOf(`${budgets()}/db`, { expectedPods: 4, currentHealthy: 4, ...expected });
  });

  test('the generation that it speaks about', async () => {
    await budget({ minAvailable: 1 });
    const path = `${budgets()}/db`;
    await statusOf(path, { observedGeneration: 1 });
    await client.merge(path, { spec: { minAvailable: 0 } });
    await statusOf(path, { observedGeneration: 2, desiredHealthy: 0 });
  });
});

describe('an eviction', () => {
  test('passes alone, of those that are asked for at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) {
      await pod(name);
      await ready(name);
    }
    await budget({ minAvailable: 4 });
    const answers = await Promise.all(names.map((name) => evict(name)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 429, 429, 429, 429]);
    expect(answers.find(({ status }) => status === 429)!.body).toMatchObject({
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: 'The disruption budget db needs 4 healthy pods and has 4 currently',
          },
        ],
      },
    });
  });

  test.each([
    ['IfHealthyBudget', 1, 201],
    ['IfHealthyBudget', 2, 429],
    ['AlwaysAllow', 2, 201],
  ])('of a pod that is not ready, with %s and %i to stay of one that is: %i', async (policy, least, code) => {
    await pod('well');
    await ready('well');
    await pod('ill');
    await ready('ill', 'False');
    await budget({ minAvailable: least, unhealthyPodEvictionPolicy: policy });
    expect((await evict('ill')).status).toBe(code);
  });

  test('of a pod of two budgets is not possible', async () => {
    await pod('one');
    await ready('one');
    await budget({ minAvailable: 0 });
    await client.post(budgets(), { metadata: { name: 'other' }, spec: { selector: {}, minAvailable: 0 } });
    expect((await evict('one')).body).toMatchObject({ code: 500, reason: 'InternalError' });
  });
});

describe('a quota tells', () => {
  test('what is used of what it limits', async () => {
    const hard = { pods: '5', 'requests.memory': '1Gi', 'count/configmaps': '2k', secrets: '3' };
    await client.post(at('resourcequotas'), { metadata: { name: 'all' }, spec: { hard } });
    const path = `${at('resourcequotas')}/all`;
    const none = { pods: '0', 'requests.memory': '0', 'count/configmaps': '0', secrets: '0' };
    await statusOf(path, { hard, used: none });
    await pod('one', '256Mi');
    await pod('two', '0.5Gi');
    await client.post(at('configmaps'), { metadata: { name: 'c' } });
    await statusOf(path, {
      used: { ...none, pods: '2', 'requests.memory': '768Mi', 'count/configmaps': '1' },
    });
    await client.delete(`${at('configmaps')}/c`);
    await client.merge(path, { spec: { hard: { secrets: null } } });
    const { body } = await client.get(path);
    expect(body.spec.hard).not.toHaveProperty('secrets');
    const table = await client.get(at('resourcequotas'), {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    expect((table.body.rows as { cells: unknown[] }[])[0]!.cells).toContain(
      'count/configmaps: 0/2k, pods: 2/5, requests.memory: 768Mi/1Gi',
    );
    const { status } = await statusOf(path, { used: { 'count/configmaps': '0' }, hard: body.spec.hard });
    expect(status.used).not.toHaveProperty('secrets');
  });
});

test('nothing is written unless it is wanted', async () => {
  await using bare = await startControlPlane();
  await using asked = new Client(bare);
  await asked.post('/api/v1/namespaces/default/resourcequotas', {
    metadata: { name: 'q' },
    spec: { hard: { pods: '1' } },
  });
  await asked.post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'later' } });
  const { body } = await asked.get('/api/v1/namespaces/default/resourcequotas/q');
  expect(body.status ?? {}).toEqual({});
});

test.each([
  [768n * 2n ** 20n, '1Gi', '768Mi'],
  [2n ** 30n, '1Ti', '1Gi'],
  [1000n, '1Gi', '1000'],
  [2000n, '10', '2k'],
  [2001n, '10', '2001'],
  [0n, '1Gi', '0'],
])('%i beside %s is written %s', (amount, sample, text) => {
  expect(quantityLike(amount * 1_000_000_000n, sample)).toBe(text);
});

test('a part of one is written in smaller units', () => {
  expect(quantityLike(1_500_000_000n, '4')).toBe('1500m');
});
