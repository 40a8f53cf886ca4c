import { describe, expect, test } from 'vitest';
import { CONFIGMAPS, configMap, PODS, widget, widgetDefinition, WIDGETS } from './support/fixtures.ts';
import type { Reply } from './support/client.ts';
import { startPlane } from './support/plane.ts';

const { client } = await startPlane({ crds: [widgetDefinition()] });

interface Entry {
  manager: string;
  operation: string;
  apiVersion: string;
  time: string;
  fieldsV1: unknown;
  subresource?: string;
}

function apply(path: string, body: unknown, manager: string, more = ''): Promise<Reply> {
  return client.call('PATCH', `${path}?fieldManager=${manager}${more}`, {
    body,
    type: 'application/apply-patch+yaml',
  });
}

function entries({ body }: Reply): Entry[] {
  return (body.metadata.managedFields ?? []) as Entry[];
}

/** Who owns what, without versions and times. */
function owners(reply: Reply): Record<string, unknown> {
  return Object.fromEntries(
    entries(reply).map(({ manager, operation, subresource, fieldsV1 }) => [
      [manager, operation, ...(subresource === undefined ? [] : [subresource])].join(' '),
      fieldsV1,
    ]),
  );
}

describe('server-side apply', () => {
  test('makes an object that is not there, and the manager owns what it said', async () => {
    const path = `${CONFIGMAPS}/made`;
    const since = Math.floor(Date.now() / 1000) * 1000;
    const reply = await apply(path, configMap('made', { a: '1' }, { labels: { l: 'x' } }), 'one');
    const until = Date.now();
    expect(reply.status).toBe(201);
    expect(reply.body.data).toEqual({ a: '1' });
    expect(owners(reply)).toEqual({
      'one Apply': { 'f:data': { 'f:a': {} }, 'f:metadata': { 'f:labels': { 'f:l': {} } } },
    });
    // Both are told in whole seconds, and a second may end between them.
    for (const time of [entries(reply)[0]?.time, reply.body.metadata.creationTimestamp]) {
      expect(Date.parse(time ?? '')).toBeGreaterThanOrEqual(since);
      expect(Date.parse(time ?? '')).toBeLessThanOrEqual(until);
    }
  });

  test('reads YAML, with the words that Kubernetes takes for true and false', async () => {
    const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\nimmutable: no\ndata:\n  a: "yes"\n`;
    const reply = await apply(`${CONFIGMAPS}/yaml`, yaml, 'one');
    expect(reply.body).toMatchObject({ immutable: false, data: { a: 'yes' } });
  });

  test('the same again changes nothing, not even the revision', async () => {
    const body = configMap('same', { a: '1' });
    const first = await apply(`${CONFIGMAPS}/same`, body, 'one');
    const again = await apply(`${CONFIGMAPS}/same`, body, 'one');
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });

  test('what is no longer applied goes, unless somebody else owns it too', async () => {
    const path = `${CONFIGMAPS}/goes`;
    await apply(path, configMap('goes', { a: '1', b: '2' }), 'one');
    await apply(path, configMap('goes', { b: '2', c: '3' }), 'two');
    const reply = await apply(path, configMap('goes', {}), 'one');
    expect(reply.body.data).toEqual({ b: '2', c: '3' });
    expect(Object.keys(owners(reply))).toEqual(['one Apply', 'two Apply']);
  });

  test('a value that others own otherwise is a conflict, which force decides', async () => {
    const path = `${CONFIGMAPS}/conflict`;
    await apply(path, configMap('conflict', { a: '1', b: '1' }), 'one');
    const refused = await apply(path, configMap('conflict', { a: '2', b: '1' }), 'two');
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' }],
      },
    });
    const forced = await apply(path, configMap('conflict', { a: '2', b: '1' }), 'two', '&force=true');
    expect(forced.body.data).toEqual({ a: '2', b: '1' });
    expect(owners(forced)).toEqual({
      'one Apply': { 'f:data': { 'f:b': {} } },
      'two Apply': { 'f:data': { 'f:a': {}, 'f:b': {} } },
    });
  });

  test('a field that an update changed belongs to who updated it', async () => {
    const path = `${CONFIGMAPS}/update`;
    await apply(path, configMap('update', { a: '1' }), 'one');
    const patched = await client.merge(`${path}?fieldManager=editor`, { data: { a: '2', b: '1' } });
    expect(owners(patched)).toEqual({ 'editor Update': { 'f:data': { 'f:a': {}, 'f:b': {} } } });
    const refused = await apply(path, configMap('update', { a: '1' }), 'one');
    expect(refused.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "editor" using v1: .data.a',
    );
  });

  test('fields of an object without owners belong to nobody in particular', async () => {
    const path = `${CONFIGMAPS}/unowned`;
    await client.post(CONFIGMAPS, configMap('unowned', { a: '1' }));
    const cleared = await client.merge(path, { metadata: { managedFields: [] } });
    expect(cleared.body.metadata.managedFields).toBeUndefined();
    const still = await client.merge(path, { data: { b: '1' } });
    expect(still.body.metadata.managedFields).toBeUndefined();
    const applied = await apply(path, configMap('unowned', { a: '1' }), 'one');
    expect(owners(applied)).toEqual({
      'before-first-apply Update': { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } },
      'one Apply': { 'f:data': { 'f:a': {} } },
    });
  });

  test('elements of lists are owned by their keys, with defaults for keys that are left out', async () => {
    const path = '/api/v1/namespaces/default/services/ports';
    const service = (port: Record<string, unknown>) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'ports' },
      spec: { ports: [port] },
    });
    const first = await apply(path, service({ name: 'a', port: 80 }), 'one');
    expect(owners(first)).toEqual({
      'one Apply': {
        'f:spec': {
          'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } },
        },
      },
    });
    const second = await apply(path, service({ name: 'b', port: 80, protocol: 'UDP' }), 'two');
    expect((second.body.spec.ports as { name: string }[]).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('custom resources follow the list types of their schema', async () => {
    const path = `${WIDGETS}/lists`;
    const parts = (...names: string[]) =>
      widget('lists', { size: 3, parts: names.map((name) => ({ name })) });
    await apply(path, parts('a', 'b'), 'one');
    await apply(path, parts('c'), 'two');
    const reply = await apply(path, parts('b'), 'one');
    expect((reply.body.spec.parts as { name: string }[]).map(({ name }) => name)).toEqual(['b', 'c']);
  });

  test('status is applied apart from the rest', async () => {
    const path = `${WIDGETS}/state`;
    await apply(path, widget('state', { size: 3 }), 'one');
    const status = { ...widget('state', { size: 9 }), status: { phase: 'Ready' } };
    const reply = await apply(`${path}/status`, status, 'two');
    expect(reply.body).toMatchObject({ spec: { size: 3 }, status: { phase: 'Ready' } });
    expect(owners(reply)).toEqual({
      'one Apply': { 'f:spec': { 'f:size': {} } },
      'two Apply status': { 'f:status': { 'f:phase': {} } },
    });
    const missing = await apply(
      `${WIDGETS}/missing/status`,
      { ...status, metadata: { name: 'missing' } },
      'two',
    );
    expect(missing.status).toBe(404);
  });

  test.each([
    [
      'no manager',
      `${CONFIGMAPS}/x`,
      configMap('x'),
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ],
    [
      'another kind',
      `${CONFIGMAPS}/x?fieldManager=a`,
      widget('x'),
      400,
      'invalid object type: example.com/v1, Kind=Widget',
    ],
    ['another name', `${CONFIGMAPS}/x?fieldManager=a`, configMap('y'), 400, 'does not match'],
    [
      'another name and a value that cannot be read, of which it tells',
      `${CONFIGMAPS}/x?fieldManager=a`,
      { ...configMap('y'), binaryData: { a: '!' } },
      400,
      'base64',
    ],
    [
      'no name',
      `${CONFIGMAPS}/x?fieldManager=a`,
      { apiVersion: 'v1', kind: 'ConfigMap' },
      400,
      'name must be provided',
    ],
    [
      'owners',
      `${CONFIGMAPS}/x?fieldManager=a`,
      configMap('x', {}, { managedFields: [] }),
      400,
      'metadata.managedFields must be nil',
    ],
    [
      'an unknown field',
      `${CONFIGMAPS}/x?fieldManager=a`,
      { ...configMap('x'), extra: 1 },
      500,
      '.extra: field not declared in schema',
    ],
    ['no YAML', `${CONFIGMAPS}/x?fieldManager=a`, 'a: [', 400, 'error decoding YAML'],
    ['a uid', `${CONFIGMAPS}/x?fieldManager=a`, configMap('x', {}, { uid: 'u' }), 409, 'uid mismatch'],
    [
      'no namespace',
      `/api/v1/namespaces/none/configmaps/x?fieldManager=a`,
      configMap('x'),
      404,
      'namespaces "none" not found',
    ],
  ])('refuses %s', async (_what, path, body, status, message) => {
    const reply = await client.call('PATCH', path, { body, type: 'application/apply-patch+yaml' });
    expect([reply.status, reply.body.message]).toEqual([status, expect.stringContaining(message)]);
  });

  test('a dry run applies nothing', async () => {
    const reply = await apply(`${CONFIGMAPS}/dry`, configMap('dry', { a: '1' }), 'one', '&dryRun=All');
    expect([reply.status, reply.body.data]).toEqual([201, { a: '1' }]);
    expect((await client.get(`${CONFIGMAPS}/dry`)).status).toBe(404);
  });

  test('members that occur twice are told of, or refused', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: twice}\ndata:\n  a: "1"\n  a: "2"\n';
    const strict = await apply(`${CONFIGMAPS}/twice`, yaml, 'one', '&fieldValidation=Strict');
    expect(strict.body.message).toBe(
      'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 6: key "a" already set in map',
    );
    const warned = await apply(`${CONFIGMAPS}/twice`, yaml, 'one', '&fieldValidation=Warn');
    expect(warned.headers.warning).toContain('already set in map');
    expect(warned.body.data).toEqual({ a: '2' });
  });
});

describe('owners of other writes', () => {
  test('the client is named by its User-Agent unless it names a manager', async () => {
    const reply = await client.post(CONFIGMAPS, configMap('agent', { a: '1' }), {
      headers: { 'user-agent': 'tool/v1.2 (linux)' },
    });
    expect(owners(reply)).toEqual({ 'tool Update': { 'f:data': { '.': {}, 'f:a': {} } } });
    const long = await client.merge(`${CONFIGMAPS}/agent?fieldManager=${'x'.repeat(129)}`, {});
    expect(long.body.message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    );
    const forced = await client.merge(`${CONFIGMAPS}/agent?force=true`, {});
    expect(forced.body.message).toContain('force: Forbidden: may not be specified for non-apply patch');
  });

  test('a PUT by a client that knows nothing of owners keeps them', async () => {
    const path = `${CONFIGMAPS}/put`;
    await apply(path, configMap('put', { a: '1' }), 'one');
    const reply = await client.put(`${path}?fieldManager=two`, configMap('put', { a: '1', b: '1' }));
    expect(owners(reply)).toEqual({
      'one Apply': { 'f:data': { 'f:a': {} } },
      'two Update': { 'f:data': { 'f:b': {} } },
    });
  });

  test('owners that cannot be read are put back', async () => {
    const path = `${CONFIGMAPS}/garbage`;
    await apply(path, configMap('garbage', { a: '1' }), 'one');
    const broken = [
      { manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { x: {} } },
    ];
    const reply = await client.merge(path, { metadata: { managedFields: broken } });
    expect(reply.status).toBe(200);
    expect(owners(reply)).toEqual({ 'one Apply': { 'f:data': { 'f:a': {} } } });
  });

  test('of more than ten updaters the oldest are put together', async () => {
    const path = `${CONFIGMAPS}/many`;
    await client.post(`${CONFIGMAPS}?fieldManager=m00`, configMap('many', { k0: '' }));
    for (let index = 1; index <= 11; index += 1)
      await client.merge(`${path}?fieldManager=m${String(index).padStart(2, '0')}`, {
        data: { [`k${index}`]: '' },
      });
    const reply = await client.get(path);
    const names = entries(reply).map(({ manager }) => manager);
    expect(names).toHaveLength(10);
    expect(names).toContain('ancient-changes');
    expect(names).toContain('m11');
  });

  test('a binding and what the server decides belong to nobody', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bound' },
      spec: { containers: [{ name: 'main', image: 'busybox:1' }] },
    };
    await client.post(`${PODS}?fieldManager=maker`, pod);
    await client.post(`${PODS}/bound/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'bound' },
      target: { kind: 'Node', name: 'n' },
    });
    const reply = await client.get(`${PODS}/bound`);
    expect(Object.keys(owners(reply))).toEqual(['maker Update']);
    expect(JSON.stringify(owners(reply))).not.toContain('nodeName');
  });
});
