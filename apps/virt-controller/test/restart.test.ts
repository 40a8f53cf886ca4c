import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitUntil } from '@virtkit/testing';
import { runVirtController } from '../src/index.ts';
import { quietNode, runFakeNode } from './fake-node.ts';
import { machine, startTestCluster, type TestCluster } from './test-cluster.ts';
import { silentLogger, type ClientSet, type ObjectClient } from '@virtkit/controllers/runtime';
import type { KubernetesObject } from '@virtkit/core-types';

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

/** Numbers in [0, 1) that follow from the seed alone (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Killed extends Error {}

/**
 * A client that dies at its n-th write, before or after the server has carried it out, and answers nothing from then on:
 * what a `kill -9` looks like from the server.
 */
function dyingClient(
  client: ClientSet,
  after: { writes: number; carriedOut: boolean },
  die: () => void,
): ClientSet {
  let left = after.writes;
  let dead = false;
  const write = async <R>(send: () => Promise<R>): Promise<R> => {
    if (dead) throw new Killed();
    if (--left > 0) return send();
    dead = true;
    try {
      if (after.carriedOut) await send();
    } finally {
      die();
    }
    throw new Killed();
  };
  return {
    resource: <T extends KubernetesObject>(
      definition: Parameters<typeof client.resource<T>>[0],
    ): ObjectClient<T> => {
      const inner = client.resource(definition);
      return {
        get: (name, options) => inner.get(name, options),
        list: (options) => inner.list(options),
        watch: (options) => inner.watch(options),
        create: (object, options) => write(() => inner.create(object, options)),
        patch: (name, patch, options) => write(() => inner.patch(name, patch, options)),
        delete: (name, options) => write(() => inner.delete(name, options)),
      };
    },
  };
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
  const controllers = runAndKill(random, stop.signal);

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

/** Runs one controller after the other, each until it is killed at a random write. */
async function runAndKill(random: () => number, signal: AbortSignal): Promise<number> {
  let kills = 0;
  while (!signal.aborted) {
    const killed = new AbortController();
    const client = await cluster.as(`controller-${kills}`);
    const fate = { writes: 1 + Math.floor(random() * 9), carriedOut: random() < 0.5 };
    await runVirtController({
      client: dyingClient(client, fate, () => killed.abort(new Killed())),
      signal: AbortSignal.any([signal, killed.signal]),
      config: { launcherImage: 'virtkit.dev/virt-launcher:0.1.0', eventDelayMs: 600_000 },
    });
    await client[Symbol.asyncDispose]();
    if (!signal.aborted) kills++;
  }
  return kills;
}
