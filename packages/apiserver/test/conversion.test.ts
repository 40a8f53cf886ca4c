import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane, type CustomResourceDefinition } from '../src/index.ts';
import { Client } from './support/client.ts';
import {
  configuration,
  json,
  patch,
  VALIDATING,
  MUTATING,
  webhook,
  WebhookServer,
} from './support/webhook-server.ts';

interface Gauge {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; [member: string]: unknown };
  spec: Record<string, unknown>;
}

interface ConversionRequest {
  uid: string;
  desiredAPIVersion: string;
  objects: Gauge[];
}

let plane: ControlPlane;
let client: Client;
let server: WebhookServer;
/** How many objects each call of the webhook brought. */
const calls: number[] = [];
/** Replaces the answer of the webhook. */
let misbehave: ((request: ConversionRequest, response: ServerResponse) => void) | undefined;

const V1 = '/apis/gauges.example.com/v1/namespaces/default/gauges';
const V2 = '/apis/gauges.example.com/v2/namespaces/default/gauges';

/** `spec.size` of v1 is called `spec.dimensions.size` in v2. */
function converted(object: Gauge, apiVersion: string): Gauge {
  const { spec } = object;
  const size = (spec.size ?? (spec.dimensions as { size: number } | undefined)?.size) as number;
  return {
    ...object,
    apiVersion,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, as: apiVersion.split('/')[1]! } },
    spec: apiVersion.endsWith('/v1') ? { size } : { dimensions: { size } },
  };
}

function success(request: ConversionRequest, convertedObjects: unknown[], more: object = {}) {
  return {
    kind: 'ConversionReview',
    apiVersion: 'apiextensions.k8s.io/v1',
    response: { uid: request.uid, result: { status: 'Success' }, convertedObjects, ...more },
  };
}

function definition(clientConfig: object): CustomResourceDefinition {
  const version = (name: string, storage: boolean, properties: object) => ({
    name,
    served: true,
    storage,
    subresources: {
      status: {},
      scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' },
    },
    selectableFields: [{ jsonPath: name === 'v1' ? '.spec.size' : '.spec.dimensions.size' }],
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: {
          spec: { type: 'object', properties },
          status: { type: 'object', properties: { size: { type: 'integer' } } },
        },
      },
    },
  });
  const size = { type: 'integer', maximum: 100 };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gauges.gauges.example.com' },
    spec: {
      group: 'gauges.example.com',
      scope: 'Namespaced',
      names: { plural: 'gauges', kind: 'Gauge' },
      versions: [
        version('v1', true, { size }),
        version('v2', false, { dimensions: { type: 'object', properties: { size } } }),
      ],
      conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1'] } },
    },
  } as CustomResourceDefinition;
}

beforeAll(async () => {
  server = await WebhookServer.start();
  server.raw('/convert', (_request, response, body) => {
    const { request } = JSON.parse(body) as { request: ConversionRequest };
    if (misbehave !== undefined) {
      misbehave(request, response);
      return;
    }
    calls.push(request.objects.length);
    json(
      response,
      success(
        request,
        request.objects.map((object) => converted(object, request.desiredAPIVersion)),
      ),
    );
  });
  plane = await startControlPlane({ crds: [definition(server.config('/convert'))] });
  client = new Client(plane);
});

afterEach(async () => {
  misbehave = undefined;
  await client.delete(VALIDATING);
  await client.delete(MUTATING);
  await client.delete(V1);
  calls.length = 0;
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await plane.stop();
  await server[Symbol.asyncDispose]();
});

const v1 = (name: string, size: number) => ({ metadata: { name }, spec: { size } });
const v2 = (name: string, size: number) => ({ metadata: { name }, spec: { dimensions: { size } } });

describe('a conversion webhook', () => {
  test('is asked for what is not in the version wanted, on every way', async () => {
    expect((await client.post(V1, v1('a', 1))).body).toMatchObject({ apiVersion: 'gauges.example.com/v1' });
    expect(calls).toEqual([]);
    const created = await client.post(V2, v2('b', 2));
    expect(created).toMatchObject({ status: 201 });
    expect(created.body).toMatchObject({
      apiVersion: 'gauges.example.com/v2',
      metadata: { name: 'b', labels: { as: 'v2' } },
      spec: { dimensions: { size: 2 } },
    });
    expect((await client.get(`${V1}/b`)).body).toMatchObject({
      metadata: { labels: { as: 'v1' } },
      spec: { size: 2 },
    });
    expect((await client.get(`${V2}/a`)).body.spec).toEqual({ dimensions: { size: 1 } });
    const list = await client.get(V2);
    expect(list.body).toMatchObject({ kind: 'GaugeList', apiVersion: 'gauges.example.com/v2' });
    expect(list.body.items.map(({ spec }) => spec)).toEqual([
      { dimensions: { size: 1 } },
      { dimensions: { size: 2 } },
    ]);
    expect(calls.at(-1)).toBe(2);
    expect((await client.merge(`${V2}/a`, { spec: { dimensions: { size: 3 } } })).body.spec).toEqual({
      dimensions: { size: 3 },
    });
    const { body } = await client.get(`${V2}/a`);
    expect((await client.put(`${V2}/a`, { ...body, spec: { dimensions: { size: 4 } } })).body.spec).toEqual({
      dimensions: { size: 4 },
    });
    expect((await client.merge(`${V2}/a/status`, { status: { size: 9 } })).body).toMatchObject({
      spec: { dimensions: { size: 4 } },
    });
    expect((await client.get(`${V1}/a`)).body).toMatchObject({ spec: { size: 4 } });
    expect((await client.delete(`${V2}/a`)).status).toBe(200);
  });

  test('is asked once for a list, and selectors see what it made', async () => {
    for (const size of [1, 2, 3]) await client.post(V1, v1(`g${size}`, size));
    const names = async (query: string) =>
      (await client.get(`${V2}?${query}`)).body.items.map((g) => g.metadata.name);
    expect(await names('fieldSelector=spec.dimensions.size%3D2')).toEqual(['g2']);
    expect(await names('labelSelector=as%3Dv2')).toEqual(['g1', 'g2', 'g3']);
    const page = await client.get(`${V2}?limit=2`);
    expect(page.body.items.map((g) => g.metadata.name)).toEqual(['g1', 'g2']);
    expect(await names(`limit=2&continue=${page.body.metadata.continue ?? ''}`)).toEqual(['g3']);
    expect(calls).toEqual([3, 3, 2, 1]);
  });

  test('is asked for the events of a watch, which keep their order', async () => {
    await client.post(V1, v1('a', 1));
    await using watch = await client.watch(
      `${V2}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    const first = await watch.take(2);
    expect(first.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']);
    expect(first[0]?.object.spec).toEqual({ dimensions: { size: 1 } });
    expect(first[1]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    for (const size of [2, 3, 4, 5]) await client.merge(`${V1}/a`, { spec: { size } });
    await client.delete(`${V1}/a`);
    const events = await watch.take(5);
    expect(events.map(({ type, object }) => [type, object.apiVersion, object.spec])).toEqual([
      ...[2, 3, 4, 5].map((size) => ['MODIFIED', 'gauges.example.com/v2', { dimensions: { size } }]),
      ['DELETED', 'gauges.example.com/v2', { dimensions: { size: 5 } }],
    ]);
    const revisions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  });

  test('is asked once for an event, however many watches tell of it', async () => {
    const { body } = await client.get(V1);
    const from = `resourceVersion=${body.metadata.resourceVersion ?? ''}`;
    await using opened = new AsyncDisposableStack();
    const watches = [];
    for (let index = 0; index < 5; index += 1) watches.push(opened.use(await client.watch(`${V2}?${from}`)));
    const selecting = opened.use(await client.watch(`${V2}?${from}&fieldSelector=spec.dimensions.size%3D2`));
    await client.post(V1, v1('a', 1));
    for (const watch of watches)
      expect(await watch.next()).toMatchObject({
        type: 'ADDED',
        object: { spec: { dimensions: { size: 1 } } },
      });
    expect(calls).toEqual([1]);
    await client.merge(`${V1}/a`, { spec: { size: 2 } });
    for (const watch of watches)
      expect(await watch.next()).toMatchObject({
        type: 'MODIFIED',
        object: { spec: { dimensions: { size: 2 } } },
      });
    expect(await selecting.next()).toMatchObject({ type: 'ADDED' });
    // Once more with what it was before, for which only the selector asks.
    expect(calls.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(1 + 1 + 2);
  });

  test('lets a watch with a selector see objects come and go', async () => {
    await client.post(V1, v1('a', 1));
    const { body } = await client.get(V2);
    await using watch = await client.watch(
      `${V2}?fieldSelector=spec.dimensions.size%3D2&resourceVersion=${body.metadata.resourceVersion ?? ''}`,
    );
    for (const size of [2, 3]) await client.merge(`${V1}/a`, { spec: { size } });
    expect((await watch.take(2)).map(({ type, object }) => [type, object.spec])).toEqual([
      ['ADDED', { dimensions: { size: 2 } }],
      ['DELETED', { dimensions: { size: 2 } }],
    ]);
  });

  test('serves admission webhooks that want another version', async () => {
    server.on('/admit', () => patch({ op: 'replace', path: '/spec/size', value: 7 }));
    const rules = [
      { operations: ['*'], apiGroups: ['gauges.example.com'], apiVersions: ['v1'], resources: ['gauges'] },
    ];
    await client.post(
      MUTATING,
      configuration('Mutating', 'm', webhook('m.example.com', server.config('/admit'), { rules })),
    );
    expect((await client.post(V2, v2('a', 1))).body.spec).toEqual({ dimensions: { size: 7 } });
  });

  test('does not spare validation in the version of the request', async () => {
    const { status, body } = await client.post(V2, v2('a', 101));
    expect(status).toBe(422);
    expect(body.details.causes).toMatchObject([{ field: 'spec.dimensions.size' }]);
  });
});

describe('a conversion webhook that', () => {
  const answers: Record<string, [(request: ConversionRequest, response: ServerResponse) => void, string]> = {
    'answers with an error': [
      (_request, response) => void response.writeHead(500).end('broken'),
      'failed: an error on the server ("broken")',
    ],
    'hangs up': [(_request, response) => void response.destroy(), 'failed: Post "https://'],
    'says that it failed': [
      (request, response) =>
        json(response, success(request, [], { result: { status: 'Failed', message: 'cannot' } })),
      'failed: cannot',
    ],
    'answers another request': [
      (request, response) => json(response, success(request, [], { uid: 'other' })),
      'failed: expected response.uid=',
    ],
    'returns too few objects': [
      (request, response) => json(response, success(request, [])),
      'returned 0 objects, expected 1',
    ],
    'returns the old version': [
      (request, response) => json(response, success(request, request.objects)),
      'invalid groupVersion (expected gauges.example.com/v2, received gauges.example.com/v1)',
    ],
    'changes the name': [
      (request, response) =>
        json(
          response,
          success(
            request,
            request.objects.map((o) => ({
              ...converted(o, request.desiredAPIVersion),
              metadata: { ...o.metadata, name: 'x' },
            })),
          ),
        ),
      'must have the same name: a != x',
    ],
    'returns labels that are none': [
      (request, response) =>
        json(
          response,
          success(
            request,
            request.objects.map((o) => ({
              ...converted(o, request.desiredAPIVersion),
              metadata: { ...o.metadata, labels: { a: 1 } },
            })),
          ),
        ),
      'metadata.labels[a] must be a string',
    ],
  };

  test.each(Object.entries(answers))('%s makes reads fail with 500', async (_what, [answer, says]) => {
    await client.post(V1, v1('a', 1));
    misbehave = answer;
    for (const path of [`${V2}/a`, V2]) {
      const { status, body } = await client.get(path);
      expect(status).toBe(500);
      expect(body).toMatchObject({ kind: 'Status', status: 'Failure', code: 500 });
      expect(body.message).toContain('conversion webhook for gauges.example.com/v1, Kind=Gauge ');
      expect(body.message).toContain(says);
    }
    // The version in which it is stored needs no webhook.
    expect((await client.get(`${V1}/a`)).status).toBe(200);
    expect((await client.post(V2, v2('b', 2))).status).toBe(500);
    expect((await client.get(`${V1}/b`)).status).toBe(404);
  });

  test('fails during a watch ends the watch', async () => {
    const { body } = await client.get(V2);
    await using watch = await client.watch(`${V2}?resourceVersion=${body.metadata.resourceVersion ?? ''}`);
    misbehave = (_request, response) => void response.writeHead(500).end();
    await client.post(V1, v1('a', 1));
    expect(await watch.next()).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 500 } });
    expect(await watch.next()).toBeUndefined();
  });

  test('changes other metadata is not heard', async () => {
    await client.post(V1, v1('a', 1));
    misbehave = (request, response) =>
      json(
        response,
        success(
          request,
          request.objects.map((object) => ({
            ...converted(object, request.desiredAPIVersion),
            metadata: {
              ...object.metadata,
              generation: 99,
              finalizers: ['x.example.com/y'],
              labels: { own: 'yes' },
            },
          })),
        ),
      );
    const { body } = await client.get(`${V2}/a`);
    expect(body.metadata).toMatchObject({ generation: 1, labels: { own: 'yes' } });
    expect(body.metadata.finalizers).toBeUndefined();
  });
});

describe('the definition', () => {
  const conversions: [string, object, string][] = [
    ['of an unknown strategy', { strategy: 'Magic' }, 'spec.conversion.strategy'],
    ['without a webhook', { strategy: 'Webhook' }, 'spec.conversion.webhookClientConfig'],
    [
      'without versions of reviews',
      { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://h/' }, conversionReviewVersions: [] } },
      'spec.conversion.conversionReviewVersions',
    ],
    [
      'with a URL without TLS',
      {
        strategy: 'Webhook',
        webhook: { clientConfig: { url: 'http://h/' }, conversionReviewVersions: ['v1'] },
      },
      'spec.conversion.webhookClientConfig.url',
    ],
    [
      'with a webhook that is not used',
      {
        strategy: 'None',
        webhook: { clientConfig: { url: 'https://h/' }, conversionReviewVersions: ['v1'] },
      },
      'spec.conversion.webhookClientConfig',
    ],
  ];
  test.each(conversions)('%s is refused', async (_what, conversion, field) => {
    const crd = definition({});
    const { status, body } = await client.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      ...crd,
      metadata: { name: 'others.gauges.example.com' },
      spec: { ...crd.spec, names: { plural: 'others', kind: 'Other' }, conversion },
    });
    expect(status).toBe(422);
    expect(body.details.causes.map((cause) => cause.field)).toContain(field);
  });
});

test('the option webhooks leads conversion to the local server', async () => {
  await using own = await startControlPlane({
    crds: [definition({ service: { namespace: 'system', name: 'webhooks', path: '/convert-here' } })],
    webhooks: {},
  });
  await using local = await WebhookServer.start({ certificates: own.webhooks!, port: own.webhooks!.port });
  local.raw('/convert-here', (_request, response, body) => {
    const { request } = JSON.parse(body) as { request: ConversionRequest };
    json(
      response,
      success(
        request,
        request.objects.map((object) => converted(object, request.desiredAPIVersion)),
      ),
    );
  });
  await using other = new Client(own);
  await other.post(V1, v1('a', 1));
  expect((await other.get(`${V2}/a`)).body.spec).toEqual({ dimensions: { size: 1 } });
});
