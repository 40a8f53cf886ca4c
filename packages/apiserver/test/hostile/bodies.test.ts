// Bodies that are small, or as large as they may be, and mean far more work or memory than they look like.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Client, type Reply } from '../support/client.ts';
import { CONFIGMAPS, configMap, widget, widgetDefinition, WIDGETS } from '../support/fixtures.ts';
import { ServerProcess } from './support/server.ts';
import { Witness } from './support/witness.ts';

const MIB = 1024 * 1024;
const PODS = '/api/v1/namespaces/default/pods';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const jsonPatch = 'application/json-patch+json';

let server: ServerProcess;
let client: Client;
let witness: Witness;

beforeAll(async () => {
  server = await ServerProcess.start({});
  client = new Client(server.address);
  expect((await client.post(DEFINITIONS, widgetDefinition())).status).toBe(201);
  witness = await Witness.start({ ...server.address, token: server.address.other });
});

afterAll(async () => {
  await witness[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Sends something, and sees to it that others are served and that no memory is kept. */
async function bounded(send: () => Promise<Reply>): Promise<Reply> {
  const before = await server.memory();
  const reply = await send();
  await witness.further();
  expect((await server.memory()) - before).toBeLessThan(40 * MIB);
  return reply;
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

describe('YAML', () => {
  const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\n';
  const ten = (what: string) => `[${Array.from({ length: 10 }, () => what).join(', ')}]`;

  test.each<[string, string, number]>([
    [
      'aliases of aliases',
      `a: &a0 ${ten('x')}\n${lines(12, (index) => `b${index}: &a${index + 1} ${ten(`*a${index}`)}`)}`,
      413,
    ],
    ['an alias within what it stands for', 'a: &a [*a, *a, *a]', 400],
    ['many aliases of one long text', `a: &a ${'x'.repeat(100_000)}\nb: [${'*a, '.repeat(500)}1]`, 413],
    [
      'maps that are taken in again and again',
      `a: &a {${lines(500, (index) => `k${index}: v,`).replaceAll('\n', ' ')}}\nb:\n${lines(2_000, (index) => `  c${index}: {<<: *a}`)}`,
      413,
    ],
    ['lists in lists', `a: ${'['.repeat(20_000)}`, 400],
    ['blocks in blocks', `a:\n${lines(450, (index) => `${' '.repeat(index)}- -`)}`, 400],
    ['maps as keys of maps', `${'{'.repeat(300)}a: b${'}: c'.repeat(300)}`, 400],
    ['keys that are asked for in many lines', '? '.repeat(20_000), 400],
    ['more than is read of YAML', `data:\n${lines(20_000, (index) => `  key${index}: v`)}`, 413],
    ['an anchor that is not there', 'data: {a: *nowhere}', 400],
    ['a number with a million digits', `data: {a: ${'9'.repeat(120_000)}}`, 500],
  ])('%s', async (_, text, status) => {
    const reply = await bounded(() =>
      client.call('PATCH', `${CONFIGMAPS}/yaml?fieldManager=test`, {
        body: head + text,
        type: 'application/apply-patch+yaml',
      }),
    );
    expect(reply).toMatchObject({ status, body: { kind: 'Status' } });
  });
});

describe('compressed bodies are not unpacked', () => {
  const bomb = gzipSync(Buffer.alloc(64 * MIB, ' '), { level: 9 });

  test.each(['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip'])('%s', async (encoding) => {
    const reply = await bounded(() =>
      client.call('POST', CONFIGMAPS, {
        body: bomb.toString('latin1'),
        headers: { 'content-encoding': encoding },
      }),
    );
    expect(reply).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
  });
});

describe('patches', () => {
  test('that move something large again and again', async () => {
    const large = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, 'value']));
    await client.post(WIDGETS, widget('moved', { size: 1, free: { large, list: [1] } }));
    const operations = Array.from({ length: 10_000 }, (_, index) => ({
      op: 'move',
      from: index % 2 === 0 ? '/spec/free/large' : '/spec/free/list/0',
      path: index % 2 === 0 ? '/spec/free/list/0' : '/spec/free/large',
    }));
    const reply = await bounded(() =>
      client.call('PATCH', `${WIDGETS}/moved`, { body: operations, type: jsonPatch }),
    );
    expect(reply.status).toBe(200);
  });

  test('that push a long list to and fro', async () => {
    await client.post(WIDGETS, widget('pushed', { size: 1, free: { list: Array(400_000).fill(0) } }));
    const operations = Array.from({ length: 10_000 }, () => ({
      op: 'add',
      path: '/spec/free/list/0',
      value: 1,
    }));
    const reply = await bounded(() =>
      client.call('PATCH', `${WIDGETS}/pushed`, { body: operations, type: jsonPatch }),
    );
    expect(reply).toMatchObject({ status: 413, body: { reason: 'RequestEntityTooLarge' } });
  });

  test('of what no object may have as its prototype', async () => {
    await client.post(CONFIGMAPS, configMap('prototype'));
    const reply = await bounded(() =>
      client.call('PATCH', `${CONFIGMAPS}/prototype`, {
        body: [{ op: 'add', path: '/__proto__/polluted', value: 1 }],
        type: jsonPatch,
      }),
    );
    expect(reply).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
  });

  test('that merge long lists element by element', async () => {
    const pod = { metadata: { name: 'merged' }, spec: { containers: [{ name: 'a', image: 'a' }] } };
    expect((await client.post(PODS, pod)).status).toBe(201);
    const ports = Array.from({ length: 60_000 }, (_, index) => ({ containerPort: index + 1 }));
    const reply = await bounded(() =>
      client.call('PATCH', `${PODS}/merged`, {
        body: { metadata: { finalizers: ports.map((_, index) => `example.com/f${index}`) } },
        type: 'application/strategic-merge-patch+json',
      }),
    );
    expect([200, 413, 422]).toContain(reply.status);
  });

  test('that let an object grow and grow', async () => {
    await client.post(WIDGETS, widget('growing', { size: 1 }));
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) {
      const grown = { spec: { free: { [`part${index}`]: 'x'.repeat(MIB) } } };
      statuses.push((await client.merge(`${WIDGETS}/growing`, grown)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 413, 413, 413]);
    expect((await client.merge(`${WIDGETS}/growing`, { spec: { free: { part0: null } } })).status).toBe(200);
    await witness.further();
  });
});

describe('what is wrong in very many places is answered with some of them', () => {
  const long = 'long'.repeat(50_000);

  test('members that come twice, with a path of 200 kB each', async () => {
    const twice = Array.from({ length: 50_000 }, (_, index) => `"k${index}":0,"k${index}":0`).join(',');
    const body = `{"metadata":{"name":"twice"},"${long}":{${twice}}}`;
    const reply = await bounded(() => client.post(`${CONFIGMAPS}?fieldValidation=Strict`, body));
    expect(reply.status).toBe(400);
    expect(JSON.stringify(reply.body).length).toBeLessThan(MIB);
  });

  test('labels', async () => {
    const labels = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, index) => [`no label ${index}`, '']),
    );
    const reply = await bounded(() => client.post(CONFIGMAPS, { metadata: { name: 'labels', labels } }));
    expect(reply.status).toBe(422);
    expect(reply.body['message']).toMatch(/ and \d+ more\]$/);
    expect(JSON.stringify(reply.body).length).toBeLessThan(MIB);
  });

  test('elements of a list', async () => {
    const parts = Array.from({ length: 50_000 }, () => ({ name: 1 }));
    const reply = await bounded(() => client.post(WIDGETS, widget('parts', { size: 1, parts })));
    expect(reply.status).toBe(422);
    expect(JSON.stringify(reply.body).length).toBeLessThan(MIB);
  });

  test('fields of another owner', async () => {
    const free = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 0]));
    const apply = (manager: string, value: number) =>
      client.call('PATCH', `${WIDGETS}/owned?fieldManager=${manager}`, {
        body: widget('owned', {
          size: 1,
          free: Object.fromEntries(Object.keys(free).map((key) => [key, value])),
        }),
        type: 'application/apply-patch+yaml',
      });
    expect((await apply('one', 1)).status).toBe(201);
    const reply = await bounded(() => apply('two', 2));
    expect(reply.status).toBe(409);
    expect(JSON.stringify(reply.body).length).toBeLessThan(MIB);
  });
});

describe('objects of as many members as fit into a body', () => {
  test.each<[string, (index: number) => string]>([
    ['short ones', (index) => `"k${index}":"v"`],
    ['numbers as names', (index) => `"${index * 7919}":"v"`],
    ['names that look alike', (index) => `"${'a'.repeat(20)}${index}":"v"`],
  ])('%s', async (_, member) => {
    const data = Array.from({ length: 60_000 }, (_, index) => member(index)).join(',');
    const reply = await bounded(() =>
      client.post(CONFIGMAPS, `{"metadata":{"name":"many"},"data":{${data}}}`),
    );
    expect([201, 422]).toContain(reply.status);
    await client.delete(`${CONFIGMAPS}/many`);
  });
});
