import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { silentLogger } from '@virtkit/controllers/runtime';
import { unchanging, WatchedValue } from '@virtkit/program';
import type { Client, RawRequest } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { createAuthority, type Identity } from '@virtkit/testing/authority';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runVirtApi, type FrontProxyTrust } from '../../src/index.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';

let cluster: TestCluster;
let trust: WatchedValue<FrontProxyTrust>;
let serving: Identity;
let proxy: Identity;
let stranger: Identity;
let port: number;
let stop: AbortController;
let ended: Promise<void>;
/** What the cluster is asked about users, and what it says. */
let reviews: Record<string, unknown>[];
let verdict: () => unknown;

const usual = {
  userHeaders: ['x-remote-user'],
  groupHeaders: ['x-remote-group'],
  extraPrefixes: ['x-remote-extra-'],
};

beforeAll(async () => {
  cluster = await startCluster();
});

afterAll(() => cluster[Symbol.asyncDispose]());

beforeEach(async () => {
  const issue = await createAuthority();
  [proxy, stranger] = [await issue('front-proxy-client'), await issue('somebody-else')];
  serving = await (await createAuthority())('virt-api');
  trust = new WatchedValue<FrontProxyTrust>({ ...usual, ca: proxy.ca, allowedNames: ['front-proxy-client'] });
  reviews = [];
  verdict = () => ({ status: { allowed: true } });
  stop = new AbortController();
  const listening = Promise.withResolvers<number>();
  const keyPair = unchanging({ certificate: serving.certificate, key: serving.key });
  ended = runVirtApi({
    client: reviewing(cluster.admin),
    listen: { host: '127.0.0.1', port: 0 },
    keyPair,
    trust,
    handlers: { keyPair, ca: unchanging(serving.ca) },
    hypervisors: ['kvm-qemu', 'mock'],
    logger: silentLogger,
    signal: stop.signal,
    ending: { noticeMs: 0, graceMs: 1000 },
    onListening: listening.resolve,
  });
  port = await listening.promise;
});

afterEach(async () => {
  stop.abort();
  await ended;
});

/** The client, with answers of the test to questions about users. */
function reviewing(client: Client): Client {
  return {
    ...client,
    request: async (asked: RawRequest) => {
      if (!asked.path.endsWith('/subjectaccessreviews')) return client.request(asked);
      reviews.push((asked.body as { spec: Record<string, unknown> }).spec);
      const answer = verdict();
      return { status: 201, headers: {}, json: async () => answer } as Awaited<ReturnType<Client['request']>>;
    },
  };
}

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly identity?: Identity | undefined;
  readonly agent?: Agent;
}

const version = '/apis/subresources.kubevirt.io/v1';
const start = `${version}/namespaces/default/virtualmachines/absent/start`;
const jane = { 'x-remote-user': 'jane', 'x-remote-group': 'developers' };

async function ask({ method = 'PUT', path = start, headers = jane, identity = proxy, agent }: Asked) {
  const call = request({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers,
    agent: agent ?? false,
    ca: serving.ca,
    cert: identity?.certificate,
    key: identity?.key,
  });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

describe('who a user is', () => {
  test('is told by the front proxy, which is known by its name', async () => {
    expect(await ask({})).toMatchObject({ status: 404 });
    expect(await ask({ identity: stranger })).toMatchObject({
      status: 401,
      body: expect.stringContaining('somebody-else') as string,
    });
    expect(reviews).toHaveLength(1);
  });

  test('may be told by whoever has a certificate, where the cluster names nobody', async () => {
    trust.set({ ...trust.current, allowedNames: [] });
    expect(await ask({ identity: stranger })).toMatchObject({ status: 404 });
    const other = await (await createAuthority())('front-proxy-client');
    expect(await ask({ identity: other })).toMatchObject({ status: 401 });
  });

  test('is not told by those whom the cluster trusts no longer, whose connections are closed', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask({ agent })).toMatchObject({ status: 404 });
    const [socket] = Object.values(agent.freeSockets).flat();
    const closed = once(socket!, 'close');
    const next = await (await createAuthority())('front-proxy-client');
    trust.set({ ...trust.current, ca: next.ca });
    await closed;
    expect(await ask({ agent })).toMatchObject({ status: 401 });
    expect(await ask({ identity: next })).toMatchObject({ status: 404 });
    agent.destroy();
  });

  test('is read as Kubernetes writes it', async () => {
    trust.set({ ...trust.current, userHeaders: ['x-remote-user', 'x-forwarded-user'] });
    const latin = (value: string) => Buffer.from(value, 'utf8').toString('latin1');
    await ask({
      headers: {
        'x-forwarded-user': latin('Jürgen'),
        'x-remote-group': ['one, two', 'three'],
        'x-remote-extra-example.org%2fscopes': ['read', 'write'],
        'x-remote-extra-odd%zz': 'as it is',
      },
    });
    expect(reviews).toMatchObject([
      {
        user: 'Jürgen',
        groups: ['one, two', 'three'],
        extra: { 'example.org/scopes': ['read', 'write'], 'odd%zz': ['as it is'] },
      },
    ]);
  });
});

test('the KubeVirt object says which versions of TLS are spoken', async () => {
  const shake = async (): Promise<string | null> => {
    const socket = connectTls({ host: '127.0.0.1', port, ca: serving.ca, maxVersion: 'TLSv1.2' });
    try {
      await once(socket, 'secureConnect');
      return socket.getProtocol();
    } finally {
      socket.destroy();
    }
  };
  expect(await shake()).toBe('TLSv1.2');
  const body = { spec: { configuration: { tlsConfiguration: { minTLSVersion: 'VersionTLS13' } } } };
  await cluster.admin.kubeVirts.patch('kubevirt', { type: 'merge', body }, { namespace: 'kubevirt' });
  await waitUntil('TLS 1.2 is refused', async () => {
    try {
      return (await shake()) === null;
    } catch (error) {
      return (error as { code?: string }).code === 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION';
    }
  });
  expect(await ask({})).toMatchObject({ status: 404 });
  const back = { spec: { configuration: { tlsConfiguration: null } } };
  await cluster.admin.kubeVirts.patch('kubevirt', { type: 'merge', body: back }, { namespace: 'kubevirt' });
});

describe('what a user may', () => {
  test('is asked of the cluster anew for each request', async () => {
    await ask({});
    await ask({});
    const resourceAttributes = {
      group: 'subresources.kubevirt.io',
      version: 'v1',
      verb: 'update',
      namespace: 'default',
      resource: 'virtualmachines',
      name: 'absent',
      subresource: 'start',
    };
    expect(reviews).toMatchObject([{ resourceAttributes }, { resourceAttributes }]);
  });

  test.each([
    [
      'a refusal',
      () => ({ status: { allowed: false, reason: 'no role binds jane' } }),
      403,
      'no role binds jane',
    ],
    [
      'a denial',
      () => ({ status: { allowed: true, denied: true } }),
      403,
      'may not update virtualmachines/start',
    ],
    ['an answer that is none', () => ({}), 500, 'could not be found out'],
    [
      'a cluster that cannot be asked',
      () => {
        throw new Error('connection refused');
      },
      500,
      'could not be found out',
    ],
  ] as const)('%s', async (_, answer, status, message) => {
    verdict = answer;
    expect(await ask({})).toMatchObject({ status, body: expect.stringContaining(message) as string });
  });
});

describe('what everybody may see', () => {
  const everybody = { method: 'GET', headers: {}, identity: undefined };

  test.each(['/', '/apis', version, '/openapi/v2', '/openapi/v3', `/openapi/v3${version}`, '/healthz'])(
    '%s',
    async (path) => {
      const call = await ask({ ...everybody, path });
      expect(call.status).toBe(200);
      expect(JSON.parse(call.body)).toBeTypeOf('object');
      expect(reviews).toEqual([]);
    },
  );

  test.each([`${version}/healthz/`, `//healthz`, `${version}/namespaces/default/healthz`, '/readyz', start])(
    'not %s',
    async (path) => {
      const call = request({
        host: '127.0.0.1',
        port,
        path,
        method: 'GET',
        agent: false,
        ca: serving.ca,
      }).end();
      const [response] = (await once(call, 'response')) as [IncomingMessage];
      response.resume();
      expect(response.statusCode).toBe(401);
    },
  );
});
