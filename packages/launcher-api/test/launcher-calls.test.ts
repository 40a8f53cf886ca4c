import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HalError, parseMachineSpec } from '@virtkit/hal';
import { createMockHypervisor, MockHost } from '@virtkit/hal-mock';
import {
  connectLauncher,
  limits,
  serveLauncher,
  type DhcpSpec,
  type FactsRequest,
  type LauncherEvent,
  type ServeLauncherOptions,
} from '@virtkit/launcher-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';
import { launcherOptions, rawRequest } from './launcher.ts';

const spec = parseMachineSpec(smallMachine(), 'mock');
let folder: string;
let socketPath: string;
let host: MockHost;
let stack: AsyncDisposableStack;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launcher-api-'));
  socketPath = join(folder, 'launcher-sock');
  host = new MockHost();
  stack = new AsyncDisposableStack();
});

afterEach(async () => {
  await stack.disposeAsync();
  rmSync(folder, { recursive: true });
});

async function launcher(options: Partial<ServeLauncherOptions> = {}) {
  const hypervisor = await createMockHypervisor({ host });
  const server = stack.use(await serveLauncher(launcherOptions({ hypervisor, socketPath, ...options })));
  return { server, client: stack.use(await connectLauncher({ socketPath })) };
}

async function eventOf(
  events: AsyncIterable<LauncherEvent>,
  kind: LauncherEvent['kind'],
): Promise<LauncherEvent> {
  for await (const event of events) if (event.kind === kind) return event;
  throw new Error(`the stream ended without ${kind}`);
}

describe('a launcher', () => {
  it('tells who it is and, once, that it is to end: to those who listen and those who come later', async () => {
    const { server, client } = await launcher();
    expect(await client.info()).toMatchObject({ apiVersion: '1.2', hypervisor: 'mock', pid: process.pid });
    const events = client.events();
    const told = eventOf(events, 'termination-requested');
    server.requestTermination();
    const { terminationRequestedAt } = await client.info();
    expect(await told).toEqual({ kind: 'termination-requested', at: terminationRequestedAt });
    server.requestTermination();
    expect((await client.info()).terminationRequestedAt).toBe(terminationRequestedAt);
    expect(await eventOf(client.events(), 'termination-requested')).toMatchObject({
      at: terminationRequestedAt,
    });
  });

  it('hands facts and DHCP over as they were asked for, with defaults filled in', async () => {
    const asked: FactsRequest[] = [];
    const dhcp: DhcpSpec[] = [];
    const { client } = await launcher({
      facts: async (request) => {
        asked.push(request);
        return {
          volumes: {
            good: { path: '/a', format: 'raw', virtualSizeBytes: 5 },
            bad: { error: { code: 'source-unavailable', message: 'gone', retry: 'backoff' } },
          },
          hardwareVirtualization: { state: 'absent', reason: 'no device' },
        };
      },
      configureDhcp: async (wanted) => void dhcp.push(wanted),
    });
    const facts = await client.facts({ volumes: { good: { path: '/a' } } });
    expect(facts.volumes.good).toEqual({ path: '/a', format: 'raw', virtualSizeBytes: 5 });
    expect(facts.volumes.bad).toMatchObject({ error: { code: 'source-unavailable' } });
    await client.facts();
    const unasked = {
      disks: {},
      diskRoom: { reserveBytes: 131_072, tolerancePercent: 10 },
      cloudInitSecrets: [],
      credentials: [],
      devices: [],
      cpus: false,
    };
    expect(asked).toEqual([
      { volumes: { good: { path: '/a' } }, ...unasked },
      { volumes: {}, ...unasked },
    ]);
    const description = {
      bridge: 'k6t-eth0',
      gateway: '10.0.2.1',
      prefix: 24,
      guestAddress: '10.0.2.2',
      mac: '02:00:00:00:00:01',
      mtu: 1450,
      hostname: 'vm',
    };
    await client.configureDhcp({ interfaces: [description] });
    const defaults = {
      routes: [],
      options: { ntpServers: [], privateOptions: [] },
    };
    expect(dhcp).toEqual([{ interfaces: [{ ...description, ...defaults }], ipv6: [] }]);
    await expect(
      client.configureDhcp({ interfaces: [{ ...description, bridge: '../../etc', mtu: 1 }] }),
    ).rejects.toMatchObject({ code: 'invalid-spec', field: '/interfaces/0/bridge' });
  });

  it('carries every part of an error', async () => {
    const { client } = await launcher({
      facts: () =>
        Promise.reject(
          new HalError('insufficient-resources', 'full', { retry: 'on-change', field: '/disks/0' }),
        ),
    });
    await expect(client.facts()).rejects.toMatchObject({
      name: 'HalError',
      code: 'insufficient-resources',
      message: 'full',
      retry: 'on-change',
      field: '/disks/0',
    });
  });

  it('aborts what it does for a client that gives up', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const { client } = await launcher({
      facts: (_request, { signal }) => {
        started.resolve(signal!);
        return new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(new Error('given up'))),
        );
      },
    });
    const abort = new AbortController();
    const call = client.facts({}, { signal: abort.signal });
    const signal = await started.promise;
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    if (!signal.aborted) await once(signal, 'abort');
  });

  it('reports failed calls to its owner', async () => {
    const failures: string[] = [];
    const { client } = await launcher({ onFailure: (call) => failures.push(call) });
    host.faults.inject({ operation: 'list', code: 'failed' });
    await expect(client.hypervisor.list()).rejects.toMatchObject({ code: 'failed' });
    expect(failures).toEqual(['GET /v1/machines']);
  });

  it('lets events be followed across its own restart', async () => {
    const { server, client } = await launcher();
    const events = client.hypervisor.events()[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ kind: 'resync' });
    await server[Symbol.asyncDispose]();
    await launcher();
    const kinds: string[] = [];
    for (let step = await events.next(); step.done !== true; step = await events.next()) {
      kinds.push(step.value.kind);
      if (step.value.kind === 'state') break;
      // A resync may stand for the loss or for the new connection; only after the latter are single events told.
      await (await client.hypervisor.define(spec)).undefine();
    }
    expect(kinds.length).toBeGreaterThan(1);
    await events.return?.();
  });

  it('answers the calls that it has begun before it ends', async () => {
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const configureDhcp = () => (begun.resolve(), gate.promise);
    const { server, client } = await launcher({ configureDhcp });
    const called = client.configureDhcp({ interfaces: [] });
    await begun.promise;
    const ended = server[Symbol.asyncDispose]();
    gate.resolve();
    await expect(called).resolves.toBeUndefined();
    await ended;
  });

  it('does not wait for ever for a call that nobody answers', async () => {
    const begun = Promise.withResolvers<void>();
    const configureDhcp: ServeLauncherOptions['configureDhcp'] = async (_spec, { signal }) => {
      begun.resolve();
      await once(signal!, 'abort');
    };
    const { server, client } = await launcher({ configureDhcp });
    const called = client.configureDhcp({ interfaces: [] });
    await begun.promise;
    const refused = expect(called).rejects.toMatchObject({ code: 'connection-lost' });
    await server[Symbol.asyncDispose]();
    await refused;
  });

  it('ends open streams with itself, and their readers hear of it', async () => {
    const { server, client } = await launcher();
    const machine = await client.hypervisor.define(spec);
    await machine.start();
    const console = await machine.facet('consoles').open(0);
    console.resume();
    const failed = once(console, 'error');
    await server[Symbol.asyncDispose]();
    const [error] = (await failed) as [HalError];
    expect(error.code).toBe('connection-lost');
  });

  it('carries console bytes both ways unchanged, many at once', async () => {
    const { client } = await launcher();
    const machine = await client.hypervisor.define({
      ...spec,
      backend: { mock: { boot: [{ afterMs: 0, console: '' }] } },
    });
    await machine.start();
    const console = await machine.facet('consoles').open(0);
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
    console.write(sent);
    const received: Buffer[] = [];
    let size = 0;
    for await (const chunk of console) {
      received.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size >= sent.length) break;
    }
    expect(Buffer.concat(received).equals(sent)).toBe(true);
  });
});

describe('requests that no client sends', () => {
  it.each([
    ['another version', 'GET', '/v2/info', undefined, 501, 'unsupported'],
    ['a call that is not there', 'GET', '/v1/teapot', undefined, 501, 'unsupported'],
    ['another method', 'DELETE', '/v1/info', undefined, 501, 'unsupported'],
    ['bad encoding', 'GET', '/v1/machines/%zz', undefined, 422, 'invalid-spec'],
    ['no JSON', 'POST', '/v1/machines', '{', 422, 'invalid-spec'],
    ['another type', 'POST', '/v1/machines', '[]', 422, 'invalid-spec'],
    ['a stop without mode', 'POST', '/v1/machines/small/stop', '{}', 422, 'invalid-spec'],
    ['an unknown machine', 'POST', '/v1/machines/none/start', undefined, 404, 'not-found'],
    ['too long a log', 'GET', '/v1/machines/small/console-log?maxBytes=1e12', undefined, 422, 'invalid-spec'],
    ['an unknown stream', 'GET', '/v1/streams/x', undefined, 404, 'not-found'],
    ['a stream without upgrade', 'GET', '/v1/machines/small/vnc', undefined, 501, 'unsupported'],
  ])('are answered with a typed error: %s', async (_what, method, path, body, status, code) => {
    await launcher();
    const answer = await rawRequest(socketPath, method, path, body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ code });
  });

  it('are refused when they are too long', async () => {
    await launcher();
    const answer = await rawRequest(
      socketPath,
      'POST',
      '/v1/machines',
      Buffer.alloc(limits.requestBytes + 1, ' '),
    );
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'invalid-spec' });
  });
});
