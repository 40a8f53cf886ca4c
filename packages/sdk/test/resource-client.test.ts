import { describe, expect, it } from 'vitest';
import type { Client, Patch } from '../src/index.ts';
import { failure, json, scriptedServer } from './scripted-server.ts';

const pod = { metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'i' }] } };

describe('requests', () => {
  it('sends identity, user agent and the object as it is', async () => {
    await using server = await scriptedServer(
      (request, response) => json(response, JSON.parse(request.body)),
      {
        userAgent: 'test/1',
      },
    );
    const { client, seen } = server;
    const created = await client.pods.create({ ...pod, extra: { kept: true } } as typeof pod, {
      namespace: 'ns',
      dryRun: true,
      fieldManager: 'me',
      fieldValidation: 'Strict',
    });
    expect(created).toEqual({ apiVersion: 'v1', kind: 'Pod', ...pod, extra: { kept: true } });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/ns/pods',
      query: { dryRun: 'All', fieldManager: 'me', fieldValidation: 'Strict' },
    });
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'user-agent': 'test/1',
      'content-type': 'application/json',
    });
  });

  it.each<[string, Patch, string, unknown]>([
    [
      'json',
      { type: 'json', operations: [{ op: 'remove', path: '/a' }] },
      'application/json-patch+json',
      [{ op: 'remove', path: '/a' }],
    ],
    ['merge', { type: 'merge', body: { a: null } }, 'application/merge-patch+json', { a: null }],
    ['strategic', { type: 'strategic', body: { a: 1 } }, 'application/strategic-merge-patch+json', { a: 1 }],
    ['apply', { type: 'apply', body: { a: 1 }, force: true }, 'application/apply-patch+yaml', { a: 1 }],
  ])('sends a %s patch with its media type', async (_, patch, contentType, body) => {
    await using server = await scriptedServer((_request, response) => json(response, pod));
    await server.client.pods.patch('a', patch, { subresource: 'status', fieldManager: 'me' });
    const [request] = server.seen;
    expect(request?.path).toBe('/api/v1/namespaces/default/pods/a/status');
    expect(request?.headers['content-type']).toBe(contentType);
    expect(JSON.parse(request?.body ?? '')).toEqual(body);
    expect(request?.query['force']).toBe(patch.type === 'apply' ? 'true' : undefined);
  });

  it('takes the namespace of a call, of the object, of the client, in this order', async () => {
    await using server = await scriptedServer((_request, response) => json(response, pod), {
      namespace: 'mine',
    });
    const { client, seen } = server;
    const object = { ...pod, metadata: { name: 'a', namespace: 'theirs' } };
    await client.pods.replace(object, { namespace: 'given' });
    await client.pods.replace(object);
    await client.pods.replace(pod);
    await client.nodes.get('n');
    expect(seen.map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/given/pods/a',
      '/api/v1/namespaces/theirs/pods/a',
      '/api/v1/namespaces/mine/pods/a',
      '/api/v1/nodes/n',
    ]);
  });

  it('keeps the path of a server behind a proxy', async () => {
    await using server = await scriptedServer((_request, response) => json(response, pod));
    const { connect } = await import('../src/index.ts');
    await using client = await connect({ server: `${server.url}/clusters/one/` });
    await client.pods.get('a b');
    expect(server.seen[0]?.path).toBe('/clusters/one/api/v1/namespaces/default/pods/a%20b');
  });

  it('does not let an empty name reach the collection', async () => {
    await using server = await scriptedServer((_request, response) => json(response, {}));
    await expect(server.client.pods.delete('')).rejects.toMatchObject({ code: 'invalid' });
    expect(server.seen).toEqual([]);
  });
});

describe('list', () => {
  it('asks every namespace for `all` and completes the items', async () => {
    await using server = await scriptedServer((_request, response) =>
      json(response, { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items: [pod] }),
    );
    const list = await server.client.pods.list({ namespace: 'all', labelSelector: 'app in (a,b)', limit: 3 });
    expect(server.seen[0]).toMatchObject({
      path: '/api/v1/pods',
      query: { labelSelector: 'app in (a,b)', limit: '3' },
    });
    expect(list.metadata.resourceVersion).toBe('7');
    expect(list.items).toEqual([{ apiVersion: 'v1', kind: 'Pod', ...pod }]);
  });

  it('follows the continue tokens, without the version that the first page asked for', async () => {
    const next = ['two', 'three', ''];
    await using server = await scriptedServer((_request, response) =>
      json(response, { metadata: { continue: next.shift() }, items: [pod] }),
    );
    let items = 0;
    for await (const page of server.client.pods.pages({ limit: 1, resourceVersion: '0' }))
      items += page.items.length;
    expect(items).toBe(3);
    expect(server.seen.map(({ query }) => query)).toEqual([
      { limit: '1', resourceVersion: '0' },
      { limit: '1', continue: 'two' },
      { limit: '1', continue: 'three' },
    ]);
  });
});

describe('delete', () => {
  it('sends its options in the body and tells gone from deleting', async () => {
    const answers = [
      { kind: 'Status', status: 'Success' },
      { ...pod, kind: 'Pod' },
    ];
    await using server = await scriptedServer((_request, response) => json(response, answers.shift()));
    const options = {
      gracePeriodSeconds: 0,
      propagationPolicy: 'Foreground',
      preconditions: { uid: 'u' },
    } as const;
    expect(await server.client.pods.delete('a', options)).toBeUndefined();
    expect(await server.client.pods.delete('a')).toMatchObject({ kind: 'Pod' });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject(options);
  });

  it('deletes what a selector selects', async () => {
    await using server = await scriptedServer((_request, response) => json(response, { kind: 'Status' }));
    await server.client.pods.deleteCollection({ labelSelector: 'a=b', dryRun: true });
    expect(server.seen[0]).toMatchObject({
      method: 'DELETE',
      path: '/api/v1/namespaces/default/pods',
      query: { labelSelector: 'a=b' },
    });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ dryRun: ['All'] });
  });
});

describe('apply', () => {
  it('says what to do where the server does not offer it', async () => {
    await using server = await scriptedServer((_request, response) =>
      json(response, failure(415, 'UnsupportedMediaType'), 415),
    );
    await expect(server.client.pods.apply(pod, { fieldManager: 'me' })).rejects.toMatchObject({
      code: 'unsupported-media-type',
      retry: 'never',
      httpStatus: 415,
    });
  });
});

describe('a patch that does not apply', () => {
  const test = { op: 'test', path: '/a', value: 1 } as const;
  const add = { op: 'add', path: '/a', value: 2 } as const;
  const causes = [{ reason: 'FieldValueInvalid', message: 'no', field: 'a' }];
  it.each<[string, Patch, object | undefined, string]>([
    ['a test, no causes', { type: 'json', operations: [test, add] }, {}, 'conflict'],
    ['a test, no details', { type: 'json', operations: [test] }, undefined, 'conflict'],
    ['a test, causes', { type: 'json', operations: [test, add] }, { causes }, 'invalid'],
    ['no test', { type: 'json', operations: [add] }, {}, 'invalid'],
    ['another kind of patch', { type: 'merge', body: { op: 'test' } }, {}, 'invalid'],
  ])('%s', async (_title, patch, details, code) => {
    await using server = await scriptedServer((_request, response) =>
      json(response, failure(422, 'Invalid', details), 422),
    );
    // What the server said stays there to be handed on.
    await expect(server.client.pods.patch('p', patch)).rejects.toMatchObject({
      code,
      retry: code === 'conflict' ? 'on-change' : 'never',
      httpStatus: 422,
      status: { reason: 'Invalid' },
    });
  });
});

describe('what a compiler would refuse', () => {
  // As in `machine.metadata.name!` of an object that has none yet.
  const { name: absent } = JSON.parse('{}') as { name: string };
  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['get', (client) => client.pods.get(absent)],
    ['delete', (client) => client.pods.delete(absent)],
    ['delete of the empty name', (client) => client.pods.delete('')],
    ['patch', (client) => client.pods.patch(absent, { type: 'merge', body: {} })],
    ['subresource', (client) => client.pods.subresource(absent, 'log')],
    ['replace', (client) => client.pods.replace({ ...pod, metadata: {} })],
  ])('%s without a name never becomes a request for all objects', async (_name, call) => {
    await using server = await scriptedServer((_request, response) => json(response, {}));
    await expect(call(server.client)).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ field: 'metadata.name' }],
    });
    expect(server.seen).toEqual([]);
  });

  it.each([
    ['nothing', 'null', ''],
    ['no metadata', '{}', 'metadata'],
    ['a list', '[]', ''],
  ])('an object that is none is named: %s', async (_name, text, field) => {
    await using server = await scriptedServer((_request, response) => json(response, {}));
    const object = JSON.parse(text) as typeof pod;
    const { pods } = server.client;
    const calls = [pods.create(object), pods.createOrPatch(object), pods.validate(object)];
    for (const call of await Promise.allSettled(calls))
      expect(call).toMatchObject({ reason: { code: 'invalid', fields: [{ field }] } });
    expect(server.seen).toEqual([]);
  });
});

describe('an unknown path', () => {
  it('is named', async () => {
    await using server = await scriptedServer((_request, response) =>
      json(response, failure(404, 'NotFound'), 404),
    );
    await expect(server.client.virtualMachines.list()).rejects.toMatchObject({
      code: 'not-found',
      message: 'it is NotFound (GET /apis/kubevirt.io/v1/namespaces/default/virtualmachines)',
    });
  });
});

describe('validate', () => {
  it('refuses before sending, with the path of the field', async () => {
    await using server = await scriptedServer((_request, response) => json(response, pod), {
      validate: 'schema',
    });
    const wrong = { metadata: { name: 'a' }, spec: { containers: [{ name: 'c' }, { name: 5 }] } };
    // A manifest read from a file has no checked type.
    const parsed = JSON.parse(JSON.stringify(wrong)) as typeof pod;
    await expect(server.client.pods.create(parsed)).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ field: 'spec.containers[1].name' }],
    });
    expect(server.seen).toEqual([]);
    await server.client.pods.create(pod);
    expect(server.seen).toHaveLength(1);
  });
});
