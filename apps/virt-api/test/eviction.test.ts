import { isApiError } from '@virtkit/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, type TestCluster } from './support/cluster.ts';
import { instanceSpec } from '@virtkit/testing/instance-specs';

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
    spec: { ...instanceSpec(), evictionStrategy },
    status: { phase: 'Running', nodeName: 'node-1' },
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
    spec: { nodeName: 'node-1', containers: [{ name: 'compute', image: 'launcher' }] },
  });
  return pod;
}

const evict = (name: string) =>
  cluster.admin.pods.subresource(name, 'eviction', {
    namespace,
    method: 'POST',
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
  });

/** Whether the Pod is gone or going. */
async function isLeaving(pod: string): Promise<boolean> {
  try {
    const { metadata } = await cluster.admin.pods.get(pod, { namespace });
    return metadata.deletionTimestamp !== undefined;
  } catch (error) {
    if (isApiError(error, 'not-found')) return true;
    throw error;
  }
}

test.each(['LiveMigrate', 'External'])('the launcher of an instance with %s stays', async (strategy) => {
  const pod = await launcherOf(strategy);
  const error: unknown = await evict(pod).catch((reason: unknown) => reason);
  expect(isApiError(error) && error.httpStatus).toBe(429);
  expect(await isLeaving(pod)).toBe(false);
});

test.each(['None', 'LiveMigrateIfPossible'])(
  'the launcher of an instance with %s, which cannot move, may go',
  async (strategy) => {
    const pod = await launcherOf(strategy);
    await evict(pod);
    expect(await isLeaving(pod)).toBe(true);
  },
);

test('only an instance that somebody else moves is marked as leaving its node', async () => {
  const marks = await Promise.all(
    ['external', 'livemigrate'].map(async (name) => {
      const { status } = await cluster.controller.virtualMachineInstances.get(name, { namespace });
      return status?.evacuationNodeName;
    }),
  );
  expect(marks).toEqual(['node-1', undefined]);
});
