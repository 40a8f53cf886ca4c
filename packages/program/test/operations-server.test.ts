import { once } from 'node:events';
import { get, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { silentLogger } from '@virtkit/controllers/runtime';
import { createAuthority } from '@virtkit/testing/authority';
import { Gauge, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { serveOperations, unchanging, WatchedValue, type OperationsServerOptions } from '../src/index.ts';

const serve = (options: Partial<OperationsServerOptions> = {}) =>
  serveOperations({
    host: '127.0.0.1',
    port: 0,
    registry: new Registry(),
    logger: silentLogger,
    ...options,
  });

async function body(url: string, options: RequestOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = get(url, { ...options, agent: false }, (response) => {
    text(response).then(resolve, reject);
  });
  request.on('error', reject);
  return promise;
}

describe('serveOperations', () => {
  it.each<[string, Partial<OperationsServerOptions>, string, number, string]>([
    ['healthy by default', {}, '/healthz', 200, 'ok'],
    ['healthy', { healthy: async () => undefined }, '/healthz?x=1', 200, 'ok'],
    ['ill', { healthy: async () => 'no server' }, '/healthz', 500, 'no server\n'],
    ['failing', { healthy: async () => Promise.reject(new Error('down')) }, '/healthz', 500, 'down\n'],
    ['ready by default', {}, '/readyz', 200, 'ok'],
    ['not ready', { ready: () => 'filling' }, '/readyz', 503, 'filling\n'],
    ['leader', { leading: () => true }, '/leader', 200, '{"apiserver":{"leader":"true"}}'],
    ['follower', { leading: () => false }, '/leader', 200, '{"apiserver":{"leader":"false"}}'],
    ['no candidate', {}, '/leader', 404, 'there is nothing here\n'],
    ['anything else', {}, '/', 404, 'there is nothing here\n'],
  ])('%s', async (_name, options, path, status, expected) => {
    await using server = await serve(options);
    const response = await fetch(`${server.url}${path}`);
    expect([response.status, await response.text()]).toEqual([status, expected]);
  });

  it('is asked only', async () => {
    await using server = await serve();
    const response = await fetch(`${server.url}/metrics`, { method: 'POST', body: 'x' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('answers as many requests for metrics at a time as it may', async () => {
    const registry = new Registry();
    const [started, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let collections = 0;
    new Gauge({
      name: 'slow',
      help: 'A value that takes its time.',
      registers: [registry],
      async collect() {
        if (++collections === 2) started.resolve();
        await released.promise;
        this.set(7);
      },
    });
    await using server = await serve({ registry, maxMetricRequests: 2 });
    const slow = [fetch(`${server.url}/metrics`), fetch(`${server.url}/metrics`)];
    await started.promise;
    const refused = await fetch(`${server.url}/metrics`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    released.resolve();
    for (const response of await Promise.all(slow)) {
      expect(response.headers.get('content-type')).toMatch('version=0.0.4');
      expect(await response.text()).toContain('slow 7');
    }
    expect((await fetch(`${server.url}/metrics`)).status).toBe(200);
  });

  it('a collector that fails costs an answer, not the server', async () => {
    const registry = new Registry();
    new Gauge({
      name: 'broken',
      help: 'A value that is not there.',
      registers: [registry],
      collect: () => Promise.reject(new Error('no')),
    });
    await using server = await serve({ registry, maxMetricRequests: 1 });
    for (let attempt = 0; attempt < 2; attempt++)
      expect((await fetch(`${server.url}/metrics`)).status).toBe(500);
  });

  it('lets answers under way end before it does', async () => {
    const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>()];
    const server = await serve({
      healthy: () => {
        asked.resolve();
        return released.promise;
      },
    });
    const answer = fetch(`${server.url}/healthz`);
    await asked.promise;
    const ended = server[Symbol.asyncDispose]();
    released.resolve(undefined);
    expect((await answer).status).toBe(200);
    await ended;
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });

  it('speaks TLS with the key pair of the moment', async () => {
    const [before, after] = await Promise.all([createAuthority(), createAuthority()]);
    const [first, second] = await Promise.all([before('virt-controller'), after('virt-controller')]);
    const keyPair = new WatchedValue(first);
    await using server = await serve({ security: { keyPair } });
    expect(server.url).toMatch(/^https:/);
    expect(await body(`${server.url}/healthz`, { ca: first.ca })).toBe('ok');
    keyPair.set(second);
    expect(await body(`${server.url}/healthz`, { ca: second.ca })).toBe('ok');
    await expect(body(`${server.url}/healthz`, { ca: first.ca })).rejects.toThrow();
  });

  it('ends although somebody has connected and does not even shake hands', async () => {
    const server = await serve({ security: { keyPair: unchanging(await (await createAuthority())('x')) } });
    const { hostname, port } = new URL(server.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    const closed = once(silent, 'close');
    await server[Symbol.asyncDispose]();
    await closed;
  });

  it('refuses an address that is taken', async () => {
    await using server = await serve();
    const { certificate, key } = await (await createAuthority())('x');
    const port = Number(new URL(server.url).port);
    await expect(
      serve({ port, security: { keyPair: unchanging({ certificate, key }) } }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
