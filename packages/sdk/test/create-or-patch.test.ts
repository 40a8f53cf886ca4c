import { resources, type KubernetesObject, type Lease } from '@virtkit/core-types';
import { applyMergePatch } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { failure, json, scriptedServer, type Answer } from './scripted-server.ts';

/** A server that keeps one lease. */
function keeping(stored: { object?: Lease | undefined }): Answer {
  return (request, response) => {
    const { object } = stored;
    if (request.method === 'POST') {
      if (object !== undefined) return json(response, failure(409, 'AlreadyExists', { name: 'l' }), 409);
      stored.object = JSON.parse(request.body) as Lease;
      return json(response, stored.object, 201);
    }
    if (object === undefined) return json(response, failure(404, 'NotFound', { name: 'l' }), 404);
    if (request.method === 'PATCH')
      stored.object = applyMergePatch(object, JSON.parse(request.body)) as Lease;
    return json(response, stored.object);
  };
}

const lease = (spec: Lease['spec'], metadata: KubernetesObject['metadata'] = {}): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'l', ...metadata },
  spec,
});

describe('createOrPatch', () => {
  it('creates what does not exist', async () => {
    const stored: { object?: Lease } = {};
    await using server = await scriptedServer(keeping(stored));
    await server.client.leases.createOrPatch(
      lease({ holderIdentity: 'a' }, { uid: 'old', resourceVersion: '3' }),
    );
    expect(stored.object).toEqual(lease({ holderIdentity: 'a' }));
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  it('patches only what differs and keeps what it does not mention', async () => {
    const stored = {
      object: lease({ holderIdentity: 'a', leaseDurationSeconds: 5 }, { uid: 'u', labels: { x: 'y' } }),
    };
    await using server = await scriptedServer(keeping(stored));
    await server.client.leases.createOrPatch(lease({ holderIdentity: 'b' }, { labels: { z: '1' } }));
    expect(stored.object).toEqual(
      lease({ holderIdentity: 'b', leaseDurationSeconds: 5 }, { uid: 'u', labels: { x: 'y', z: '1' } }),
    );
    expect(JSON.parse(server.seen[1]?.body ?? '')).toEqual({
      metadata: { labels: { z: '1' } },
      spec: { holderIdentity: 'b' },
    });
  });

  it('writes nothing when nothing differs', async () => {
    const stored = {
      object: lease({ holderIdentity: 'a', leaseDurationSeconds: 5 }, { resourceVersion: '8' }),
    };
    await using server = await scriptedServer(keeping(stored));
    const result = await server.client.leases.createOrPatch(
      lease({ holderIdentity: 'a' }, { resourceVersion: '2' }),
    );
    expect(result).toEqual(stored.object);
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('guards a change by the version it is given', async () => {
    const stored = { object: lease({ holderIdentity: 'a' }, { resourceVersion: '8' }) };
    await using server = await scriptedServer(keeping(stored));
    await server.client.leases.createOrPatch(lease({ holderIdentity: 'b' }, { resourceVersion: '2' }));
    expect(JSON.parse(server.seen[1]?.body ?? '')).toEqual({
      metadata: { resourceVersion: '2' },
      spec: { holderIdentity: 'b' },
    });
  });

  it('goes on when another creates the object in between', async () => {
    const stored: { object?: Lease } = {};
    const answer = keeping(stored);
    await using server = await scriptedServer((request, response) => {
      if (request.method === 'POST' && stored.object === undefined)
        stored.object = lease({ holderIdentity: 'other' });
      return answer(request, response);
    });
    await server.client.leases.createOrPatch(lease({ holderIdentity: 'me' }));
    expect(stored.object?.spec?.holderIdentity).toBe('me');
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'PATCH']);
  });

  it('does not insist when the namespace is missing', async () => {
    await using server = await scriptedServer((_request, response) =>
      json(response, failure(404, 'NotFound', { kind: 'namespaces', name: 'gone' }), 404),
    );
    const client = server.client.resource(resources.leases);
    await expect(client.createOrPatch(lease({}), { namespace: 'gone' })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(server.seen).toHaveLength(2);
  });
});
