import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import type { IncomingMessage } from 'node:http';
import { silentLogger, type Logger } from '@virtkit/controllers/runtime';
import { waitUntil } from '@virtkit/testing';
import { createAuthority, type Identity } from '@virtkit/testing/authority';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  peerName,
  readBundle,
  secureServer,
  TlsAgent,
  unchanging,
  watchBundle,
  WatchedValue,
  watchKeyPair,
  type KeyPair,
  type TlsPolicy,
} from '../src/index.ts';
import { MountedSecret } from './mounted-secret.ts';

const files = ({ certificate, key }: Identity) => ({ 'tls.crt': certificate, 'tls.key': key });
const pairOf = ({ certificate, key }: Identity): KeyPair => ({ certificate, key });

let secret: MountedSecret;
let one: Identity;
let two: Identity;

beforeEach(async () => {
  const issue = await createAuthority();
  [one, two] = [await issue('one'), await issue('two')];
  secret = await MountedSecret.create();
});

afterEach(() => secret[Symbol.asyncDispose]());

/** Follows `tls.crt` and `tls.key`; a poll of `pollMs`, by default so slow that only notifications count. */
function follow({
  logger = silentLogger,
  pollMs = 600_000,
  signal,
}: Partial<Parameters<typeof watchKeyPair>[2]> = {}) {
  const options = { logger, pollMs, ...(signal && { signal }) };
  return watchKeyPair(secret.file('tls.crt'), secret.file('tls.key'), options);
}

function recorder(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const note = (message: string, fields = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { logger: { ...silentLogger, warn: note, error: note }, lines };
}

describe('a key pair in files', () => {
  it('is waited for, and the wait is told of once', async () => {
    const { logger, lines } = recorder();
    const waiting = follow({ logger, pollMs: 5 });
    await waitUntil('it says that it waits', () => lines.length > 0);
    await secret.update(files(one));
    await using pair = await waiting;
    expect(pair.current).toEqual(pairOf(one));
    expect(lines[0]).toMatch(/^waiting for files .*tls\.crt/);
    // Not once per look.
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('is waited for in a folder that is not there yet', async () => {
    await rm(secret.folder, { recursive: true });
    const waiting = follow({ pollMs: 5 });
    await mkdir(secret.folder);
    await secret.update(files(one));
    await using pair = await waiting;
    expect(pair.current).toEqual(pairOf(one));
  });

  it('stops waiting when told to', async () => {
    const stop = new AbortController();
    const waiting = follow({ signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it.each([
    ['by notification', 600_000],
    ['by polling, where the folder was exchanged and notifies nobody', 5],
  ])('is followed over rotations, %s', async (_, pollMs) => {
    await secret.update(files(one));
    await using pair = await follow({ pollMs });
    const seen: KeyPair[] = [];
    using _subscription = pair.onChange((value) => seen.push(value));
    if (pollMs === 5) {
      await rm(secret.folder, { recursive: true });
      await using other = await MountedSecret.create();
      await mkdir(secret.folder);
      for (const [name, content] of Object.entries(files(two))) await writeFile(secret.file(name), content);
      expect(other.folder).not.toBe(secret.folder);
    } else await secret.update(files(two));
    await waitUntil('the new pair', () => pair.current.certificate === two.certificate);
    expect(seen).toEqual([pairOf(two)]);
  });

  it('is never a certificate with the key of another', async () => {
    await writeFile(secret.file('tls.crt'), one.certificate);
    await writeFile(secret.file('tls.key'), one.key);
    const { logger, lines } = recorder();
    await using pair = await follow({ logger });
    const seen: KeyPair[] = [];
    using _subscription = pair.onChange((value) => seen.push(value));
    await writeFile(secret.file('tls.crt'), two.certificate);
    await waitUntil('the half is noticed', () =>
      lines.some((line) => line.includes('not that of the certificate')),
    );
    expect(pair.current).toEqual(pairOf(one));
    await writeFile(secret.file('tls.key'), two.key.slice(0, 40));
    await writeFile(secret.file('tls.key'), two.key);
    await waitUntil('the whole pair', () => pair.current.key === two.key);
    expect(seen).toEqual([pairOf(two)]);
  });

  it('stays when its files go', async () => {
    await secret.update(files(one));
    const { logger, lines } = recorder();
    await using pair = await follow({ logger });
    await rm(secret.file('..data'));
    await waitUntil('it is noticed', () => lines.length > 0);
    expect(pair.current).toEqual(pairOf(one));
  });

  it('is not followed any more once disposed of', async () => {
    await secret.update(files(one));
    const pair = await follow({ pollMs: 1 });
    await pair[Symbol.asyncDispose]();
    await secret.update(files(two));
    await using later = await follow();
    expect(later.current).toEqual(pairOf(two));
    expect(pair.current).toEqual(pairOf(one));
  });
});

describe('a bundle', () => {
  it('holds certificates only, and at least one', () => {
    expect(readBundle(`# the old\n${one.ca}\n# the new\n${two.ca}`)).toEqual({
      ok: true,
      value: `${one.ca.trim()}\n${two.ca.trim()}\n`,
    });
    expect(readBundle('nothing')).toMatchObject({ ok: false });
    expect(readBundle(one.ca.replace(/[A-Z]{6}/, 'AAAAAA'))).toMatchObject({ ok: false });
  });
});

describe('connections', () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A server that answers with the name of its caller. */
  async function serve(security: Parameters<typeof secureServer>[1]): Promise<Disposable> {
    server = createServer({ requestCert: true, rejectUnauthorized: false }, (call, response) =>
      response.end(peerName(call.socket) ?? 'anonymous'),
    );
    const secured = secureServer(server, security);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return secured;
  }

  const port = (): number => (server.address() as AddressInfo).port;

  async function call(
    agent: TlsAgent,
  ): Promise<{ said: string; server: string | undefined; reused: boolean }> {
    const asked = request({ host: '127.0.0.1', port: port(), agent }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    // Asked before the body ends: the agent takes the socket back with it.
    const shown = peerName(response.socket);
    return { said: await text(response), server: shown, reused: asked.reusedSocket };
  }

  it('use the certificates that are in force, on both sides, over a rotation of authority and all', async () => {
    const [oldIssue, newIssue] = [await createAuthority(), await createAuthority()];
    const [oldServer, newServer] = [await oldIssue('server-1'), await newIssue('server-2')];
    const [oldClient, newClient] = [await oldIssue('client-1'), await newIssue('client-2')];
    await secret.update({ ...files(oldServer), 'ca-bundle': oldServer.ca });
    await using clientSecret = await MountedSecret.create();
    await clientSecret.update(files(oldClient));
    const options = { logger: silentLogger, pollMs: 600_000 };
    await using keyPair = await follow();
    await using bundle = await watchBundle(secret.file('ca-bundle'), options);
    await using clientPair = await watchKeyPair(
      clientSecret.file('tls.crt'),
      clientSecret.file('tls.key'),
      options,
    );
    using _secured = await serve({ keyPair, clientCa: bundle });
    using agent = new TlsAgent({ ca: bundle, keyPair: clientPair }, { keepAlive: true });

    expect(await call(agent)).toEqual({ said: 'client-1', server: 'server-1', reused: false });
    expect(await call(agent)).toMatchObject({ reused: true });

    // As a rotation goes: both authorities are trusted before the first certificate of the new one appears.
    await secret.update({ ...files(oldServer), 'ca-bundle': oldServer.ca + newServer.ca });
    await waitUntil('both are trusted', () => bundle.current.length > oldServer.ca.length * 1.5);
    expect(await call(agent)).toEqual({ said: 'client-1', server: 'server-1', reused: false });

    await secret.update({ ...files(newServer), 'ca-bundle': oldServer.ca + newServer.ca });
    await clientSecret.update(files(newClient));
    await waitUntil('the new certificates are used', () => keyPair.current.key === newServer.key);
    await waitUntil('the new certificates are used', () => clientPair.current.key === newClient.key);
    await waitUntil('a new connection', async () => (await call(agent)).server === 'server-2');
    expect(await call(agent)).toMatchObject({ said: 'client-2', server: 'server-2' });
  });

  it('do not resume a session from before their authority was distrusted', async () => {
    const [trusted, later] = [await createAuthority(), await createAuthority()];
    const client = await trusted('client');
    const clientCa = new WatchedValue(client.ca);
    using _secured = await serve({ keyPair: unchanging(pairOf(one)), clientCa });
    const open = async (session?: Buffer): Promise<{ resumed: boolean; session: Buffer; said: string }> => {
      const tickets: Buffer[] = [];
      const socket = connect({
        host: '127.0.0.1',
        port: port(),
        ca: one.ca,
        cert: client.certificate,
        key: client.key,
        ...(session && { session }),
      });
      socket.on('session', (ticket) => tickets.push(ticket));
      await once(socket, 'secureConnect');
      const resumed = socket.isSessionReused();
      socket.end('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      const said = (await text(socket)).split('\r\n\r\n')[1] ?? '';
      return { resumed, session: tickets.at(-1) ?? Buffer.alloc(0), said };
    };
    const first = await open();
    expect(first.said).toContain('client');
    expect((await open(first.session)).resumed).toBe(true);
    clientCa.set((await later('x')).ca);
    const second = await open(first.session);
    expect(second.resumed).toBe(false);
    expect(second.said).toContain('anonymous');
  });

  it('may be known by name and not by address', async () => {
    using _secured = await serve({ keyPair: unchanging(pairOf(one)) });
    using right = new TlsAgent({ ca: unchanging(one.ca), serverName: 'one' });
    using wrong = new TlsAgent({ ca: unchanging(one.ca), serverName: 'two' });
    expect(await call(right)).toMatchObject({ said: 'anonymous', server: 'one' });
    await expect(call(wrong)).rejects.toThrow('not of two');
  });

  it('are refused below the version that is in force', async () => {
    const policy = new WatchedValue<TlsPolicy>({ minVersion: 'TLSv1.2' });
    using _secured = await serve({ keyPair: unchanging(pairOf(one)), policy });
    const shake = async (): Promise<void> => {
      const socket = connect({ host: '127.0.0.1', port: port(), ca: one.ca, maxVersion: 'TLSv1.2' });
      try {
        await once(socket, 'secureConnect');
      } finally {
        socket.destroy();
      }
    };
    await shake();
    policy.set({ minVersion: 'TLSv1.3' });
    await expect(shake()).rejects.toThrow();
  });
});
