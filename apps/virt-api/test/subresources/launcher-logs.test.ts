import { beforeEach, describe, expect, test } from 'vitest';
import { namespace, subresourceBench } from '../support/subresource-bench.ts';

const bench = subresourceBench();
const path = (name: string, query = '') => `virtualmachineinstances/${name}/launcherlogs${query}`;
const failed = (podUID: string, failedAt: string) => ({
  ...{ namespace, name: 'gone', uid: 'u', pod: `virt-launcher-${podUID}`, podUID, node: 'node-1' },
  failedAt,
});

/** What a node agent is asked: path and parameters. */
const asked = (): { path: string; query: Record<string, string> }[] =>
  bench().agent.calls.map((call) => {
    const { pathname, searchParams } = new URL(call.split(' ')[1] ?? '', 'https://agent');
    return { path: pathname, query: Object.fromEntries(searchParams) };
  });

async function beginOfNamespace(): Promise<string> {
  const { metadata } = await bench().client.namespaces.get(namespace);
  return String(metadata.creationTimestamp);
}

beforeEach(() => {
  bench().agent.onCall = (url) => {
    const { searchParams } = new URL(url, 'https://agent');
    const podUid = searchParams.get('podUID');
    if (podUid === null)
      return {
        status: 200,
        contentType: 'application/json',
        body: JSON.stringify({
          items: [failed('p1', '2026-11-21T18:00:00Z'), failed('p2', '2026-11-21T19:00:00Z')],
        }),
      };
    return podUid === 'p1'
      ? { status: 200, contentType: 'text/plain; charset=utf-8', body: 'it went wrong\n' }
      : { status: 404, body: 'no such log' };
  };
});

describe('logs of launchers that failed', () => {
  test('are listed although nothing of the instance is left, the last one first', async () => {
    const { status, body } = await bench().ask('GET', path('gone'));
    expect(status).toBe(200);
    expect(body).toEqual({
      apiVersion: 'subresources.kubevirt.io/v1',
      kind: 'LauncherLogList',
      items: [failed('p2', '2026-11-21T19:00:00Z'), failed('p1', '2026-11-21T18:00:00Z')],
    });
    expect(asked()).toEqual([
      {
        path: `/v1/namespaces/${namespace}/virtualmachineinstances/gone/launcherlogs`,
        // What was before it belonged to another namespace of this name.
        query: { since: await beginOfNamespace() },
      },
    ]);
  });

  test('are read as they are', async () => {
    const answer = await bench().ask('GET', path('gone', '?podUID=p1&node=node-1'));
    expect([answer.status, answer.contentType, answer.text]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'it went wrong\n',
    ]);
    expect(asked()[0]?.query).toEqual({ since: await beginOfNamespace(), podUID: 'p1' });
  });

  test('that are not kept are not found, nor are those of nodes and namespaces that are not there', async () => {
    const statuses = [];
    for (const query of ['?podUID=p3', '?node=absent', '?podUID=p1&node=absent'])
      statuses.push((await bench().ask('GET', path('gone', query))).status);
    const elsewhere = '/namespaces/absent/virtualmachineinstances/gone/launcherlogs';
    statuses.push((await bench().ask('GET', elsewhere)).status);
    expect(statuses).toEqual([404, 404, 404, 404]);
    expect((await bench().ask('PUT', path('gone'))).status).toBe(405);
  });

  test('of other nodes are told although one does not answer, and which', async () => {
    const node = await bench().client.nodes.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: 'node-2',
        annotations: { 'virtkit.dev/virt-handler-endpoint': 'https://127.0.0.1:1' },
      },
    });
    await bench().client.nodes.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-3' } });
    const { body } = await bench().ask('GET', path('gone'));
    expect(body).toMatchObject({ items: [{ podUID: 'p2' }, { podUID: 'p1' }] });
    expect(body['unreachable']).toMatchObject([{ node: node.metadata.name }]);
    expect((await bench().ask('GET', path('gone', '?podUID=p1'))).status).toBe(200);
    // The one that does not answer may have it.
    expect((await bench().ask('GET', path('gone', '?podUID=p3'))).status).toBe(503);
    expect((await bench().ask('GET', path('gone', '?node=node-3'))).status).toBe(400);
  });
});
