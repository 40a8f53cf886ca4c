import { describe, expect, test } from 'vitest';
import { startControlPlane } from '../src/index.ts';
import { Client } from './support/client.ts';
import { startPlane } from './support/plane.ts';

const { client } = await startPlane();

const labels = { app: 'web' };
const apps = '/apis/apps/v1/namespaces/default';
const batch = '/apis/batch/v1/namespaces/default';
const networking = '/apis/networking.k8s.io/v1/namespaces/default';

function template(spec: object = {}, metadata: object = { labels }) {
  return { metadata, spec: { containers: [{ name: 'main', image: 'example.com/image:1' }], ...spec } };
}

function serving(name: string, spec: object = {}) {
  return { metadata: { name }, spec: { selector: { matchLabels: labels }, template: template(), ...spec } };
}

function job(name: string, spec: object = {}) {
  return { metadata: { name }, spec: { template: template({ restartPolicy: 'Never' }, {}), ...spec } };
}

test('discovery lists the kinds that controllers make objects of, unless they are not wanted', async () => {
  const names = async (server: Client) =>
    (await server.get('/apis/apps/v1')).body.resources?.map(({ name }) => name) ?? [];
  expect(await names(client)).toEqual(expect.arrayContaining(['deployments', 'deployments/scale']));
  await using other = await startControlPlane({ workloads: false });
  await using without = new Client(other);
  expect(await names(without)).not.toContain('deployments');
  expect((await without.post(`${apps}/deployments`, serving('web'))).status).toBe(404);
  expect((await without.post(`${batch}/jobs`, job('once'))).status).toBe(404);
});

describe('defaults', () => {
  test.each([
    [
      `${apps}/deployments`,
      serving('defaults'),
      {
        spec: {
          replicas: 1,
          revisionHistoryLimit: 10,
          progressDeadlineSeconds: 600,
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
          template: { spec: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' } },
        },
        status: {},
      },
    ],
    [`${apps}/replicasets`, serving('defaults'), { spec: { replicas: 1 }, status: { replicas: 0 } }],
    [
      `${apps}/daemonsets`,
      serving('defaults'),
      {
        spec: {
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
        },
      },
    ],
    [
      `${apps}/statefulsets`,
      serving('defaults'),
      {
        spec: {
          podManagementPolicy: 'OrderedReady',
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        },
        status: { replicas: 0, availableReplicas: 0 },
      },
    ],
    [
      `${batch}/cronjobs`,
      { metadata: { name: 'defaults' }, spec: { schedule: '@daily', jobTemplate: { spec: job('').spec } } },
      { spec: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3 } },
    ],
    [
      `${networking}/networkpolicies`,
      { metadata: { name: 'defaults' }, spec: { egress: [{ ports: [{ port: 53 }] }] } },
      {
        spec: {
          podSelector: {},
          policyTypes: ['Ingress', 'Egress'],
          egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }],
        },
      },
    ],
    [
      '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
      {
        metadata: { name: 'defaults' },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'A', name: 'a' }, maxReplicas: 3 },
      },
      { spec: { minReplicas: 1, metrics: [{ type: 'Resource', resource: { name: 'cpu' } }] } },
    ],
  ])('of %s', async (path, manifest, expected) => {
    const { status, body } = await client.post(path, manifest);
    expect({ status, body }).toMatchObject({ status: 201, body: expected });
  });
});

describe('what is refused', () => {
  test.each<[string, object, string[]]>([
    [
      `${apps}/deployments`,
      serving('bad', { selector: { matchLabels: { app: 'x' } } }),
      ['spec.template.metadata.labels'],
    ],
    [
      `${apps}/deployments`,
      serving('bad', { selector: undefined }),
      ['spec.selector', 'spec.template.metadata.labels'],
    ],
    [
      `${apps}/deployments`,
      serving('bad', { template: undefined }),
      ['spec.template.metadata.labels', 'spec.template.spec.containers'],
    ],
    [
      `${apps}/deployments`,
      { metadata: { name: 'bad' } },
      ['spec.selector', 'spec.template.metadata.labels', 'spec.template.spec.containers'],
    ],
    [`${apps}/deployments`, serving('bad', { replicas: -1 }), ['spec.replicas']],
    [
      `${apps}/deployments`,
      serving('bad', { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
      ['spec.strategy.rollingUpdate.maxUnavailable'],
    ],
    [
      `${apps}/daemonsets`,
      serving('bad', { template: template({ restartPolicy: 'Never' }) }),
      ['spec.template.spec.restartPolicy'],
    ],
    [`${batch}/jobs`, job('bad', { template: template({}, {}) }), ['spec.template.spec.restartPolicy']],
    [`${batch}/jobs`, job('bad', { completionMode: 'Indexed', parallelism: 2 }), ['spec.completions']],
    [
      `${batch}/cronjobs`,
      { metadata: { name: 'bad' }, spec: { schedule: '61 * * * *', jobTemplate: { spec: job('').spec } } },
      ['spec.schedule'],
    ],
    [
      `${networking}/ingresses`,
      { metadata: { name: 'bad' }, spec: { rules: [{ host: '10.0.0.1' }] } },
      ['spec.rules[0].host'],
    ],
  ])('%s %#', async (path, manifest, fields) => {
    const { status, body } = await client.post(path, manifest);
    expect(status).toBe(422);
    expect(body.details.causes.map(({ field }) => field)).toEqual(fields);
  });

  test.each([
    [`${apps}/deployments`, serving('fixed'), { spec: { selector: { matchLabels: { app: 'y' } } } }],
    [`${apps}/statefulsets`, serving('fixed'), { spec: { serviceName: 'other' } }],
    [`${batch}/jobs`, job('fixed'), { spec: { template: { spec: { nodeName: 'n' } } } }],
  ])('changes of what is fixed, of %s', async (path, manifest, change) => {
    expect((await client.post(path, manifest)).status).toBe(201);
    const { status } = await client.strategic(`${path}/fixed`, change);
    expect(status).toBe(422);
  });
});

test('a Job selects its pods by its UID', async () => {
  const { body } = await client.post(`${batch}/jobs`, job('own'));
  const uid = { 'batch.kubernetes.io/controller-uid': body.metadata.uid };
  expect(body.spec).toMatchObject({
    selector: { matchLabels: uid },
    template: { metadata: { labels: { ...uid, 'job-name': 'own', 'batch.kubernetes.io/job-name': 'own' } } },
  });
});

test('the pods of a deleted Job stay, unless the deletion says otherwise', async () => {
  const pod = async (name: string) => {
    const { body } = await client.post(`${batch}/jobs`, job(name));
    const { uid } = body.metadata;
    await client.post('/api/v1/namespaces/default/pods', {
      metadata: {
        name,
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true }],
      },
      spec: template().spec,
    });
  };
  await Promise.all([pod('stays'), pod('goes')]);
  await client.delete(`${batch}/jobs/stays`);
  await client.delete(`${batch}/jobs/goes?propagationPolicy=Background`);
  await expect
    .poll(async () => (await client.get('/api/v1/namespaces/default/pods/goes')).status, { timeout: 20_000 })
    .toBe(404);
  await expect
    .poll(async () => (await client.get(`${batch}/jobs/stays`)).status, { timeout: 20_000 })
    .toBe(404);
  const { body } = await client.get('/api/v1/namespaces/default/pods/stays');
  expect(body.metadata.ownerReferences ?? []).toEqual([]);
});

test('the scale of a Deployment tells its selector and changes its replicas', async () => {
  await client.post(
    `${apps}/deployments`,
    serving('scaled', {
      selector: {
        matchLabels: labels,
        matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['b', 'a'] }],
      },
    }),
  );
  const { body: before } = await client.get(`${apps}/deployments/scaled/scale`);
  expect(before).toMatchObject({
    kind: 'Scale',
    spec: { replicas: 1 },
    status: { replicas: 0, selector: 'app=web,tier notin (a,b)' },
  });
  await client.merge(`${apps}/deployments/scaled/scale`, { spec: { replicas: 4 } });
  const { body } = await client.get(`${apps}/deployments/scaled`);
  expect(body).toMatchObject({ spec: { replicas: 4 }, metadata: { generation: 2 } });
});

test.each([
  ['*/5 0-6,12 1 JAN-mar Mon', 201],
  ['@every 1h30m', 201],
  ['@weekly', 201],
  ['* * * * *  ', 201],
  ['* * * *', 422],
  ['* * * * 7', 422],
  ['5-3 * * * *', 422],
  ['*/0 * * * *', 422],
  ['1/2/3 * * * *', 422],
  ['@every day', 422],
  ['@often', 422],
])('schedule %j is answered with %i', async (schedule, expected) => {
  const { status } = await client.post(`${batch}/cronjobs`, {
    metadata: { generateName: 'schedule-' },
    spec: { schedule, jobTemplate: { spec: job('').spec } },
  });
  expect(status).toBe(expected);
});
