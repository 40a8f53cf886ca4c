import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMockHypervisor } from '@virtkit/hal-mock';
import type { Hypervisor, Machine } from '@virtkit/hal';
import type { ProbeAction } from '@virtkit/machine-plan';
import { waitUntil } from '@virtkit/testing';
import { runProbe, type ProbeFailure } from '../../src/probes/probe-action.ts';
import { smallSpec } from '../support/small-spec.ts';

let hypervisor: Hypervisor;
let machine: Machine;
const servers: Server[] = [];
let httpPort = 0;
let silentPort = 0;
let closedPort = 0;
const seen: (string | undefined)[] = [];

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
};

beforeAll(async () => {
  hypervisor = await createMockHypervisor();
  machine = await hypervisor.define(smallSpec);
  await machine.start();
  await waitUntil('the agent', async () => (await machine.observe()).guestAgent.connected);
  httpPort = await listen(
    createHttpServer(({ url, headers }, response) => {
      seen.push(headers['x-probe'] as string | undefined);
      response.writeHead(Number(url?.slice(1)), { location: '/500' });
      // The body never ends: a probe must not wait for it.
      response.write('x');
    }),
  );
  silentPort = await listen(createServer());
  closedPort = await listen(createServer());
  await new Promise((resolve) => servers.pop()?.close(resolve));
});

afterAll(async () => {
  for (const server of servers) {
    if ('closeAllConnections' in server)
      (server as ReturnType<typeof createHttpServer>).closeAllConnections();
    server.close();
  }
  await hypervisor[Symbol.asyncDispose]();
});

const http = (path: string, port = httpPort): ProbeAction => ({
  kind: 'http',
  host: undefined,
  port,
  path,
  scheme: 'http',
  headers: [{ name: 'X-Probe', value: 'yes' }],
});
const probe = (action: ProbeAction, address: string | undefined = '127.0.0.1', timeoutSeconds = 10) =>
  runProbe({ action, timeoutSeconds }, { machine, address }, new AbortController().signal);

describe('one probe', () => {
  it.each<[string, () => ProbeAction]>([
    ['HTTP 200', () => http('/200')],
    ['HTTP 302, not followed', () => http('/302')],
    ['TCP', () => ({ kind: 'tcp', host: undefined, port: httpPort })],
    ['TCP to a named host', () => ({ kind: 'tcp', host: 'localhost', port: httpPort })],
    ['a program in the guest', () => ({ kind: 'exec', command: ['/bin/sh', '-c', 'true'] })],
    ['a ping of the agent', () => ({ kind: 'guest-agent-ping' })],
  ])('succeeds: %s', async (_name, action) => {
    expect(await probe(action())).toEqual({ ok: true });
  });

  it('sends the headers', () => {
    expect(seen).toContain('yes');
  });

  it.each<[string, () => ProbeAction, ProbeFailure, RegExp]>([
    ['HTTP 404', () => http('/404'), 'ProbeFailed', /HTTP status 404/],
    ['HTTP to nobody', () => http('/200', closedPort), 'GuestUnreachable', /ECONNREFUSED/],
    [
      'TCP to nobody',
      () => ({ kind: 'tcp', host: undefined, port: closedPort }),
      'GuestUnreachable',
      /ECONNREFUSED/,
    ],
    [
      'a program that fails',
      () => ({ kind: 'exec', command: ['/bin/sh', '-c', 'false'] }),
      'ProbeFailed',
      /exit status 1/,
    ],
    [
      'a program that is not there',
      () => ({ kind: 'exec', command: ['/nowhere'] }),
      'ProbeFailed',
      /no program/,
    ],
  ])('fails: %s', async (_name, action, reason, message) => {
    expect(await probe(action())).toEqual({
      ok: false,
      reason,
      message: expect.stringMatching(message) as string,
    });
  });

  it('fails when the guest takes too long', async () => {
    const result = await probe(http('/', silentPort), '127.0.0.1', 0.1);
    expect(result).toEqual({ ok: false, reason: 'ProbeTimedOut', message: 'no answer within 0.1 s' });
  });

  it('fails when the guest cannot be reached from outside', async () => {
    const result = await runProbe(
      { action: http('/200'), timeoutSeconds: 1 },
      { machine, address: undefined },
      new AbortController().signal,
    );
    expect(result).toEqual({
      ok: false,
      reason: 'GuestUnreachable',
      message: 'the guest has no address that this node can reach',
    });
  });

  it('fails when the agent is gone', async () => {
    await machine.stop('force');
    expect(await probe({ kind: 'guest-agent-ping' })).toMatchObject({ ok: false });
    expect(await probe({ kind: 'exec', command: ['/bin/sh', '-c', 'true'] })).toMatchObject({ ok: false });
    await machine.start();
  });

  it('succeeds without asking an agent that is to be left alone; others are carried out', async () => {
    const quietly = (action: ProbeAction) =>
      runProbe(
        { action, timeoutSeconds: 1 },
        { machine, address: '127.0.0.1', agentLeftAlone: true },
        new AbortController().signal,
      );
    expect(await quietly({ kind: 'exec', command: ['/nowhere'] })).toEqual({ ok: true });
    expect(await quietly({ kind: 'guest-agent-ping' })).toEqual({ ok: true });
    expect(await quietly(http('/404'))).toMatchObject({ ok: false });
  });
});
