import { connect } from 'node:tls';
import { once } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import { ApiServerError, sendJson, type AdmissionRequest, type RequestRecord } from '../src/index.ts';
import { eventually } from './support/client.ts';
import { CONFIGMAPS, configMap, pod, PODS, widget, widgetDefinition, WIDGETS } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

let seen: AdmissionRequest[] = [];
const records: RequestRecord[] = [];
const { plane, client } = await startPlane({
  crds: [widgetDefinition()],
  // Jane has no rights, and these tests are not about them.
  authorization: 'always-allow',
  tokens: [{ name: 'jane', groups: ['staff'], token: 'jane-token' }],
  onRequest: (record) => records.push(record),
  admission: [
    {
      name: 'widgets',
      matches: ({ group, resource }) => group === 'example.com' && resource === 'widgets',
      mutate: (request) => {
        seen.push(request);
        if (request.name === 'hopeless') return { denied: { message: 'it cannot be completed', code: 400 } };
        return request.operation === 'CREATE'
          ? {
              patch: [{ op: 'add', path: '/metadata/labels', value: { touched: 'yes' } }],
              warnings: ['was touched'],
            }
          : undefined;
      },
      validate: async ({ object, operation, name }) => {
        if (operation === 'DELETE' && name === 'protected') return { denied: { message: 'it is protected' } };
        if ((object?.spec as { size?: number } | undefined)?.size !== 7) return undefined;
        return {
          denied: {
            message: 'seven is unlucky',
            code: 422,
            reason: 'Invalid',
            causes: [{ reason: 'FieldValueInvalid', field: 'spec.size', message: 'seven' }],
          },
        };
      },
    },
  ],
  mounts: [
    {
      group: 'sub.example.com',
      version: 'v1',
      resources: [{ name: 'widgets/poke', kind: 'Poke', namespaced: true, verbs: ['update'] }],
      handle: async (_request, response, info) => {
        if (info.subresource === 'fail') throw new ApiServerError('Conflict', 'not now');
        sendJson(response, 200, { ...info, query: info.query.toString() });
      },
      upgrade: (_request, socket, _head, info) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
        socket.write(`hello ${info.user.name} ${info.name ?? ''}\n`);
        socket.pipe(socket);
      },
    },
  ],
  podSubresources: {
    handle: (_request, response, info, object) =>
      void response.end(`${info.subresource ?? ''} of ${object.metadata.name ?? ''}`),
  },
});

beforeEach(() => {
  seen = [];
});

describe('admission', () => {
  test('mutates, warns, and knows who asks for what', async () => {
    const { body, headers } = await client.post(WIDGETS, widget('m'), { token: 'jane-token' });
    expect(body.metadata.labels).toEqual({ touched: 'yes' });
    expect(headers.warning).toContain('was touched');
    expect(seen).toMatchObject([
      {
        operation: 'CREATE',
        kind: 'Widget',
        namespace: 'default',
        name: 'm',
        dryRun: false,
        user: { name: 'jane', groups: ['staff', 'system:authenticated'] },
      },
    ]);
    await client.merge(`${WIDGETS}/m/status`, { status: { phase: 'X' } });
    expect(seen.at(-1)).toMatchObject({
      operation: 'UPDATE',
      subresource: 'status',
      object: { status: { phase: 'X' } },
      oldObject: { spec: { size: 3 } },
    });
  });

  test('denies what it cannot complete', async () => {
    const { body } = await client.post(WIDGETS, widget('hopeless'));
    expect(body).toMatchObject({ code: 400, reason: 'BadRequest', message: 'it cannot be completed' });
  });

  test('denies with the code and causes it chose', async () => {
    const { body } = await client.post(WIDGETS, widget('unlucky', { size: 7 }));
    expect(body).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: 'seven is unlucky',
      details: { causes: [{ field: 'spec.size' }] },
    });
    await client.post(WIDGETS, widget('protected'));
    expect((await client.delete(`${WIDGETS}/protected`)).body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: 'it is protected',
    });
  });
});

describe('mounts', () => {
  test('a mounted group is discovered and gets the parsed path and the user', async () => {
    expect((await client.get('/apis/sub.example.com/v1')).body.resources).toMatchObject([
      { name: 'widgets/poke' },
    ]);
    const { body } = await client.put(
      '/apis/sub.example.com/v1/namespaces/default/widgets/w/poke/left?hard=1',
      {},
      { token: 'jane-token' },
    );
    expect(body).toMatchObject({
      verb: 'update',
      namespace: 'default',
      resource: 'widgets',
      name: 'w',
      subresource: 'poke',
      rest: ['left'],
      query: 'hard=1',
      user: { name: 'jane' },
    });
    expect(
      (await client.get('/apis/sub.example.com/v1/namespaces/default/widgets/w/fail')).body,
    ).toMatchObject({ code: 409, message: 'not now' });
    expect((await client.get('/apis/sub.example.com/v1', { token: '' })).status).toBe(401);
  });

  test.each([
    ['with a token', 'authorization: Bearer jane-token\r\n', /101 Switching[^]*hello jane w/],
    ['without one', '', /401 Unauthorized[^]*"reason":"Unauthorized"/],
  ])('an upgrade %s', async (_name, header, expected) => {
    const { hostname, port } = new URL(plane.url);
    const socket = connect({ host: hostname, port: Number(port), ca: plane.ca });
    await once(socket, 'secureConnect');
    socket.write(
      `GET /apis/sub.example.com/v1/namespaces/default/widgets/w/console HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n${header}\r\n`,
    );
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await eventually('the answer has arrived', async () => expected.test(text));
    socket.destroy();
  });

  test('pods/log goes to the node', async () => {
    await client.post(PODS, pod('logged'));
    expect((await client.get(`${PODS}/logged/log`)).body).toEqual({ text: 'log of logged' });
    expect((await client.get(`${PODS}/absent/log`)).status).toBe(404);
  });
});

test('every request is told to the hook', async () => {
  records.length = 0;
  await client.post(CONFIGMAPS, configMap('audited'), { headers: { 'user-agent': 'tester' } });
  await client.get(`${CONFIGMAPS}/absent`);
  await eventually('both are recorded', async () => records.length === 2);
  expect(records).toMatchObject([
    {
      verb: 'create',
      group: '',
      version: 'v1',
      resource: 'configmaps',
      namespace: 'default',
      user: 'kubernetes-admin',
      userAgent: 'tester',
      status: 201,
    },
    { verb: 'get', name: 'absent', status: 404 },
  ]);
  for (const record of records) expect(record.bytes).toBeGreaterThan(100);
});

test('tokens can be issued and revoked', async () => {
  const token = plane.issueToken({ name: 'guest', groups: [] });
  expect((await client.get(CONFIGMAPS, { token })).status).toBe(200);
  plane.revokeToken(token);
  expect((await client.get(CONFIGMAPS, { token })).status).toBe(401);
});
