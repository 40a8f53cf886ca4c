import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, type Identity } from '@virtkit/testing/authority';
import { describe, expect, it } from 'vitest';
import { connect, type RequestOutcome } from '../src/index.ts';
import { failure, json, scriptedServer } from './scripted-server.ts';

/** A folder as the kubelet projects a service account: files behind a link that is exchanged as a whole. */
function projectedFolder(): { path: string; write(files: Record<string, string>): void } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'sdk-files-'));
  let version = 0;
  return {
    path,
    write(files) {
      const folder = `..${++version}`;
      mkdirSync(join(path, folder));
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(path, folder, name), text);
        if (version === 1) symlinkSync(`..data/${name}`, join(path, name));
      }
      symlinkSync(folder, join(path, '..new'));
      renameSync(join(path, '..new'), join(path, '..data'));
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

async function secureServer(identity: Identity): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer({ cert: identity.certificate, key: identity.key }, (_request, response) => {
    response.setHeader('connection', 'close');
    json(response, {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('files', () => {
  it('a token is that of the moment', async () => {
    using folder = projectedFolder();
    folder.write({ token: 'first\n' });
    await using server = await scriptedServer((_request, response) => json(response, {}));
    await using client = await connect({ server: server.url, tokenFile: join(folder.path, 'token') });
    await client.pods.get('a');
    folder.write({ token: 'other\n' });
    await client.pods.get('a');
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer other']);
  });

  it('a token that cannot be read any more is told, and found again', async () => {
    using folder = projectedFolder();
    folder.write({ token: 'first' });
    await using server = await scriptedServer((_request, response) => json(response, {}));
    await using client = await connect({ server: server.url, tokenFile: join(folder.path, 'token') });
    folder.write({});
    await expect(client.pods.get('a')).rejects.toMatchObject({ code: 'unauthorized' });
    folder.write({ token: 'other' });
    await client.pods.get('a');
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer other']);
  });

  it('authorities are those of the moment, for requests and for WebSockets', async () => {
    using folder = projectedFolder();
    const [before, after] = await Promise.all([createAuthority(), createAuthority()]);
    const [stranger, known] = await Promise.all([before('server'), after('server')]);
    folder.write({ 'ca.crt': stranger.ca });
    await using server = await secureServer(known);
    await using client = await connect({
      server: `https://127.0.0.1:${server.port}`,
      caFile: join(folder.path, 'ca.crt'),
      attempts: 1,
    });
    await expect(client.pods.get('a')).rejects.toMatchObject({ code: 'certificate' });
    await expect(client.upgrade('/')).rejects.toMatchObject({ code: 'certificate' });
    folder.write({ 'ca.crt': known.ca });
    await client.pods.get('a');
    // The server knows no WebSockets, which shows that it was reached.
    await expect(client.upgrade('/')).rejects.toMatchObject({ code: 'protocol' });
    folder.write({ 'ca.crt': 'no certificate' });
    await expect(client.pods.get('a')).rejects.toMatchObject({ code: expect.stringMatching('c') as string });
  });

  it.each([
    ['a missing token', { tokenFile: '/nonexistent/token' }, 'cannot read the token in /nonexistent/token'],
    ['missing authorities', { caFile: '/nonexistent/ca' }, 'cannot read the authorities in /nonexistent/ca'],
    ['two tokens', { token: 'a', tokenFile: '/nonexistent' }, 'either token or tokenFile'],
    ['two authorities', { ca: '-----BEGIN', caFile: '/nonexistent' }, 'either ca or caFile'],
  ])('%s is told at the start', async (_name, options, message) => {
    await expect(connect({ server: 'https://127.0.0.1:1', ...options })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('onRequest', () => {
  it('hears of each try with its outcome', async () => {
    const outcomes: RequestOutcome[] = [];
    const answers = [503, 200, 404];
    await using server = await scriptedServer(
      (_request, response) => {
        const status = answers.shift() ?? 200;
        response.setHeader('retry-after', '0');
        json(response, status === 200 ? { items: [] } : failure(status, 'broken'), status);
      },
      { onRequest: (outcome) => outcomes.push(outcome) },
    );
    await server.client.pods.list({ labelSelector: 'a=b' });
    await expect(server.client.pods.get('a')).rejects.toMatchObject({ code: 'not-found' });
    server.server.close();
    server.server.closeAllConnections();
    await expect(
      server.client.pods.create({ apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [] } }),
    ).rejects.toThrow();
    const { host } = new URL(server.url);
    const list = { method: 'GET', path: '/api/v1/namespaces/default/pods', host };
    expect(outcomes).toMatchObject([
      { ...list, status: 503, query: { labelSelector: 'a=b' } },
      { ...list, status: 200 },
      { ...list, path: '/api/v1/namespaces/default/pods/a', status: 404 },
      { ...list, method: 'POST', status: undefined },
    ]);
    expect(outcomes.every(({ seconds }) => seconds > 0)).toBe(true);
  });
});
