import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '../src/index.ts';
import { Client } from './support/client.ts';
import { CONFIGMAPS, configMap, pod, PODS, widget, widgetDefinition, WIDGETS } from './support/fixtures.ts';
import {
  configuration,
  MUTATING,
  patch,
  VALIDATING,
  webhook,
  WebhookServer,
  type ReviewRequest,
} from './support/webhook-server.ts';

let plane: ControlPlane;
let client: Client;
let server: WebhookServer;

beforeAll(async () => {
  server = await WebhookServer.start();
  const definition = widgetDefinition();
  const [v1] = definition.spec.versions;
  plane = await startControlPlane({
    crds: [
      {
        ...definition,
        spec: { ...definition.spec, versions: [v1!, { ...v1!, name: 'v2', storage: false }] },
      },
    ],
    podSubresources: { handle: (_request, response) => void response.end('done') },
  });
  client = new Client(plane);
});

afterEach(async () => {
  await client.delete(MUTATING);
  await client.delete(VALIDATING);
  for (const path of [CONFIGMAPS, WIDGETS]) await client.delete(path);
  server.forget();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await plane.stop();
  await server[Symbol.asyncDispose]();
});

async function mutating(name: string, ...webhooks: object[]): Promise<void> {
  expect(await client.post(MUTATING, configuration('Mutating', name, ...webhooks))).toMatchObject({
    status: 201,
  });
}

async function validating(name: string, ...webhooks: object[]): Promise<void> {
  expect(await client.post(VALIDATING, configuration('Validating', name, ...webhooks))).toMatchObject({
    status: 201,
  });
}

const widgets = (more: Record<string, unknown> = {}) => ({
  rules: [
    {
      operations: ['*'],
      apiGroups: ['example.com'],
      apiVersions: ['v1'],
      resources: ['widgets', 'widgets/status', 'widgets/scale'],
      ...more,
    },
  ],
});

function seen(path: string): ReviewRequest[] {
  return server.reviews.filter((review) => review.path === path).map((review) => review.request);
}

describe('mutating webhooks', () => {
  test('change objects before they are completed, defaulted, validated and stored', async () => {
    server.on('/colour', () =>
      patch({ op: 'remove', path: '/spec/colour' }, { op: 'add', path: '/spec/unknown', value: 1 }),
    );
    await mutating('colour', webhook('colour.example.com', server.config('/colour'), widgets()));
    const { status, body } = await client.post(
      `${WIDGETS}?fieldManager=me`,
      widget('w', { size: 3, colour: 'green' }, { labels: { a: 'b' } }),
    );
    expect(status).toBe(201);
    // The default is filled in again, and what the schema does not know is pruned.
    expect(body.spec).toEqual({ size: 3, colour: 'red', replicas: 1 });
    const [request] = seen('/colour');
    expect(request).toMatchObject({
      operation: 'CREATE',
      name: 'w',
      namespace: 'default',
      kind: { group: 'example.com', version: 'v1', kind: 'Widget' },
      resource: { group: 'example.com', version: 'v1', resource: 'widgets' },
      requestKind: { group: 'example.com', version: 'v1', kind: 'Widget' },
      requestResource: { group: 'example.com', version: 'v1', resource: 'widgets' },
      object: {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        spec: { size: 3, colour: 'green', replicas: 1 },
      },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' },
      userInfo: { username: 'kubernetes-admin' },
    });
    expect(request?.object?.metadata.uid).toBeUndefined();
    expect(request?.object?.metadata.creationTimestamp).toBeUndefined();
  });

  test('cannot make an object that is not valid', async () => {
    server.on('/size', () => patch({ op: 'replace', path: '/spec/size', value: 11 }));
    await mutating('size', webhook('size.example.com', server.config('/size'), widgets()));
    const { status, body } = await client.post(WIDGETS, widget('w'));
    expect(status).toBe(422);
    expect(body.details.causes).toMatchObject([{ field: 'spec.size' }]);
  });

  test('are called in the order of their configurations and in these', async () => {
    const add = (letter: string) => (request: ReviewRequest) =>
      patch({
        op: 'add',
        path: '/data/order',
        value: `${(request.object?.data as Record<string, string> | undefined)?.order ?? ''}${letter}`,
      });
    for (const letter of ['a', 'b', 'c']) server.on(`/${letter}`, add(letter));
    const hook = (letter: string) => webhook(`${letter}.example.com`, server.config(`/${letter}`));
    await mutating('second', hook('c'));
    await mutating('first', hook('b'), hook('a'));
    expect((await client.post(CONFIGMAPS, configMap('c', { x: 'y' }))).body.data).toEqual({
      x: 'y',
      order: 'bac',
    });
  });

  test.each([
    ['Never', ['/early', '/late']],
    ['IfNeeded', ['/early', '/late', '/early']],
  ])('are called again after a later one changed the object: %s', async (reinvocationPolicy, calls) => {
    server.on('/early', () => ({ allowed: true }));
    server.on('/late', () => patch({ op: 'add', path: '/data/late', value: 'yes' }));
    await mutating(
      'again',
      webhook('early.example.com', server.config('/early'), { reinvocationPolicy }),
      webhook('late.example.com', server.config('/late'), { reinvocationPolicy }),
    );
    await client.post(CONFIGMAPS, configMap('c', { x: 'y' }));
    expect(server.reviews.map(({ path }) => path)).toEqual(calls);
  });

  test('see deletions, which they cannot change', async () => {
    await client.post(CONFIGMAPS, configMap('c', { x: 'y' }));
    server.on('/delete', () => patch({ op: 'add', path: '/data/late', value: 'yes' }));
    await mutating('delete', webhook('delete.example.com', server.config('/delete')));
    const { status, body } = await client.delete(`${CONFIGMAPS}/c`, { gracePeriodSeconds: 0 });
    expect(status).toBe(500);
    expect(body.message).toBe(
      'Internal error occurred: admission webhook "delete.example.com" attempted to modify the object, which is not supported for this operation',
    );
    expect(seen('/delete')).toMatchObject([
      {
        operation: 'DELETE',
        object: null,
        oldObject: { data: { x: 'y' } },
        options: { kind: 'DeleteOptions', gracePeriodSeconds: 0 },
      },
    ]);
  });
});

describe('validating webhooks', () => {
  test.each<[string, Record<string, unknown>, number, Record<string, unknown>]>([
    [
      'without a status',
      { allowed: false },
      400,
      { message: 'admission webhook "no.example.com" denied the request without explanation' },
    ],
    [
      'with a message',
      { allowed: false, status: { message: 'no way' } },
      400,
      { message: 'admission webhook "no.example.com" denied the request: no way' },
    ],
    [
      'with a reason only',
      { allowed: false, status: { reason: 'Forbidden', code: 403 } },
      403,
      { message: 'admission webhook "no.example.com" denied the request: Forbidden', reason: 'Forbidden' },
    ],
    [
      'with code, reason and details',
      {
        allowed: false,
        status: { code: 422, reason: 'Invalid', message: 'bad', details: { causes: [{ field: 'data' }] } },
      },
      422,
      { reason: 'Invalid', details: { causes: [{ field: 'data' }] } },
    ],
    [
      'with a code that says success',
      { allowed: false, status: { status: 'Success', code: 200, message: 'fine' } },
      400,
      { status: 'Failure', code: 400 },
    ],
  ])('refuse %s', async (_how, answer, code, status) => {
    server.on('/no', () => answer);
    await validating('no', webhook('no.example.com', server.config('/no')));
    const reply = await client.post(CONFIGMAPS, configMap('c'));
    expect(reply.status).toBe(code);
    expect(reply.body).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...status });
    expect((await client.get(`${CONFIGMAPS}/c`)).status).toBe(404);
  });

  test('see the object as it would be stored, and the one before', async () => {
    server.on('/see', () => ({ allowed: true, warnings: ['take care'] }));
    await validating('see', webhook('see.example.com', server.config('/see')));
    const created = await client.post(CONFIGMAPS, { ...configMap(''), metadata: { generateName: 'c-' } });
    expect(created.headers.warning).toBe('299 - "take care"');
    const { name, uid } = created.body.metadata;
    await client.merge(`${CONFIGMAPS}/${name}`, { data: { a: 'b' } });
    expect(seen('/see')).toMatchObject([
      { operation: 'CREATE', name, object: { metadata: { name, uid } }, oldObject: null },
      {
        operation: 'UPDATE',
        object: { data: { a: 'b' }, metadata: { uid } },
        oldObject: { metadata: { uid } },
        options: { kind: 'UpdateOptions' },
      },
    ]);
  });

  test('are asked about every object of a collection that is deleted', async () => {
    for (const name of ['a', 'b']) await client.post(CONFIGMAPS, configMap(name));
    server.on('/keep', ({ name }) => ({ allowed: name !== 'b' }));
    await validating('keep', webhook('keep.example.com', server.config('/keep')));
    expect((await client.delete(CONFIGMAPS)).status).toBe(400);
    expect((await client.get(CONFIGMAPS)).body.items.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  test('take part in dry runs unless they have side effects then', async () => {
    server.on('/dry', () => ({ allowed: true }));
    await validating(
      'dry',
      webhook('dry.example.com', server.config('/dry'), { sideEffects: 'NoneOnDryRun' }),
    );
    expect((await client.post(`${CONFIGMAPS}?dryRun=All`, configMap('c'))).status).toBe(201);
    expect(seen('/dry')).toMatchObject([{ dryRun: true, options: { dryRun: ['All'] } }]);
  });

  test('are not called about what configures webhooks', async () => {
    server.on('/all', () => ({ allowed: false }));
    const rules = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }];
    await validating('all', webhook('all.example.com', server.config('/all'), { rules }));
    expect((await client.post(CONFIGMAPS, configMap('c'))).status).toBe(400);
    expect((await client.delete(`${VALIDATING}/all`)).status).toBe(200);
    expect((await client.post(CONFIGMAPS, configMap('c'))).status).toBe(201);
  });
});

describe('which requests', () => {
  test('a rule for one version covers the others by conversion, unless it wants exact matches', async () => {
    server.on('/equivalent', () => patch({ op: 'add', path: '/metadata/labels', value: { seen: 'v1' } }));
    server.on('/exact', () => ({ allowed: false }));
    await mutating('equivalent', webhook('equivalent.example.com', server.config('/equivalent'), widgets()));
    await validating(
      'exact',
      webhook('exact.example.com', server.config('/exact'), { ...widgets(), matchPolicy: 'Exact' }),
    );
    const path = WIDGETS.replace('/v1/', '/v2/');
    const { status, body } = await client.post(path, { ...widget('w'), apiVersion: 'example.com/v2' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ apiVersion: 'example.com/v2', metadata: { labels: { seen: 'v1' } } });
    expect(seen('/exact')).toEqual([]);
    expect(seen('/equivalent')).toMatchObject([
      {
        kind: { version: 'v1' },
        resource: { version: 'v1' },
        requestKind: { version: 'v2' },
        requestResource: { version: 'v2' },
        object: { apiVersion: 'example.com/v1' },
      },
    ]);
  });

  test('selectors look at the labels of the namespace, and of the object before and after', async () => {
    server.on('/labels', () => ({ allowed: true }));
    await validating(
      'labels',
      webhook('labels.example.com', server.config('/labels'), {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['default'] }],
        },
        objectSelector: { matchLabels: { watched: 'yes' } },
      }),
    );
    await client.post(CONFIGMAPS, configMap('plain'));
    await client.post(
      '/api/v1/namespaces/kube-system/configmaps',
      configMap('w', {}, { labels: { watched: 'yes' } }),
    );
    expect(seen('/labels')).toEqual([]);
    await client.post(CONFIGMAPS, configMap('w', {}, { labels: { watched: 'yes' } }));
    await client.merge(`${CONFIGMAPS}/w`, { metadata: { labels: { watched: null } } });
    await client.merge(`${CONFIGMAPS}/w`, { data: { a: 'b' } });
    expect(seen('/labels').map(({ operation }) => operation)).toEqual(['CREATE', 'UPDATE']);
  });

  test('subresources are shown as what they are', async () => {
    server.on('/sub', () => ({ allowed: true }));
    const rules = [
      {
        operations: ['*'],
        apiGroups: ['', 'example.com'],
        apiVersions: ['*'],
        resources: ['pods/*', 'widgets/*'],
      },
    ];
    await client.post(WIDGETS, widget('w'));
    await client.post(PODS, pod('p'));
    await validating('sub', webhook('sub.example.com', server.config('/sub'), { rules }));
    await client.merge(`${WIDGETS}/w/status`, { status: { phase: 'X' } });
    await client.merge(`${WIDGETS}/w/scale`, { spec: { replicas: 4 } });
    await client.post(`${PODS}/p/binding`, {
      metadata: { name: 'p' },
      target: { kind: 'Node', name: 'n' },
    });
    await client.call('POST', `${PODS}/p/exec?command=ls&stdout=true&container=main`);
    await client.post(`${PODS}/p/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'p' },
    });
    expect(
      seen('/sub').map(({ operation, subResource, kind, object }) => [
        operation,
        subResource,
        kind.kind,
        kind.group,
        object?.kind,
      ]),
    ).toEqual([
      ['UPDATE', 'status', 'Widget', 'example.com', 'Widget'],
      ['UPDATE', 'scale', 'Scale', 'autoscaling', 'Scale'],
      ['CREATE', 'binding', 'Binding', '', 'Binding'],
      ['CONNECT', 'exec', 'PodExecOptions', '', 'PodExecOptions'],
      ['CREATE', 'eviction', 'Eviction', 'policy', 'Eviction'],
    ]);
    expect(seen('/sub')[1]).toMatchObject({
      object: { spec: { replicas: 4 } },
      oldObject: { spec: { replicas: 1 } },
    });
    expect(seen('/sub')[3]).toMatchObject({ object: { command: ['ls'], stdout: true, container: 'main' } });
    await client.delete(`${PODS}/p?gracePeriodSeconds=0`);
  });

  test('a change of a shown Scale is a change of the object', async () => {
    await client.post(WIDGETS, widget('w'));
    server.on('/scale', () => patch({ op: 'replace', path: '/spec/replicas', value: 2 }));
    const rules = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/scale'] }];
    await mutating('scale', webhook('scale.example.com', server.config('/scale'), { rules }));
    expect((await client.merge(`${WIDGETS}/w/scale`, { spec: { replicas: 4 } })).body.spec).toEqual({
      replicas: 2,
    });
  });
});
