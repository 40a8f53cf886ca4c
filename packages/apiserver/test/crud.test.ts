import { describe, expect, test } from 'vitest';
import { CONFIGMAPS, configMap, widget, widgetDefinition, WIDGETS } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const { plane, client } = await startPlane({ crds: [widgetDefinition()] });

describe('objects', () => {
  test('creation fills in the system metadata and the location is readable', async () => {
    const created = await client.post(CONFIGMAPS, configMap('first', { a: '1' }));
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'first', namespace: 'default' },
      data: { a: '1' },
    });
    const { uid, resourceVersion, creationTimestamp } = created.body.metadata;
    expect(uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number(resourceVersion)).toBeGreaterThan(1);
    expect(creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect((await client.get(`${CONFIGMAPS}/first`)).body).toEqual(created.body);
  });

  test.each([
    [
      'a second object of the same name',
      () => client.post(CONFIGMAPS, configMap('first')),
      409,
      'AlreadyExists',
    ],
    ['a missing object', () => client.get(`${CONFIGMAPS}/absent`), 404, 'NotFound'],
    [
      'a missing namespace',
      () => client.post('/api/v1/namespaces/nowhere/configmaps', configMap('x')),
      404,
      'NotFound',
    ],
    ['an unknown resource', () => client.get('/api/v1/namespaces/default/unicorns'), 404, 'NotFound'],
    ['an invalid name', () => client.post(CONFIGMAPS, configMap('No Good')), 422, 'Invalid'],
    ['no name', () => client.post(CONFIGMAPS, { metadata: {} }), 422, 'Invalid'],
    [
      'another namespace in the object',
      () => client.post(CONFIGMAPS, configMap('x', {}, { namespace: 'other' })),
      400,
      'BadRequest',
    ],
    ['another kind', () => client.post(CONFIGMAPS, { ...configMap('x'), kind: 'Secret' }), 400, 'BadRequest'],
    ['broken JSON', () => client.post(CONFIGMAPS, '{'), 400, 'BadRequest'],
    [
      'another media type',
      () => client.post(CONFIGMAPS, 'a: b', { type: 'application/yaml' }),
      415,
      'UnsupportedMediaType',
    ],
    [
      'a body over 3 MiB',
      () => client.post(CONFIGMAPS, configMap('x', { a: 'x'.repeat(3 << 20) })),
      413,
      'RequestEntityTooLarge',
    ],
    ['no token', () => client.get(CONFIGMAPS, { token: '' }), 403, 'Forbidden'],
    ['a wrong token', () => client.get(CONFIGMAPS, { token: 'guess' }), 401, 'Unauthorized'],
    [
      'server-side apply in CBOR',
      () => client.call('PATCH', `${CONFIGMAPS}/first`, { body: {}, type: 'application/apply-patch+cbor' }),
      415,
      'UnsupportedMediaType',
    ],
    [
      'a label selector that cannot be parsed',
      () => client.get(`${CONFIGMAPS}?labelSelector=a%3D%3D%3Db`),
      400,
      'BadRequest',
    ],
    [
      'a field that cannot be selected by',
      () => client.get(`${CONFIGMAPS}?fieldSelector=data.a%3D1`),
      400,
      'BadRequest',
    ],
  ])('%s is refused', async (_what, call, status, reason) => {
    const reply = await call();
    expect(reply.body).toMatchObject({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: status,
      reason,
    });
    expect(reply.status).toBe(status);
  });

  test('a preset resourceVersion is refused without a reason, as kube-apiserver does', async () => {
    const { body } = await client.post(CONFIGMAPS, configMap('x', {}, { resourceVersion: '1' }));
    expect(body).toMatchObject({
      code: 500,
      message: 'resourceVersion should not be set on objects to be created',
    });
    expect(body.reason).toBeUndefined();
  });

  test('generateName makes distinct names', async () => {
    const names = await Promise.all(
      Array.from(
        { length: 20 },
        async () =>
          (await client.post(CONFIGMAPS, { metadata: { generateName: 'gen-' } })).body.metadata.name,
      ),
    );
    expect(new Set(names).size).toBe(20);
    for (const name of names) expect(name).toMatch(/^gen-[a-z0-9]{5}$/);
  });

  test('an update needs the present revision if it names one', async () => {
    const { body } = await client.post(CONFIGMAPS, configMap('contended'));
    const ok = await client.put(`${CONFIGMAPS}/contended`, { ...body, data: { v: '1' } });
    expect(ok.status).toBe(200);
    expect(Number(ok.body.metadata.resourceVersion)).toBeGreaterThan(Number(body.metadata.resourceVersion));
    const stale = await client.put(`${CONFIGMAPS}/contended`, { ...body, data: { v: '2' } });
    expect(stale.body).toMatchObject({ code: 409, reason: 'Conflict' });
    const blind = await client.put(`${CONFIGMAPS}/contended`, configMap('contended', { v: '3' }));
    expect(blind.body).toMatchObject({
      data: { v: '3' },
      metadata: { uid: body.metadata.uid, creationTimestamp: body.metadata.creationTimestamp },
    });
  });

  test('an update without a change is not a write', async () => {
    const { body } = await client.post(CONFIGMAPS, configMap('still', { a: '1' }));
    const before = plane.metrics().writes;
    const same = await client.merge(`${CONFIGMAPS}/still`, { data: { a: '1' } });
    expect(same.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
    expect(plane.metrics().writes).toBe(before);
  });

  test('concurrent patches are all applied', async () => {
    await client.post(CONFIGMAPS, configMap('counted'));
    const keys = Array.from({ length: 25 }, (_, index) => `k${index}`);
    const replies = await Promise.all(
      keys.map((key) => client.merge(`${CONFIGMAPS}/counted`, { data: { [key]: 'x' } })),
    );
    expect(replies.map((reply) => reply.status)).toEqual(keys.map(() => 200));
    expect(Object.keys((await client.get(`${CONFIGMAPS}/counted`)).body.data ?? {}).sort()).toEqual(
      keys.sort(),
    );
  });

  test('JSON patch: applied, refused when a test fails, and rejected when malformed', async () => {
    await client.post(CONFIGMAPS, configMap('jp', { a: '1' }));
    const patch = (body: unknown) =>
      client.call('PATCH', `${CONFIGMAPS}/jp`, { body, type: 'application/json-patch+json' });
    const ok = await patch([
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'add', path: '/data/b', value: '2' },
    ]);
    expect(ok.body.data).toEqual({ a: '1', b: '2' });
    expect((await patch([{ op: 'test', path: '/data/a', value: '9' }])).body).toMatchObject({
      code: 422,
      reason: 'Invalid',
    });
    // A test for null holds where the member is missing, not where it has a value or would have no place.
    expect((await patch([{ op: 'test', path: '/data/c', value: null }])).status).toBe(200);
    for (const path of ['/data/a', '/missing/c'])
      expect((await patch([{ op: 'test', path, value: null }])).status).toBe(422);
    expect((await patch([{ op: 'frobnicate', path: '/data/a' }])).status).toBe(422);
    expect((await patch({ data: {} })).status).toBe(400);
  });

  test('dryRun stores nothing', async () => {
    const reply = await client.post(`${CONFIGMAPS}?dryRun=All`, configMap('ghost'));
    expect(reply.status).toBe(201);
    expect(reply.body.metadata.uid).toBeTruthy();
    expect((await client.get(`${CONFIGMAPS}/ghost`)).status).toBe(404);
    expect((await client.post(`${CONFIGMAPS}?dryRun=Some`, configMap('ghost'))).status).toBe(422);
  });
});

describe('custom resources', () => {
  test('defaults are filled in, unknown fields removed, generation starts at 1', async () => {
    const { body, status, headers } = await client.post(
      WIDGETS,
      widget('w1', { size: 3, bogus: true, free: { any: 1 }, parts: [{ name: 'p' }] }),
    );
    expect(status).toBe(201);
    expect(body.spec).toEqual({
      size: 3,
      colour: 'red',
      replicas: 1,
      free: { any: 1 },
      parts: [{ name: 'p', weight: 1.5 }],
    });
    expect(body.metadata.generation).toBe(1);
    expect(headers.warning).toContain('unknown field \\"spec.bogus\\"');
  });

  test('violations are reported with field paths', async () => {
    const { body } = await client.post(
      WIDGETS,
      widget('bad', { size: 99, colour: 'blue', port: true, parts: [{ name: 'a' }, { name: 'a' }] }),
    );
    expect(body).toMatchObject({
      code: 422,
      reason: 'Invalid',
      details: { name: 'bad', group: 'example.com', kind: 'Widget' },
    });
    expect(
      body.details.causes
        .map((cause: { field: string; reason: string }) => [cause.field, cause.reason])
        .sort(),
    ).toEqual([
      ['spec.colour', 'FieldValueNotSupported'],
      ['spec.parts[1]', 'FieldValueDuplicate'],
      ['spec.port', 'FieldValueTypeInvalid'],
      ['spec.size', 'FieldValueInvalid'],
    ]);
    const missing = await client.post(WIDGETS, { metadata: { name: 'bad' } });
    expect(missing.body.details.causes).toMatchObject([{ field: 'spec', reason: 'FieldValueRequired' }]);
  });

  test('status is a subresource of its own and generation counts only the spec', async () => {
    const created = await client.post(WIDGETS, { ...widget('w2'), status: { phase: 'Sneaky' } });
    expect(created.body.status).toBeUndefined();
    const status = await client.merge(`${WIDGETS}/w2/status`, {
      status: { phase: 'Fine' },
      spec: { size: 9 },
    });
    expect(status.body).toMatchObject({
      status: { phase: 'Fine' },
      spec: { size: 3 },
      metadata: { generation: 1 },
    });
    const main = await client.merge(`${WIDGETS}/w2`, { status: { phase: 'Sneaky' }, spec: { size: 4 } });
    expect(main.body).toMatchObject({
      status: { phase: 'Fine' },
      spec: { size: 4 },
      metadata: { generation: 2 },
    });
    const labels = await client.merge(`${WIDGETS}/w2`, { metadata: { labels: { a: 'b' } } });
    expect(labels.body.metadata.generation).toBe(2);
  });

  test('scale reads and writes the replicas', async () => {
    await client.post(WIDGETS, widget('w3'));
    expect((await client.get(`${WIDGETS}/w3/scale`)).body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 1 },
    });
    const scaled = await client.merge(`${WIDGETS}/w3/scale`, { spec: { replicas: 5 } });
    expect(scaled.body.spec.replicas).toBe(5);
    expect((await client.get(`${WIDGETS}/w3`)).body).toMatchObject({
      spec: { replicas: 5 },
      metadata: { generation: 2 },
    });
  });

  test('a replacing update must name the revision; strategic merge patch is refused', async () => {
    await client.post(WIDGETS, widget('w4'));
    const blind = await client.put(`${WIDGETS}/w4`, widget('w4', { size: 5 }));
    expect(blind.body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'metadata.resourceVersion' }] },
    });
    expect((await client.strategic(`${WIDGETS}/w4`, { spec: { size: 5 } })).body).toMatchObject({
      code: 415,
      reason: 'UnsupportedMediaType',
    });
  });

  test('null is no object of a custom resource, but one without a name of a built-in kind', async () => {
    const unrecognized =
      "the object provided is unrecognized (must be of type Widget): Object 'Kind' is missing in 'null' (6e756c6c)";
    for (const reply of [await client.post(WIDGETS, 'null'), await client.put(`${WIDGETS}/w4`, 'null')])
      expect(reply.body).toMatchObject({ code: 400, reason: 'BadRequest', message: unrecognized });
    const { body } = await client.post(CONFIGMAPS, 'null');
    expect(body).toMatchObject({ code: 422, details: { causes: [{ field: 'metadata.name' }] } });
  });

  test('a definition posted by anyone is served when its creation is answered', async () => {
    const gadget = widgetDefinition();
    gadget.metadata.name = 'gadgets.example.com';
    gadget.spec.names = { plural: 'gadgets', kind: 'Gadget' };
    const { body, status } = await client.post(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      gadget,
    );
    expect(status).toBe(201);
    expect(body.status.conditions).toMatchObject([
      { type: 'NamesAccepted', status: 'True' },
      { type: 'Established', status: 'True' },
    ]);
    const path = '/apis/example.com/v1/namespaces/default/gadgets';
    expect((await client.get(path)).body).toMatchObject({ kind: 'GadgetList', items: [] });
    expect(
      (await client.get('/apis/example.com/v1')).body.resources.map((r: { name: string }) => r.name),
    ).toContain('gadgets/status');
  });

  test('a malformed definition is refused with its fields', async () => {
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const broken = widgetDefinition();
    broken.metadata.name = 'other.example.com';
    broken.spec.versions[0]!.schema!.openAPIV3Schema!.properties!.spec!.properties!.list = { type: 'array' };
    const { body } = await client.post(definitions, broken);
    expect(body.details.causes.map((cause) => cause.field)).toEqual([
      'metadata.name',
      'spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.list.items',
    ]);
  });
});
