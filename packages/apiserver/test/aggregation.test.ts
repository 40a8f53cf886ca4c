import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateCertificates, startControlPlane, type ControlPlane } from '../src/index.ts';
import { Client, eventually } from './support/client.ts';
import { widgetDefinition } from './support/fixtures.ts';
import { json } from './support/webhook-server.ts';

const SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices';
const GROUP = 'metrics.example.com';
const FORTUNES = `/apis/${GROUP}/v1/namespaces/default/fortunes`;

/** What a test looks at of a request that the server behind got. */
interface Seen {
  url: string;
  method: string;
  headers: IncomingMessage['headers'];
  /** Common name of the certificate that the caller showed, and whether the front proxy's authority signed it. */
  caller: { name: string; trusted: boolean };
  body: string;
}

let plane: ControlPlane;
let client: Client;
let backend: Server;
let port: number;
let ca: string;
const seen: Seen[] = [];
let healthy = true;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) throw new Error('a call without TLS');
  const { url = '', method = '', headers } = request;
  const path = url.split('?')[0];
  if (path === `/apis/${GROUP}/v1` && headers['x-remote-user'] === 'system:kube-aggregator') {
    if (!healthy) response.writeHead(500).end();
    else
      json(response, {
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: `${GROUP}/v1`,
        resources: [
          {
            name: 'fortunes',
            singularName: 'fortune',
            namespaced: true,
            kind: 'Fortune',
            verbs: ['get', 'list'],
          },
          { name: 'fortunes/told', singularName: '', namespaced: true, kind: 'Fortune', verbs: ['create'] },
        ],
      });
    return;
  }
  seen.push({
    url,
    method,
    headers,
    caller: { name: String(socket.getPeerCertificate().subject?.CN ?? ''), trusted: socket.authorized },
    body: Buffer.concat(chunks).toString('utf8'),
  });
  if (path === `${FORTUNES}/elsewhere`) response.writeHead(302, { location: 'https://127.0.0.1:1/' }).end();
  else if (path === `${FORTUNES}/gone`) response.destroy();
  else if (url.includes('watch=true')) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`${JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'first' } } })}\n`);
    request.once('close', () => undefined);
  } else
    json(
      response,
      { kind: 'Fortune', metadata: { name: path?.split('/').at(-1) } },
      method === 'POST' ? 201 : 200,
    );
}

function upgrade(request: IncomingMessage, socket: Duplex): void {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: echo\r\n\r\n');
  socket.write(`hello ${String(request.headers['x-remote-user'])}\n`);
  socket.pipe(socket);
}

function apiService(version: string, more: Record<string, unknown> = {}) {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${GROUP}` },
    spec: {
      group: GROUP,
      version,
      groupPriorityMinimum: 2000,
      versionPriority: 10,
      service: { namespace: 'default', name: 'fortunes' },
      caBundle: Buffer.from(ca).toString('base64'),
      ...more,
    },
  };
}

async function condition(name: string): Promise<Record<string, unknown> | undefined> {
  const { body } = await client.get(`${SERVICES}/${name}`);
  const { conditions = [] } = body.status as { conditions?: Record<string, unknown>[] };
  return conditions.find(({ type }) => type === 'Available');
}

beforeAll(async () => {
  const certificates = await generateCertificates(['fortunes.default.svc']);
  ca = certificates.ca;
  plane = await startControlPlane({
    crds: [widgetDefinition()],
    tokens: [
      {
        name: 'jane',
        groups: ['staff', 'system:masters'],
        token: 'jane-token',
        extra: { 'example.com/Seat': ['7', '8'] },
      },
    ],
    mounts: [
      {
        group: 'sub.example.com',
        version: 'v1',
        resources: [{ name: 'widgets/poke', kind: 'Poke', namespaced: true, verbs: ['update'] }],
        handle: (_request, response) => void response.end('{}'),
      },
    ],
  });
  client = new Client(plane);
  const trust = await client.get(
    '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication',
  );
  backend = createServer({
    cert: certificates.cert,
    key: certificates.key,
    ca: trust.body.data?.['requestheader-client-ca-file'],
    requestCert: true,
    rejectUnauthorized: false,
  });
  backend.on(
    'request',
    (request: IncomingMessage, response: ServerResponse) => void serve(request, response),
  );
  backend.on('upgrade', upgrade);
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  ({ port } = backend.address() as AddressInfo);
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await plane.stop();
  const closed = once(backend, 'close');
  backend.close();
  backend.closeAllConnections();
  await closed;
});

describe('APIServices', () => {
  test('list what the server serves itself', async () => {
    const { body } = await client.get(SERVICES);
    const names = body.items.map(({ metadata }) => metadata.name);
    for (const name of [
      'v1.',
      'v1.policy',
      'v1.apiextensions.k8s.io',
      'v1.example.com',
      'v1.sub.example.com',
    ])
      expect(names).toContain(name);
    expect(names).not.toContain('v1.apiregistration.k8s.io');
    expect(body.items.find(({ metadata }) => metadata.name === 'v1.')).toMatchObject({
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { version: 'v1', groupPriorityMinimum: 18000, versionPriority: 1 },
      status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] },
    });
    expect(body.items.find(({ metadata }) => metadata.name === 'v1.example.com')).toMatchObject({
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' } },
      spec: { group: 'example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100 },
    });
  });

  test('come and go with definitions', async () => {
    const definition = widgetDefinition();
    definition.metadata.name = 'widgets.other.example.com';
    definition.spec.group = 'other.example.com';
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await client.post(crds, definition);
    const name = 'v1.other.example.com';
    await eventually('its APIService', async () => (await client.get(`${SERVICES}/${name}`)).status === 200);
    await client.delete(`${crds}/widgets.other.example.com`);
    await eventually('the end of it', async () => (await client.get(`${SERVICES}/${name}`)).status === 404);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['another name', { version: 'v9' }, 'metadata.name'],
    ['no priority of the group', { groupPriorityMinimum: 0 }, 'spec.groupPriorityMinimum'],
    ['too high a priority', { versionPriority: 1001 }, 'spec.versionPriority'],
    ['a service without a name', { service: { namespace: 'default' } }, 'spec.service.name'],
    ['a bundle that is not used', { insecureSkipTLSVerify: true }, 'spec.insecureSkipTLSVerify'],
    ['a bundle and no service', { service: null }, 'spec.caBundle'],
  ])('with %s are refused', async (_what, spec, field) => {
    const { status, body } = await client.post(SERVICES, apiService('v1', spec));
    expect(status).toBe(422);
    expect(body.details.causes.map((cause) => cause.field)).toContain(field);
  });
});

describe('an aggregated server', () => {
  test('is served from the moment in which it answers', async () => {
    expect((await client.post(SERVICES, apiService('v1'))).status).toBe(201);
    await eventually(
      'the condition',
      async () => (await condition(`v1.${GROUP}`))?.reason === 'ServiceNotFound',
    );
    const early = await client.get(FORTUNES);
    expect([early.status, early.body.text]).toEqual([503, 'service unavailable\n']);
    await client.post('/api/v1/namespaces/default/services', {
      metadata: { name: 'fortunes' },
      spec: { ports: [{ port: 443 }] },
    });
    await eventually(
      'the condition',
      async () => (await condition(`v1.${GROUP}`))?.reason === 'EndpointsNotFound',
    );
    await client.post('/api/v1/namespaces/default/endpoints', {
      metadata: { name: 'fortunes' },
      subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port }] }],
    });
    await eventually('availability', async () => (await condition(`v1.${GROUP}`))?.status === 'True');
    expect(await condition(`v1.${GROUP}`)).toMatchObject({ reason: 'Passed', message: 'all checks passed' });
    expect((await client.get(`${FORTUNES}/today?pretty=true`)).body).toMatchObject({
      metadata: { name: 'today' },
    });
  });

  test('is told who asks, by somebody it can believe, and nothing secret', async () => {
    seen.length = 0;
    const reply = await client.post(
      FORTUNES,
      { kind: 'Fortune' },
      {
        token: 'jane-token',
        headers: { 'x-remote-user': 'root', 'x-remote-group': 'system:masters', 'x-remote-extra-a': 'b' },
      },
    );
    expect(reply.status).toBe(201);
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: FORTUNES,
        body: '{"kind":"Fortune"}',
        caller: { name: 'front-proxy-client', trusted: true },
        headers: {
          'x-remote-user': 'jane',
          'x-remote-group': 'staff, system:masters, system:authenticated',
          'x-remote-extra-example.com%2fseat': '7, 8',
        },
      },
    ]);
    expect(seen[0]?.headers.authorization).toBeUndefined();
    expect(seen[0]?.headers['x-remote-extra-a']).toBeUndefined();
  });

  test('streams watches and connections', async () => {
    await using watch = await client.watch(FORTUNES);
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'first' } } });
    const { hostname, port: own } = new URL(plane.url);
    const socket = connect({ host: hostname, port: Number(own), ca: plane.ca });
    await once(socket, 'secureConnect');
    socket.write(
      `GET ${FORTUNES}/today/told HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer jane-token\r\nconnection: Upgrade\r\nupgrade: echo\r\n\r\n`,
    );
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    await eventually('the greeting', async () => text.includes('hello jane\n'));
    expect(text).toMatch(/^HTTP\/1\.1 101 /);
    socket.write('ping\n');
    await eventually('the echo', async () => text.endsWith('ping\n'));
    socket.destroy();
  });

  test('is part of discovery, plain and aggregated', async () => {
    const groups = (await client.get('/apis')).body.groups as { name: string; versions: object[] }[];
    expect(groups.find(({ name }) => name === GROUP)).toMatchObject({
      versions: [{ groupVersion: `${GROUP}/v1`, version: 'v1' }],
    });
    expect((await client.get(`/apis/${GROUP}`)).body).toMatchObject({ kind: 'APIGroup', name: GROUP });
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const { headers, body } = await client.get('/apis', { accept });
    expect(headers['content-type']).toBe(
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    );
    expect(body).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
    const versions = (name: string) =>
      (body.items as unknown as { metadata: { name: string }; versions: object[] }[]).find(
        (item) => item.metadata.name === name,
      )?.versions;
    expect(versions(GROUP)).toEqual([
      {
        version: 'v1',
        freshness: 'Current',
        resources: [
          {
            resource: 'fortunes',
            responseKind: { group: GROUP, version: 'v1', kind: 'Fortune' },
            scope: 'Namespaced',
            singularResource: 'fortune',
            verbs: ['get', 'list'],
            subresources: [
              {
                subresource: 'told',
                responseKind: { group: GROUP, version: 'v1', kind: 'Fortune' },
                verbs: ['create'],
              },
            ],
          },
        ],
      },
    ]);
    expect(versions('example.com')).toMatchObject([
      {
        resources: [
          {
            resource: 'widgets',
            shortNames: ['wd'],
            subresources: [
              { subresource: 'status' },
              { subresource: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } },
            ],
          },
        ],
      },
    ]);
    const core = await client.get('/api', { accept });
    expect(core.body.items).toHaveLength(1);
    expect(JSON.stringify(core.body)).toContain('"resource":"pods"');
    expect((await client.get('/api')).body).toMatchObject({ kind: 'APIVersions' });
  });

  test('cannot send clients elsewhere, and its failures are told', async () => {
    expect((await client.get(`${FORTUNES}/elsewhere`)).status).toBe(502);
    const gone = await client.get(`${FORTUNES}/gone`);
    expect([gone.status, gone.body.text]).toEqual([
      503,
      expect.stringContaining('error trying to reach service: '),
    ]);
  });

  test('cannot take the place of a built-in group', async () => {
    const policy = { ...apiService('v1').spec, group: 'policy' };
    await client.put(`${SERVICES}/v1.policy`, {
      ...(await client.get(`${SERVICES}/v1.policy`)).body,
      spec: policy,
    });
    expect((await client.get('/apis/policy/v1/poddisruptionbudgets')).body.kind).toBe(
      'PodDisruptionBudgetList',
    );
  });

  test('whose certificate is signed by another authority is not called', async () => {
    const { ca: other } = await generateCertificates();
    await client.post(SERVICES, apiService('v2', { caBundle: Buffer.from(other).toString('base64') }));
    await eventually(
      'the condition',
      async () => (await condition(`v2.${GROUP}`))?.reason === 'FailedDiscoveryCheck',
    );
    expect((await condition(`v2.${GROUP}`))?.message).toContain('certificate signed by unknown authority');
    expect((await client.get(FORTUNES.replace('/v1/', '/v2/'))).status).toBe(503);
    await client.delete(`${SERVICES}/v2.${GROUP}`);
  });

  test('that no longer answers is unavailable, and gone with its APIService', async () => {
    healthy = false;
    await client.merge(`${SERVICES}/v1.${GROUP}`, { spec: { versionPriority: 11 } });
    await eventually(
      'the condition',
      async () => (await condition(`v1.${GROUP}`))?.reason === 'FailedDiscoveryCheck',
    );
    expect((await client.get(FORTUNES)).status).toBe(503);
    healthy = true;
    await eventually('availability', async () => (await condition(`v1.${GROUP}`))?.status === 'True');
    await client.delete(`${SERVICES}/v1.${GROUP}`);
    expect((await client.get(FORTUNES)).status).toBe(404);
  });
});
