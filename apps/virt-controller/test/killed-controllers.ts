// Controllers that are killed again and again.
import type { ClientSet, ObjectClient } from '@virtkit/controllers/runtime';
import type { KubernetesObject } from '@virtkit/core-types';
import { runVirtController } from '../src/index.ts';
import type { TestCluster } from './test-cluster.ts';

/** Numbers in [0, 1) that follow from the seed alone (mulberry32). */
export function randomFrom(seed: number): () => number {
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
        subresource: (name, subresource, request) =>
          write(() => inner.subresource(name, subresource, request)),
      };
    },
  };
}

/** Runs one controller after the other, each until it is killed at a random write; tells how many were. */
export async function runAndKill(
  cluster: TestCluster,
  random: () => number,
  signal: AbortSignal,
): Promise<number> {
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
