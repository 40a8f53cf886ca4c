import { expect, it } from 'vitest';
import type { KubernetesObject, Lease } from '@virtkit/core-types';
import {
  leaderElection,
  ManualClock,
  settle,
  type ClientSet,
  type ObjectClient,
} from '../../src/runtime/index.ts';

class ServerError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** One lease with optimistic locking, and a switch that makes the server unreachable. */
class LeaseServer implements ClientSet {
  lease: Lease | undefined;
  reachable = true;
  #version = 0;

  resource<T extends KubernetesObject>(): ObjectClient<T> {
    const client: ObjectClient<Lease> = {
      get: async () => {
        this.#reach();
        if (this.lease === undefined) throw new ServerError('not-found');
        return this.lease;
      },
      create: async (lease) => {
        this.#reach();
        if (this.lease !== undefined) throw new ServerError('already-exists');
        return this.#store(lease);
      },
      patch: async (_name, patch) => {
        this.#reach();
        const body = (patch.type === 'merge' ? patch.body : {}) as Lease;
        if (body.metadata.resourceVersion !== this.lease?.metadata.resourceVersion)
          throw new ServerError('conflict');
        return this.#store({ ...this.lease!, spec: { ...this.lease?.spec, ...body.spec } });
      },
      delete: () => Promise.reject(new ServerError('method-not-allowed')),
      subresource: () => Promise.reject(new ServerError('method-not-allowed')),
      list: () => Promise.reject(new ServerError('method-not-allowed')),
      watch: () => {
        throw new ServerError('method-not-allowed');
      },
    };
    // The elector asks for leases only.
    return client as ObjectClient<KubernetesObject> as ObjectClient<T>;
  }

  #reach(): void {
    if (!this.reachable) throw new ServerError('connection');
  }

  #store(lease: Lease): Lease {
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(++this.#version) } };
    return this.lease;
  }
}

function candidate(client: ClientSet, clock: ManualClock, identity: string) {
  const stop = new AbortController();
  const state = { leading: false, error: undefined as unknown, ended: false };
  const work = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      state.leading = true;
      signal.addEventListener('abort', () => {
        state.leading = false;
        resolve();
      });
    });
  const options = { client, clock, identity, name: 'test', namespace: 'kubevirt' };
  const done = leaderElection(options, work, { signal: stop.signal })
    .catch((error: unknown) => (state.error = error))
    .finally(() => (state.ended = true));
  return { state, stop: () => stop.abort(new Error('stopped')), done };
}

it('lets one lead, and the next one at once after a graceful end', async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const first = candidate(server, clock, 'first');
  await settle();
  const second = candidate(server, clock, 'second');
  await clock.advance(60_000);
  expect([first.state.leading, second.state.leading]).toEqual([true, false]);
  expect(server.lease?.spec).toMatchObject({
    holderIdentity: 'first',
    leaseDurationSeconds: 15,
    leaseTransitions: 0,
  });
  first.stop();
  await first.done;
  expect(server.lease?.spec?.holderIdentity).toBe('');
  await clock.advance(2_000);
  expect(second.state.leading).toBe(true);
  expect(server.lease?.spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
  second.stop();
  await second.done;
});

it('takes over from a holder that renews no more, after the lease and not before', async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  await server.resource().create({ metadata: {}, spec: { holderIdentity: 'dead' } } as Lease);
  const heir = candidate(server, clock, 'heir');
  await clock.advance(14_000);
  expect(heir.state.leading).toBe(false);
  await clock.advance(2_000);
  expect(heir.state.leading).toBe(true);
  heir.stop();
  await heir.done;
});

it('stops leading when it cannot renew, before another may take over', async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const leader = candidate(server, clock, 'leader');
  await settle();
  await clock.advance(10_000);
  server.reachable = false;
  await clock.advance(8_000);
  expect(leader.state.leading).toBe(true);
  await clock.advance(6_000);
  expect(leader.state).toMatchObject({ leading: false, ended: true });
  expect(leader.state.error).toMatchObject({ code: 'leadership-lost' });
});

it('survives failures that are shorter than the deadline', async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const leader = candidate(server, clock, 'leader');
  await settle();
  for (let round = 0; round < 5; round++) {
    server.reachable = false;
    await clock.advance(7_000);
    server.reachable = true;
    await clock.advance(4_000);
  }
  expect(leader.state.leading).toBe(true);
  leader.stop();
  await leader.done;
});
