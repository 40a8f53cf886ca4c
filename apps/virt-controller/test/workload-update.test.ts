import type { Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '@virtkit/controllers/runtime';
import { runVirtController } from '../src/index.ts';
import { quietNode, runFakeNode } from './fake-node.ts';
import { machine, startTestCluster, type TestCluster } from './test-cluster.ts';

const image = (tag: string): string => `virtkit.dev/virt-launcher:${tag}`;
const account = 'system:serviceaccount:kubevirt:kubevirt-controller';

let cluster: TestCluster;
let node: Promise<void>;
const stop = new AbortController();

beforeEach(async () => {
  cluster = await startTestCluster();
  const clients = {
    scheduler: await cluster.as('system:kube-scheduler'),
    kubelet: await cluster.as('system:node:node-1'),
    handler: await cluster.as('system:serviceaccount:kubevirt:kubevirt-handler'),
  };
  node = runFakeNode(clients, quietNode(), stop.signal, silentLogger);
});

afterEach(async () => {
  stop.abort();
  await node;
  await cluster[Symbol.asyncDispose]();
});

/** A virt-controller of a version, which ends with the test or when it is disposed. */
async function controllerOf(tag: string): Promise<AsyncDisposable> {
  const over = new AbortController();
  const running = runVirtController({
    client: await cluster.as(account),
    signal: AbortSignal.any([stop.signal, over.signal]),
    config: { launcherImage: image(tag), eventDelayMs: 0 },
  });
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await running;
    },
  };
}

async function installKubeVirt({ kubeVirts, namespaces }: Client): Promise<void> {
  await namespaces.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kubevirt' } });
  await kubeVirts.create(
    {
      apiVersion: 'kubevirt.io/v1',
      kind: 'KubeVirt',
      metadata: { name: 'kubevirt', namespace: 'kubevirt' },
      spec: { workloadUpdateStrategy: {} },
    },
    { namespace: 'kubevirt' },
  );
  const body = { status: { phase: 'Deployed', observedDeploymentID: 'a', targetDeploymentID: 'a' } };
  await kubeVirts.patch(
    'kubevirt',
    { type: 'merge', body },
    { namespace: 'kubevirt', subresource: 'status' },
  );
}

it('machines of an older version are counted, and evicted to the new launcher once that is asked for', async () => {
  const { client } = cluster;
  await installKubeVirt(client);
  const outdated = async () =>
    (await client.kubeVirts.get('kubevirt', { namespace: 'kubevirt' })).status
      ?.outdatedVirtualMachineInstanceWorkloads;
  const launcher = async () => {
    const { items } = await client.pods.list();
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };
  const settled = (what: string, tag: string, count: number) =>
    waitUntil(
      what,
      async () => {
        const instance = (await client.virtualMachineInstances.list()).items[0];
        const current = instance?.status?.launcherContainerImageVersion;
        const runs = instance?.status?.phase === 'Running' && current === image(tag);
        return runs && (await outdated()) === count;
      },
      { timeoutMs: 60_000 },
    );

  {
    await using _former = await controllerOf('1');
    await client.virtualMachines.create(machine('vm'));
    await settled('it runs, and nothing is outdated', '1', 0);
  }
  const before = await launcher();

  await using _current = await controllerOf('2');
  await settled('it is counted', '1', 1);
  expect(await launcher()).toEqual(before);

  const body = { spec: { workloadUpdateStrategy: { workloadUpdateMethods: ['LiveMigrate', 'Evict'] } } };
  await client.kubeVirts.patch('kubevirt', { type: 'merge', body }, { namespace: 'kubevirt' });
  await settled('it runs on the new launcher', '2', 0);
  const [pod, ...others] = await launcher();
  expect(others).toEqual([]);
  expect(pod?.spec.containers.find(({ name }) => name === 'compute')?.image).toBe(image('2'));
  const evictions = cluster.writes.filter(({ path }) => path.includes('/eviction'));
  expect(evictions).toHaveLength(1);
  await waitUntil('it is told', async () => {
    const { items } = await client.events.list();
    return items.some(
      ({ reason, involvedObject }) => reason === 'SuccessfulEvict' && involvedObject.name === 'vm',
    );
  });
});
