import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { connect, type Socket } from 'node:net';
import { waitUntil } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiServerError, startControlPlane, type RequestLimits } from '../../src/index.ts';
import { Client } from '../support/client.ts';
import { CONFIGMAPS, configMap } from '../support/fixtures.ts';
import { Raw } from './support/raw.ts';
import { ServerProcess } from './support/server.ts';
import { Witness } from './support/witness.ts';

const MIB = 1024 * 1024;

/** Everything that a test opens, closed after it. */
let opened: AsyncDisposableStack;

beforeEach(() => {
  opened = new AsyncDisposableStack();
});

afterEach(() => opened.disposeAsync());

async function serve(limits: Partial<RequestLimits>): Promise<ServerProcess> {
  return opened.use(await ServerProcess.start(limits));
}

async function raw(server: ServerProcess): Promise<Raw> {
  return opened.use(await Raw.open(server.address));
}

/** Another user than the one who attacks, from the same address. */
async function witness(server: ServerProcess): Promise<Witness> {
  return opened.use(await Witness.start({ ...server.address, token: server.address.other }));
}

function client(server: ServerProcess): Client {
  return opened.use(new Client(server.address));
}

/** A TCP connection without TLS. */
async function plain(server: ServerProcess): Promise<Socket> {
  const { hostname, port } = new URL(server.address.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  opened.defer(() => {
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', () => resolve());
  });
  return socket;
}

describe('slow clients are cut off', () => {
  test('those that connect and say nothing', async () => {
    const server = await serve({ handshakeMs: 300, headersMs: 300 });
    const other = await witness(server);
    const silent = await plain(server);
    const handshaken = await raw(server);
    await waitUntil('both are cut off', () => silent.destroyed && handshaken.closed);
    // It could be taken for the answer to a request that is on its way.
    expect(handshaken.received).toBe('');
    await other.further();
  });

  test('those that send their headers byte by byte', async () => {
    const server = await serve({ headersMs: 400, requestMs: 60_000 });
    const other = await witness(server);
    const slow = await raw(server);
    slow.begin('GET /api');
    await waitUntil('it is cut off', () => {
      slow.send('X: y\r\n');
      return slow.closed;
    });
    expect(slow.statuses).toEqual([408]);
    await other.further();
  });

  test('those that send their body byte by byte', async () => {
    const server = await serve({ headersMs: 400, requestMs: 500 });
    const other = await witness(server);
    const slow = await raw(server);
    slow.request(
      `POST ${CONFIGMAPS}`,
      ['Content-Length: 1000000', 'Content-Type: application/json'],
      '{"data":{"x":"',
    );
    await waitUntil('it is cut off', () => {
      slow.send('y');
      return slow.closed;
    });
    expect(slow.statuses).toEqual([408]);
    await other.further();
  });

  test('those that keep an idle connection', async () => {
    const server = await serve({ idleMs: 300 });
    const idle = await raw(server);
    idle.request('GET /api');
    await waitUntil('it is answered, and cut off later', () => idle.statuses.length === 1 && idle.closed);
  });
});

describe('clients that do not read', () => {
  /** Fills the server with a list of about 8 MiB. */
  async function fill(server: ServerProcess): Promise<void> {
    const own = client(server);
    const text = 'x'.repeat(256 * 1024);
    for (let index = 0; index < 32; index += 1)
      expect((await own.post(CONFIGMAPS, configMap(`filler-${index}`, { text }))).status).toBe(201);
  }

  test('cost no memory while they read lists, and are cut off when they stall', async () => {
    const server = await serve({ stalledMs: 1_500 });
    await fill(server);
    const other = await witness(server);
    const before = await server.memory();
    const stalled = await Promise.all(Array.from({ length: 40 }, () => raw(server)));
    for (const one of stalled) {
      one.socket.pause();
      one.request(`GET ${CONFIGMAPS}`);
    }
    await other.further(3);
    // Together they have asked for 320 MiB.
    expect((await server.memory()) - before).toBeLessThan(40 * MIB);
    // The witness and the client that filled the server remain.
    await waitUntil('all are cut off', async () => (await server.state()).connections < 10);
    await other.further();
  });

  test('cost no memory while they watch, and are cut off when they stall', async () => {
    const server = await serve({ stalledMs: 1_500 });
    const own = client(server);
    const other = await witness(server);
    const before = await server.memory();
    const stalled = await Promise.all(Array.from({ length: 20 }, () => raw(server)));
    for (const one of stalled) {
      one.request(`GET ${CONFIGMAPS}?watch=true`);
      await waitUntil('the watch begins', () => one.statuses.length === 1);
      one.socket.pause();
    }
    const text = 'x'.repeat(512 * 1024);
    await own.post(CONFIGMAPS, configMap('large', { text }));
    for (let index = 0; index < 24; index += 1)
      expect((await own.merge(`${CONFIGMAPS}/large`, { data: { index: String(index) } })).status).toBe(200);
    // 12 MiB of events for each of 20 watches; the log of events is in memory once.
    expect((await server.memory()) - before).toBeLessThan(80 * MIB);
    await waitUntil('all are cut off', async () => (await server.state()).connections < 10);
    await other.further();
  });

  test('are not cut off while they read slowly', async () => {
    const server = await serve({ stalledMs: 5_000 });
    await fill(server);
    const { hostname, port } = new URL(server.address.url);
    const { ca, token } = server.address;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { hostname, port, path: CONFIGMAPS, ca, headers: { authorization: `Bearer ${token}` } };
      get(options, resolve).once('error', reject);
    });
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(response.complete).toBe(true);
    expect(size).toBeGreaterThan(8 * MIB);
  });
});

describe('many connections', () => {
  test('two thousand that are idle cost bounded memory, and make room for those that work', async () => {
    const server = await serve({
      connections: 500,
      headersMs: 300_000,
      requestMs: 300_000,
      handshakeMs: 300_000,
    });
    const other = await witness(server);
    const idle: Raw[] = [];
    for (let batch = 0; batch < 20; batch += 1)
      idle.push(...(await Promise.all(Array.from({ length: 50 }, () => raw(server)))));
    const before = await server.memory();
    for (let batch = 0; batch < 20; batch += 1)
      idle.push(...(await Promise.all(Array.from({ length: 50 }, () => raw(server)))));
    expect((await server.memory()) - before).toBeLessThan(20 * MIB);
    await waitUntil('all but the limit are cut off', () => idle.filter((one) => !one.closed).length <= 500);
    expect((await client(server).get(CONFIGMAPS)).status).toBe(200);
    await other.further(3);
  });

  test('two thousand that speak no TLS at all', async () => {
    const server = await serve({ connections: 200, handshakeMs: 300_000 });
    const other = await witness(server);
    const silent: Socket[] = [];
    for (let batch = 0; batch < 40; batch += 1)
      silent.push(...(await Promise.all(Array.from({ length: 50 }, () => plain(server)))));
    await waitUntil(
      'all but the limit are cut off',
      () => silent.filter((one) => !one.destroyed).length <= 200,
    );
    await other.further(3);
  });

  test('when all are busy a further one is cut off, and those that work go on', async () => {
    const server = await serve({ connections: 12 });
    const other = await witness(server);
    const busy: Raw[] = [];
    for (let index = 0; index < 10; index += 1) {
      const one = await raw(server);
      one.request(`GET ${CONFIGMAPS}?watch=true`);
      busy.push(one);
      await waitUntil('the watch begins, or is cut off', () => one.closed || one.statuses.length === 1);
    }
    const further = await raw(server);
    await waitUntil('the further one is cut off', () => further.closed || busy.some((one) => one.closed));
    await other.further(3);
  });

  test('of one address fewer than of all', async () => {
    const server = await serve({ connections: 100, connectionsPerAddress: 10 });
    const idle: Raw[] = [];
    for (let index = 0; index < 20; index += 1) idle.push(await raw(server));
    await waitUntil('half of them are cut off', () => idle.filter((one) => one.closed).length >= 10);
    expect(idle.slice(-5).some((one) => one.closed)).toBe(false);
  });
});

describe('pipelining', () => {
  test('requests of one connection are answered in order', async () => {
    const server = await serve({});
    const one = await raw(server);
    const paths = ['/api', '/nowhere', '/apis', `${CONFIGMAPS}/none`, '/version'];
    for (const path of paths) one.request(`GET ${path}`);
    await waitUntil('all are answered', () => one.statuses.length === paths.length);
    expect(one.statuses).toEqual([200, 404, 200, 404, 200]);
  });

  test('writes of one connection happen in order', async () => {
    const server = await serve({});
    await client(server).post(CONFIGMAPS, configMap('ordered'));
    const one = await raw(server);
    for (let index = 0; index < 50; index += 1) {
      const body = JSON.stringify({ data: { index: String(index) } });
      one.request(
        `PATCH ${CONFIGMAPS}/ordered`,
        ['Content-Type: application/merge-patch+json', `Content-Length: ${body.length}`],
        body,
      );
    }
    await waitUntil('all are answered', () => one.statuses.length === 50);
    const answered = [...one.received.matchAll(/"index":"(\d+)"/g)].map(([, index]) => Number(index));
    expect(answered).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });

  test('more requests than are let wait cut the connection off', async () => {
    const server = await serve({ pipelined: 10 });
    const other = await witness(server);
    const one = await raw(server);
    one.request(`GET ${CONFIGMAPS}?watch=true`);
    await waitUntil('it is cut off', () => {
      one.request('GET /api');
      return one.closed;
    });
    await other.further();
  });
});

describe('what is not TLS', () => {
  test.each<[string, Buffer]>([
    ['HTTP', Buffer.from('GET /api HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['zeros', Buffer.alloc(100_000)],
    ['a record that is cut short', Buffer.from('16030100ff0100', 'hex')],
    [
      'a record that is longer than records are',
      Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(70_000, 1)]),
    ],
    ['an old version', Buffer.from('802e0100020015000000100100800700c0030080060040020080040080', 'hex')],
    ['an alert', Buffer.from('15030100020228', 'hex')],
  ])('%s is cut off', async (_, bytes) => {
    const server = await serve({ handshakeMs: 500 });
    const other = await witness(server);
    const socket = await plain(server);
    socket.resume();
    socket.write(bytes);
    await waitUntil('it is cut off', () => socket.destroyed);
    await other.further();
  });

  test('garbage within TLS is cut off', async () => {
    const server = await serve({});
    const other = await witness(server);
    const one = await raw(server);
    one.send(Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 256)));
    await waitUntil('it is cut off', () => one.closed);
    await other.further();
  });
});

test.each([
  { connections: 0 },
  { bodyBytes: -1 },
  { shareOfOneUser: 1.5 },
  { waitMs: Number.NaN },
  { unknown: 1 },
])('the limits %j are refused', async (limits) => {
  const error: unknown = await startControlPlane({ limits }).then(
    (plane) => plane.stop(),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiServerError);
  expect(error).toMatchObject({ code: 'InvalidConfiguration' });
});
