import { isApiError } from '@virtkit/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, type TestCluster } from './support/cluster.ts';
import { instanceSpec } from './support/specs.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

const namespace = 'default';

async function launcherOf(evictionStrategy: string): Promise<string> {
  const name = evictionStrategy.toLowerCase();
  await cluster.controller.virtualMachineInstances.create({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name, namespace },
    spec: instanceSpec(),
  });
  // New instances that are to be moved are not carried.
  await cluster.controller.virtualMachineInstances.patch(name, {
    type: 'merge',
    body: { spec: { evictionStrategy } },
  });
  const pod = `virt-launcher-${name}`;
  await cluster.admin.pods.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod,
      namespace,
      labels: { 'kubevirt.io': 'virt-launcher' },
      annotations: { 'kubevirt.io/domain': name },
    },
    spec: { containers: [{ name: 'compute', image: 'launcher' }] },
  });
  return pod;
}

const evict = (name: string) =>
  cluster.admin.pods.subresource(name, 'eviction', {
    namespace,
    method: 'POST',
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
  });

test('the launcher of an instance that must be moved but cannot stays', async () => {
  const pod = await launcherOf('LiveMigrate');
  const error: unknown = await evict(pod).catch((reason: unknown) => reason);
  expect(isApiError(error) && error.httpStatus).toBe(429);
  expect((await cluster.admin.pods.get(pod, { namespace })).metadata.deletionTimestamp).toBeUndefined();
});

test('the launcher of an instance that is not moved may go', async () => {
  const pod = await launcherOf('None');
  await evict(pod);
  const gone: unknown = await cluster.admin.pods.get(pod, { namespace }).catch((reason: unknown) => reason);
  const leaving =
    isApiError(gone, 'not-found') ||
    Reflect.has((gone as { metadata: object }).metadata, 'deletionTimestamp');
  expect(leaving).toBe(true);
});
