import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { SeenRequest, ScriptedServer } from './scripted-server.ts';
import { eventually, failure, json, scriptedServer } from './scripted-server.ts';

/** A server that accepts WebSockets with KubeVirt's subprotocol; `serve` gets each, and the URL that was asked for. */
async function streamServer(serve: (socket: WebSocket, url: string) => void): Promise<ScriptedServer> {
  const server = await scriptedServer((_request, response) => json(response, {}));
  const sockets = new WebSocketServer({
    server: server.server,
    handleProtocols: (offered) => offered.values().next().value ?? false,
  });
  sockets.on('connection', (socket, request) => serve(socket, request.url ?? ''));
  return server;
}

describe('streams', () => {
  it('carries bytes both ways and ends when the other side does', async () => {
    await using server = await streamServer((socket) => {
      socket.on('message', (data: Buffer, isBinary) => {
        expect(isBinary).toBe(true);
        socket.send(Buffer.concat([Buffer.from('echo '), data]));
        socket.close(1000, 'done');
      });
    });
    const stream = await server.client.virtualMachineInstances.console('vm');
    expect(stream.subprotocol).toBe('plain.kubevirt.io');
    stream.write('hello');
    expect(await text(stream)).toBe('echo hello');
    expect(await stream.outcome).toEqual({ code: 1000, reason: 'done', clean: true });
  });

  it('asks for the path of each stream', async () => {
    const urls: string[] = [];
    await using server = await streamServer((socket, url) => {
      urls.push(url);
      socket.close();
    });
    const { virtualMachines: vms, virtualMachineInstances: vmis } = server.client;
    const streams = [
      await vms.console('a', { namespace: 'ns' }),
      await vmis.vnc('a', { preserveSession: true }),
      await vmis.usbRedirection('a'),
      await vms.portForward('a', 22),
      await vmis.portForward('a', 53, { protocol: 'udp' }),
      await server.client.upgrade('/raw', { query: { port: 1 } }),
    ];
    for (const stream of streams) await buffer(stream);
    const base = '/apis/subresources.kubevirt.io/v1/namespaces';
    expect(urls).toEqual([
      `${base}/ns/virtualmachineinstances/a/console`,
      `${base}/default/virtualmachineinstances/a/vnc?preserveSession=true`,
      `${base}/default/virtualmachineinstances/a/usbredir`,
      `${base}/default/virtualmachineinstances/a/portforward/22/tcp`,
      `${base}/default/virtualmachineinstances/a/portforward/53/udp`,
      '/raw?port=1',
    ]);
  });

  it('delivers everything when the server drops the connection, and tells that it did', async () => {
    await using server = await streamServer((socket) => {
      socket.send(Buffer.alloc(300_000, 'x'), () => socket.terminate());
    });
    const stream = await server.client.virtualMachineInstances.console('vm');
    expect((await buffer(stream)).length).toBe(300_000);
    expect(await stream.outcome).toMatchObject({ code: 1006, clean: false });
  });

  it('raises a close code that stands for an error', async () => {
    await using server = await streamServer((socket) => socket.close(1011, 'the guest went away'));
    const stream = await server.client.virtualMachineInstances.console('vm');
    await expect(buffer(stream)).rejects.toMatchObject({
      code: 'stream-closed',
      closeCode: 1011,
      message: expect.stringContaining('the guest went away'),
    });
  });

  it('maps the refusal of an upgrade like that of a request', async () => {
    await using server = await scriptedServer((_request, response) => json(response, {}));
    server.server.on('upgrade', (_request, socket) => {
      const body = JSON.stringify(failure(400, 'BadRequest'));
      socket.end(
        `HTTP/1.1 400 Bad Request\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
    });
    await expect(server.client.virtualMachines.console('vm')).rejects.toMatchObject({
      code: 'bad-request',
      httpStatus: 400,
      status: { reason: 'BadRequest' },
    });
    await eventually(() => server.sockets.size === 0);
  });

  it('identifies itself', async () => {
    let authorization: string | undefined;
    await using server = await streamServer((socket) => socket.close());
    server.server.prependListener('upgrade', (request) => (authorization = request.headers.authorization));
    await buffer(await server.client.virtualMachines.console('vm'));
    expect(authorization).toBe('Bearer secret');
  });

  it('stops reading while nobody takes the bytes', async () => {
    let buffered = 0;
    await using server = await streamServer((socket) => {
      const chunk = Buffer.alloc(1024 * 1024);
      for (let i = 0; i < 64; i++) socket.send(chunk);
      buffered = socket.bufferedAmount;
      socket.close();
    });
    const stream = await server.client.virtualMachineInstances.vnc('vm');
    await once(stream, 'readable');
    expect(buffered).toBeGreaterThan(32 * 1024 * 1024);
    expect(stream.readableLength).toBeLessThan(16 * 1024 * 1024);
    expect((await buffer(stream)).length).toBe(64 * 1024 * 1024);
  });

  it('tells a writer to wait while the other side does not read', async () => {
    let accepted: WebSocket | undefined;
    await using server = await streamServer((socket) => {
      accepted = socket;
      socket.pause();
    });
    const stream = await server.client.virtualMachineInstances.console('vm');
    const chunk = Buffer.alloc(256 * 1024);
    let written = 0;
    while (written < 1000 && stream.write(chunk)) written++;
    expect(written).toBeLessThan(1000);
    accepted?.resume();
    await once(stream, 'drain');
    stream.destroy();
  });

  it('ends the handshake and the open stream with the signal', async () => {
    const abort = new AbortController();
    await using server = await streamServer(() => undefined);
    const stream = await server.client.virtualMachines.console('vm', { signal: abort.signal });
    const reading = buffer(stream);
    abort.abort(new Error('enough'));
    await expect(reading).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
    await expect(server.client.virtualMachines.console('vm', { signal: abort.signal })).rejects.toMatchObject(
      {
        code: 'aborted',
      },
    );
    await eventually(() => server.sockets.size === 0);
  });

  it('ends open streams when the client is disposed', async () => {
    await using server = await streamServer(() => undefined);
    const reading = buffer(await server.client.virtualMachines.console('vm'));
    await server.client[Symbol.asyncDispose]();
    await expect(reading).rejects.toMatchObject({ code: 'closed' });
  });

  it('refuses what is no port', async () => {
    await using server = await streamServer(() => undefined);
    for (const port of [0, 65_536, 1.5, Number.NaN]) {
      await expect(server.client.virtualMachines.portForward('vm', port)).rejects.toMatchObject({
        code: 'bad-request',
      });
    }
  });
});

describe('actions', () => {
  const base = '/apis/subresources.kubevirt.io/v1/namespaces/default';

  it.each<[string, (server: ScriptedServer) => Promise<void>, Partial<SeenRequest>, object]>([
    [
      'start',
      ({ client }) => client.virtualMachines.start('a', { paused: true }),
      { path: `${base}/virtualmachines/a/start` },
      { paused: true },
    ],
    [
      'stop',
      ({ client }) => client.virtualMachines.stop('a', { gracePeriodSeconds: 0 }),
      { path: `${base}/virtualmachines/a/stop` },
      { gracePeriod: 0 },
    ],
    [
      'restart',
      ({ client }) => client.virtualMachines.restart('a', { gracePeriodSeconds: 5, dryRun: true }),
      { path: `${base}/virtualmachines/a/restart` },
      { gracePeriodSeconds: 5, dryRun: ['All'] },
    ],
    [
      'pause',
      ({ client }) => client.virtualMachines.pause('a', { dryRun: true }),
      { path: `${base}/virtualmachineinstances/a/pause` },
      { dryRun: ['All'] },
    ],
    [
      'unpause',
      ({ client }) => client.virtualMachineInstances.unpause('a'),
      { path: `${base}/virtualmachineinstances/a/unpause` },
      {},
    ],
    [
      'softReboot',
      ({ client }) => client.virtualMachineInstances.softReboot('a'),
      { path: `${base}/virtualmachineinstances/a/softreboot` },
      {},
    ],
    [
      'reset',
      ({ client }) => client.virtualMachineInstances.reset('a'),
      { path: `${base}/virtualmachineinstances/a/reset` },
      {},
    ],
    [
      'freeze for a time',
      ({ client }) => client.virtualMachineInstances.freeze('a', { thawAfterSeconds: 30 }),
      { path: `${base}/virtualmachineinstances/a/freeze` },
      { unfreezeTimeout: '30s' },
    ],
    [
      'freeze, but not for ever unless that is said',
      ({ client }) => client.virtualMachines.freeze('a'),
      { path: `${base}/virtualmachineinstances/a/freeze` },
      { unfreezeTimeout: '300s' },
    ],
    [
      'unfreeze',
      ({ client }) => client.virtualMachineInstances.unfreeze('a'),
      { path: `${base}/virtualmachineinstances/a/unfreeze` },
      {},
    ],
  ])('%s', async (_name, act, request, body) => {
    await using server = await scriptedServer((_request, response) => void response.writeHead(202).end());
    await act(server);
    expect(server.seen[0]).toMatchObject({ method: 'PUT', ...request });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(body);
  });

  it('asks the guest', async () => {
    const answers: Record<string, object> = {
      guestosinfo: { hostname: 'h', os: { id: 'debian' } },
      userlist: { items: [{ userName: 'u', loginTime: 1.5 }] },
      filesystemlist: { items: null },
    };
    await using server = await scriptedServer((request, response) => {
      json(response, answers[request.path.split('/').at(-1) ?? '']);
    });
    const { virtualMachines } = server.client;
    expect(await virtualMachines.guestOsInfo('a')).toEqual(answers['guestosinfo']);
    expect((await virtualMachines.userList('a')).items).toEqual([{ userName: 'u', loginTime: 1.5 }]);
    expect((await virtualMachines.filesystemList('a')).items).toEqual([]);
  });

  it('takes a screenshot as bytes', async () => {
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
    await using server = await scriptedServer((_request, response) => void response.end(png));
    expect(Buffer.from(await server.client.virtualMachines.screenshot('a'))).toEqual(png);
    expect(server.seen[0]?.path).toBe(`${base}/virtualmachineinstances/a/vnc/screenshot`);
  });

  it('reads the logs of launchers that failed', async () => {
    const failed = {
      ...{ namespace: 'default', name: 'a', uid: 'u', pod: 'virt-launcher-a-1', podUID: 'p', node: 'n' },
      ...{ failedAt: '2026-11-21T18:00:00Z', exitCode: 137 },
    };
    await using server = await scriptedServer((request, response) => {
      if (request.query['podUID'] !== undefined)
        response.writeHead(200, { 'content-type': 'text/plain' }).end('wrong\n');
      else json(response, { items: [failed] });
    });
    const { virtualMachines: vms, virtualMachineInstances: vmis } = server.client;
    expect(await vms.launcherLogs('a')).toEqual({ items: [failed], unreachable: [] });
    expect(await vmis.launcherLog('a', 'p', { namespace: 'ns', node: 'n' })).toBe('wrong\n');
    expect(await vmis.launcherLog('a', 'p')).toBe('wrong\n');
    expect(server.seen.map(({ path, query }) => [path, query])).toEqual([
      [`${base}/virtualmachineinstances/a/launcherlogs`, {}],
      [
        '/apis/subresources.kubevirt.io/v1/namespaces/ns/virtualmachineinstances/a/launcherlogs',
        { podUID: 'p', node: 'n' },
      ],
      [`${base}/virtualmachineinstances/a/launcherlogs`, { podUID: 'p' }],
    ]);
  });

  it('tells of a list of logs that makes no sense', async () => {
    await using server = await scriptedServer((_request, response) =>
      json(response, { items: [{ pod: 1 }] }),
    );
    await expect(server.client.virtualMachines.launcherLogs('a')).rejects.toMatchObject({ code: 'protocol' });
  });

  it('passes the text of a failure on', async () => {
    await using server = await scriptedServer((_request, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end('VMI is not running');
    });
    await expect(server.client.virtualMachines.guestOsInfo('a')).rejects.toMatchObject({
      code: 'internal',
      message: 'VMI is not running',
    });
  });
});
