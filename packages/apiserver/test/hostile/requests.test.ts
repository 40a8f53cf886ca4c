import { waitUntil } from '@virtkit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane, type RequestRecord } from '../../src/index.ts';
import { Client } from '../support/client.ts';
import { CONFIGMAPS, configMap } from '../support/fixtures.ts';
import { Raw } from './support/raw.ts';
import { Witness } from './support/witness.ts';

let plane: ControlPlane;
let client: Client;
let witness: Witness;
const records: RequestRecord[] = [];

beforeAll(async () => {
  plane = await startControlPlane({
    limits: { bodyBytes: 100_000 },
    onRequest: (record) => records.push(record),
  });
  client = new Client(plane);
  await client.post(CONFIGMAPS, configMap('here'));
  witness = await Witness.start(plane);
});

afterAll(async () => {
  await witness[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  await plane.stop();
});

/** Sends bytes and waits for the answer or the end of the connection. */
async function answer(send: (raw: Raw) => void): Promise<{ status: number | undefined; text: string }> {
  await using raw = await Raw.open(plane);
  send(raw);
  await waitUntil('the server answers or cuts off', () => raw.closed || raw.statuses.length > 0);
  await witness.further();
  return { status: raw.statuses[0], text: raw.received };
}

describe('a path that could be read in two ways is refused', () => {
  test.each<[string, number]>([
    ['/api/v1/namespaces/default/configmaps/%2e%2e', 400],
    ['/api/v1/namespaces/other/../default/configmaps/here', 400],
    ['/api/v1/namespaces/other/%2E%2e/default/configmaps/here', 400],
    ['/api/v1/./namespaces/default/configmaps/here', 400],
    ['/api/v1/namespaces/default/configmaps%2fhere', 400],
    ['/api/v1/namespaces/default%2Fconfigmaps/here', 400],
    ['/api/v1/namespaces/default/configmaps/..%5chere', 400],
    [String.raw`/api/v1\namespaces/default/configmaps/here`, 400],
    ['/api/v1/namespaces/default/configmaps/here%00', 400],
    ['/api/v1/namespaces/default/configmaps/%0d%0aX:y', 400],
    ['/api/v1/namespaces/default/configmaps/%ff', 400],
    ['/api/v1/namespaces/default/configmaps/%', 400],
    ['/api/v1/namespaces/default/configmaps/here#there', 400],
    ['//api/v1/namespaces/default/configmaps/here', 404],
    ['/api/v1//namespaces/default/configmaps/here', 404],
    ['/api/v1/namespaces//configmaps', 404],
    ['/healthz/../api/v1/namespaces/default/configmaps/here', 400],
    ['/healthz/%2e%2e/api', 400],
    ['*', 400],
    ['here', 400],
  ])('%s', async (path, status) => {
    const { text, ...answered } = await answer((raw) => raw.request(`GET ${path}`));
    expect(answered).toEqual({ status });
    expect(text).not.toContain('"ConfigMap"');
  });

  test.each(['/api/v1/namespaces/default/configmaps/here', '/api/v1/namespaces/default/configmaps/here/'])(
    'and %s is found, also in the form that proxies use',
    async (path) => {
      for (const target of [path, `https://127.0.0.1${path}`]) {
        const { status, text } = await answer((raw) => raw.request(`GET ${target}`));
        expect(status).toBe(200);
        expect(text).toContain('"ConfigMap"');
      }
    },
  );

  test('what is recorded of a request is what was answered', async () => {
    await answer((raw) => raw.request('GET /api/v1/namespaces/other/../default/configmaps/here'));
    const record = await waitUntil('the request is recorded', () =>
      records.find(({ path }) => path.includes('..')),
    );
    expect(record).toMatchObject({ status: 400, resource: undefined });
  });
});

describe('headers', () => {
  test.each<[string, readonly string[]]>([
    ['one of a megabyte', [`X: ${'x'.repeat(1_000_000)}`]],
    ['ten thousand', Array.from({ length: 10_000 }, (_, index) => `X-${index}: y`)],
    ['ten thousand of one name', Array.from({ length: 10_000 }, () => 'X-Same: y')],
  ])('%s are answered with 431', async (_, headers) => {
    expect((await answer((raw) => raw.request('GET /api', headers))).status).toBe(431);
  });

  test('a path of a megabyte is answered with 431', async () => {
    expect((await answer((raw) => raw.request(`GET /api/${'x'.repeat(1_000_000)}`))).status).toBe(431);
  });

  test('no header is left out, however many there are within the limit', async () => {
    const many = Array.from({ length: 4_000 }, () => 'a:b');
    await using raw = await Raw.open(plane);
    raw.send(
      `GET /api HTTP/1.1\r\nHost: x\r\n${many.join('\r\n')}\r\nAuthorization: Bearer ${plane.token}\r\n\r\n`,
    );
    await waitUntil('the server answers', () => raw.statuses.length > 0);
    expect(raw.statuses).toEqual([200]);
  });

  test.each<[string, string]>([
    ['a NUL', 'X: a\0b'],
    ['a bare line feed and a fold', 'X: a\r\n  folded\0'],
    ['no colon', 'nonsense'],
    ['a space in the name', 'X Y: z'],
  ])('%s is a bad request', async (_, header) => {
    expect((await answer((raw) => raw.request('GET /api', [header]))).status).toBe(400);
  });

  test('bytes that are no UTF-8 in headers change nothing', async () => {
    const { status } = await answer((raw) =>
      raw.request('GET /api', ['User-Agent: \xff\xfe', 'Accept: */*;\xff']),
    );
    expect([200, 400, 406]).toContain(status);
  });

  test('bytes that are no UTF-8 in a token are no token', async () => {
    const { status } = await answer((raw) =>
      raw.send('GET /api HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n\r\n'),
    );
    expect(status).toBe(401);
  });

  test('raw bytes in the path are refused or found not to be there', async () => {
    const { status } = await answer((raw) => raw.request('GET /api/v1/namespaces/\xff\xfe'));
    expect([400, 404]).toContain(status);
  });
});

describe('how long the body is must be clear', () => {
  const create = `POST ${CONFIGMAPS}`;
  test.each<[string, readonly string[], number]>([
    ['two lengths', ['Content-Length: 2', 'Content-Length: 3'], 400],
    ['a negative length', ['Content-Length: -1'], 400],
    ['a length that is no number', ['Content-Length: 2x'], 400],
    ['a length beyond all numbers', ['Content-Length: 99999999999999999999999'], 400],
    ['a length and chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked'], 400],
    ['an encoding that is not chunks', ['Transfer-Encoding: gzip'], 400],
    ['chunks that are not the last encoding', ['Transfer-Encoding: chunked, gzip'], 400],
    ['an encoding with a control character before it', ['Transfer-Encoding: \x0bchunked'], 400],
  ])('%s', async (_, headers, status) => {
    const { status: answered } = await answer((raw) =>
      raw.request(create, ['Content-Type: application/json', ...headers], '{}\r\n0\r\n\r\n'),
    );
    expect(answered).toBe(status);
  });

  test.each([
    'zz\r\n{}\r\n',
    '-1\r\n{}\r\n',
    'ffffffffffffffffff\r\n{}\r\n',
    `1;${'x'.repeat(100_000)}\r\n{\r\n`,
  ])('the chunk %j', async (chunk) => {
    const { status } = await answer((raw) => raw.request(create, ['Transfer-Encoding: chunked'], chunk));
    expect([400, 413]).toContain(status);
  });

  test('what comes behind the last chunk is bounded, too', async () => {
    const trailers = Array.from({ length: 50_000 }, (_, index) => `X-${index}: y\r\n`).join('');
    await using raw = await Raw.open(plane);
    raw.request(create, ['Transfer-Encoding: chunked'], `2\r\n{}\r\n0\r\n${trailers}`);
    await waitUntil('the server answers or cuts off', () => raw.closed || raw.statuses.length > 0);
    expect(raw.statuses).not.toContain(201);
    await witness.further();
  });

  test.each<[string, number]>([
    ['100-continue', 413],
    ['the-impossible', 417],
  ])(
    'a client that expects %s of a server that does not want its body is told at once',
    async (what, status) => {
      const { text } = await answer((raw) =>
        raw.request(create, [`Expect: ${what}`, 'Content-Length: 100001']),
      );
      expect(text).toContain(`HTTP/1.1 ${status} `);
    },
  );

  test('what a request smuggles in its body is not a request', async () => {
    const inner = `DELETE ${CONFIGMAPS}/here HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${plane.token}\r\n\r\n`;
    await answer((raw) =>
      raw.request(create, ['Content-Length: 0', 'Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`),
    );
    expect((await client.get(`${CONFIGMAPS}/here`)).status).toBe(200);
  });
});

describe('bodies', () => {
  const create = `POST ${CONFIGMAPS}`;

  test('a body that says that it is too large is answered before it is sent', async () => {
    const { status } = await answer((raw) => raw.request(create, ['Content-Length: 100001']));
    expect(status).toBe(413);
  });

  test('a body that turns out to be too large is answered, and cut off if it goes on', async () => {
    await using raw = await Raw.open(plane);
    raw.request(create, ['Transfer-Encoding: chunked']);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    await waitUntil('the server cuts off', () => {
      raw.send(chunk);
      return raw.closed;
    });
    expect(raw.statuses).toEqual([413]);
    await witness.further();
  });

  test('a client that sends all of a body that is too large sees the answer', async () => {
    const reply = await client.post(CONFIGMAPS, configMap('large', { text: 'x'.repeat(1_000_000) }));
    expect(reply).toMatchObject({ status: 413, body: { reason: 'RequestEntityTooLarge', code: 413 } });
  });

  test('a body that ends too early is dropped', async () => {
    await using raw = await Raw.open(plane);
    raw.request(create, ['Content-Length: 100'], '{"metadata":{"name":"half"}');
    raw.socket.end();
    await waitUntil('the connection is over', () => raw.closed);
    expect((await client.get(`${CONFIGMAPS}/half`)).status).toBe(404);
  });

  test('bytes that are no UTF-8 are stored as replacement characters, so that all that is read is UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"metadata":{"name":"bytes"},"data":{"text":"a'),
      Buffer.from([0xff]),
      Buffer.from('b"}}'),
    ]);
    await using raw = await Raw.open(plane);
    raw.begin(create, [`Content-Length: ${body.length}`, 'Content-Type: application/json']);
    raw.send('\r\n');
    raw.send(body);
    await waitUntil('the server answers', () => raw.statuses.length > 0);
    expect(raw.statuses).toEqual([201]);
    expect((await client.get(`${CONFIGMAPS}/bytes`)).body.data).toEqual({ text: 'a\ufffdb' });
  });

  test.each([
    ['half of a surrogate pair', String.raw`{"metadata":{"name":"\ud800"}}`],
    ['a name with a NUL', String.raw`{"metadata":{"name":"a\u0000b"}}`],
    ['a name with a slash', '{"metadata":{"name":"a/b"}}'],
    ['a name of dots', '{"metadata":{"name":".."}}'],
  ])('%s is no name', async (_, body) => {
    expect((await client.post(CONFIGMAPS, body)).status).toBe(422);
  });

  test('members of the prototype are members like any others', async () => {
    const body =
      '{"metadata":{"name":"proto","labels":{"__proto__":"x","constructor":"y"}},"__proto__":{"data":{"a":"b"}}}';
    await client.post(CONFIGMAPS, body);
    const { body: read } = await client.get(`${CONFIGMAPS}/here`);
    expect(read.metadata.labels).toBeUndefined();
    expect(({} as Record<string, unknown>)['data']).toBeUndefined();
  });

  test('thousands of duplicate members are answered with as many warnings as clients take', async () => {
    const twice = Array.from({ length: 3_000 }, (_, index) => `"k${index}":"","k${index}":""`).join(',');
    const reply = await client.post(CONFIGMAPS, `{"metadata":{"name":"twice"},"data":{${twice}}}`);
    expect(reply.status).toBe(201);
    expect(reply.headers['warning']).toContain('duplicate field');
    expect(reply.headers['warning']?.length).toBeLessThan(10_000);
  });
});

describe('upgrades', () => {
  test.each(['websocket', 'SPDY/3.1', 'h2c', 'nothing'])('to %s lead nowhere', async (protocol) => {
    await using raw = await Raw.open(plane);
    raw.request('GET /api/v1/namespaces/default/configmaps', ['Connection: Upgrade', `Upgrade: ${protocol}`]);
    await waitUntil('the server answers and closes', () => raw.closed);
    expect(raw.statuses).toEqual([400]);
    await witness.further();
  });

  test('CONNECT is not served', async () => {
    await using raw = await Raw.open(plane);
    raw.request('CONNECT example.com:443');
    await waitUntil('the server closes', () => raw.closed);
    expect(raw.statuses).not.toContain(200);
  });

  test('behind a request that is still being answered they cut the connection', async () => {
    await using raw = await Raw.open(plane);
    raw.request(`GET ${CONFIGMAPS}?watch=true`);
    await waitUntil('the watch begins', () => raw.statuses.length > 0);
    raw.request('GET /api', ['Connection: Upgrade', 'Upgrade: websocket']);
    await waitUntil('the server closes', () => raw.closed);
    await witness.further();
  });
});

test.each(['PROPFIND', 'TRACE', 'get', 'BREW'])('the method %s is refused', async (method) => {
  const { status } = await answer((raw) => raw.request(`${method} ${CONFIGMAPS}`));
  expect([400, 405]).toContain(status);
});

test.each(['HTTP/9.9', 'SIP/2.0', ''])('the protocol %j is refused', async (version) => {
  const { status, text } = await answer((raw) => raw.send(`GET /api ${version}\r\nHost: x\r\n\r\n`));
  expect(status).toBe(400);
  expect(text).toContain('"reason":"BadRequest"');
});
