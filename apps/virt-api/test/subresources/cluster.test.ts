import { describe, expect, test } from 'vitest';
import { pageSizeOf } from '../../src/subresources/cluster/profiler.ts';
import { subresourceBench } from '../support/subresource-bench.ts';

const bench = subresourceBench();
const get = (path: string, body?: unknown) => bench().ask('GET', path, body);

describe('the cluster profiler', () => {
  const operations = ['/start-cluster-profiler', '/stop-cluster-profiler', '/dump-cluster-profiler'];

  test('SUB-39: is forbidden, in plain text, unless the configuration says otherwise', async () => {
    await bench().configure({});
    for (const path of operations) {
      const { status, contentType } = await get(path);
      expect([status, contentType]).toEqual([403, 'text/plain']);
    }
  });

  test('SUB-39: has nothing to profile here', async () => {
    await bench().configure({ developerConfiguration: { clusterProfiler: true } });
    expect(await get(operations[0]!)).toMatchObject({ status: 500, contentType: 'text/plain' });
    expect(await get(operations[1]!)).toMatchObject({ status: 500, contentType: 'text/plain' });
    expect((await get(operations[2]!)).status).toBe(204);
    expect(await get(operations[2]!, '{"pageSize": "ten"}')).toMatchObject({
      status: 400,
      contentType: 'text/plain',
    });
  });

  test.each([
    [0, 10],
    [-1, 10],
    [7, 7],
    [21, 20],
  ])('SUB-39: a page of %i has %i components', (asked, size) => {
    expect(pageSizeOf(asked)).toBe(size);
  });
});

test('health tells the version of the API server and of the KubeVirt object', async () => {
  const { status, body } = await get('/healthz');
  const kubevirt = await bench().client.kubeVirts.get('kubevirt', { namespace: 'kubevirt' });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    apiserver: { connectivity: 'ok', version: { gitVersion: expect.any(String) as string } },
    'config-resource-version': kubevirt.metadata.resourceVersion,
  });
});

test('the image with libguestfs is that of the installation', async () => {
  expect(await get('/guestfs')).toMatchObject({ status: 500, body: { guestfs: { status: 'failed' } } });
  await bench().configure(
    {},
    {
      observedKubeVirtRegistry: 'registry.example/kubevirt',
      observedKubeVirtVersion: 'v1.9.0',
      observedDeploymentConfig: JSON.stringify({ imagePrefix: 'kv-', additionalProperties: {} }),
    },
  );
  expect(await get('/guestfs')).toMatchObject({
    status: 200,
    body: {
      registry: 'registry.example/kubevirt',
      tag: 'v1.9.0',
      digest: '',
      imagePrefix: 'kv-',
      gsImage: '',
    },
  });
});

test('the version has every member that clients print', async () => {
  const { body } = await get('/version');
  expect(Object.keys(body).sort()).toEqual([
    ...['buildDate', 'compiler', 'gitCommit', 'gitTreeState', 'gitVersion', 'goVersion', 'platform'],
  ]);
});
