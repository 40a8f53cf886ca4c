import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitUntil } from '@virtkit/testing';
import { quietNode, runFakeNode } from './fake-node.ts';
import { randomFrom, runAndKill } from './killed-controllers.ts';
import { machine, startTestCluster, type TestCluster } from './test-cluster.ts';
import { resources } from '@virtkit/core-types';
import { silentLogger } from '@virtkit/controllers/runtime';

const machines = 12;

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startTestCluster();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.log(await state());
  await cluster[Symbol.asyncDispose]();
});

/** What is there, for the report of a failure. */
async function state(): Promise<string> {
  const { client } = cluster;
  const kinds = [client.virtualMachines, client.virtualMachineInstances, client.pods];
  const lists = await Promise.all(kinds.map(async (kind) => kind.list()));
  const lines = lists.flatMap(({ items }) =>
    items.map(({ kind, metadata, ...rest }) => {
      const { name, uid, deletionTimestamp, finalizers, ownerReferences } = metadata;
      const { phase, printableStatus } =
        'status' in rest ? { phase: undefined, printableStatus: undefined, ...rest.status } : {};
      return JSON.stringify({
        kind,
        name,
        uid,
        deletionTimestamp,
        finalizers,
        owner: ownerReferences?.[0]?.uid,
        phase,
        printableStatus,
      });
    }),
  );
  const last = cluster.writes
    .slice(-10)
    .map(({ verb, path, user, status }) => `${verb} ${path} by ${user ?? ''}: ${status}`);
  return [...lines, ...last].join('\n');
}

it('converges, with one instance and one pod per machine, however often the controller is killed', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`seed ${seed}`);
  const random = randomFrom(seed);
  const stop = new AbortController();
  const clients = {
    scheduler: await cluster.as('scheduler'),
    kubelet: await cluster.as('kubelet'),
    handler: await cluster.as('handler'),
  };
  const node = runFakeNode(clients, quietNode(), stop.signal, silentLogger);
  const controllers = runAndKill(cluster, random, stop.signal);

  const names = Array.from({ length: machines }, (_, index) => `vm-${index}`);
  const { virtualMachines } = cluster.client;
  await Promise.all(names.map(async (name) => virtualMachines.create(machine(name))));
  const half = names.filter((_, index) => index % 2 === 0);
  const running = async () => {
    const { items } = await cluster.client.virtualMachineInstances.list();
    return items.filter(({ status }) => status?.phase === 'Running').length;
  };
  await waitUntil('all run', async () => (await running()) === machines, { timeoutMs: 60_000 });
  expect((await cluster.client.pods.list()).items).toHaveLength(machines);

  for (const name of half) await virtualMachines.delete(name);
  const left = machines - half.length;
  await waitUntil('half is gone', async () => (await virtualMachines.list()).items.length === left, {
    timeoutMs: 60_000,
  });
  await waitUntil(
    'their pods are gone',
    async () => (await cluster.client.pods.list()).items.length === left,
  );
  expect(await running()).toBe(left);

  stop.abort(new Error('test over'));
  const kills = await controllers;
  await node;
  console.log(`killed ${kills} times`);
  expect(kills).toBeGreaterThan(5);

  // Every pod that was ever made belonged to an instance of its own, and so did every instance to a machine.
  const created = (resource: string) =>
    cluster.writes.filter(
      (write) => write.verb === 'create' && write.resource === resource && !write.subresource,
    );
  expect(created('virtualmachineinstances')).toHaveLength(machines);
  expect(created('pods')).toHaveLength(machines);
}, 120_000);

it('keeps the numbers of pools and replica sets, and one copy of what each machine refers to, however often it is killed', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`seed ${seed}`);
  const stop = new AbortController();
  const clients = {
    scheduler: await cluster.as('scheduler'),
    kubelet: await cluster.as('kubelet'),
    handler: await cluster.as('handler'),
  };
  const node = runFakeNode(clients, quietNode(), stop.signal, silentLogger);
  const controllers = runAndKill(cluster, randomFrom(seed), stop.signal);

  const { client } = cluster;
  const pools = client.resource(resources.virtualMachinePools);
  const sets = client.resource(resources.virtualMachineInstanceReplicaSets);
  await client.resource(resources.virtualMachineClusterInstancetypes).create({
    metadata: { name: 'small' },
    spec: { cpu: { guest: 2 }, memory: { guest: '128Mi' } },
  });
  const { template } = machine('template').spec;
  const { memory: _memory, ...domain } = template.spec!.domain;
  await pools.create({
    metadata: { name: 'pool', namespace: 'default' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { of: 'pool' } },
      virtualMachineTemplate: {
        metadata: { labels: { of: 'pool' } },
        spec: {
          runStrategy: 'Always',
          instancetype: { name: 'small' },
          template: { ...template, spec: { ...template.spec!, domain } },
        },
      },
    },
  });
  await sets.create({
    metadata: { name: 'set', namespace: 'default' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { of: 'set' } },
      template: { ...template, metadata: { ...template.metadata, labels: { of: 'set' } } },
    },
  });
  const counts = async () => [
    (await pools.get('pool')).status?.readyReplicas,
    (await sets.get('set')).status?.readyReplicas,
  ];
  const settled = async (wanted: readonly number[]) =>
    waitUntil(`${wanted.join(' and ')} are ready`, async () => (await counts()).join() === wanted.join(), {
      timeoutMs: 60_000,
    });
  await settled([4, 3]);
  const kept = (await client.resource(resources.controllerRevisions).list()).items
    .map(({ metadata }) => metadata.name ?? '')
    .filter((name) => name.includes('-small-'));
  expect(kept).toHaveLength(4);
  await pools.patch('pool', { type: 'merge', body: { spec: { replicas: 2 } } });
  await sets.patch('set', { type: 'merge', body: { spec: { replicas: 1 } } });
  await settled([2, 1]);
  await waitUntil('the others are gone', async () => (await client.pods.list()).items.length === 3, {
    timeoutMs: 60_000,
  });

  stop.abort(new Error('test over'));
  const kills = await controllers;
  await node;
  console.log(`killed ${kills} times`);
  expect(kills).toBeGreaterThan(5);
  const created = cluster.writes.filter(
    ({ verb, subresource }) => verb === 'create' && subresource === undefined,
  );
  const ofKind = (kind: string) => created.filter(({ resource }) => resource === kind).length;
  expect([ofKind('virtualmachines'), ofKind('virtualmachineinstances'), ofKind('pods')]).toEqual([4, 7, 7]);
}, 180_000);
