import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nextClosed, notFound, pipedTo, startCluster, type Cluster } from './support/cluster.ts';
import { echoPort, guestPort, type GuestPort } from './support/guest-port.ts';
import { startVirtctl, virtctl, type RunningVirtctl } from './support/virtctl.ts';

describe('port-forward', () => {
  let cluster: Cluster;
  let echo: GuestPort;

  beforeAll(async () => {
    [cluster, echo] = await Promise.all([startCluster(), echoPort()]);
  });
  beforeEach(() => {
    cluster.seen.length = 0;
    cluster.onStream = pipedTo(echo.port);
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await echo[Symbol.asyncDispose]();
  });

  const run = (...args: string[]) =>
    startVirtctl(['port-forward', ...args], { kubeconfig: cluster.kubeconfig, keepInputOpen: true });
  const portOf = async (running: RunningVirtctl, protocol: 'tcp' | 'udp', remote: number) =>
    Number(
      (
        await running.until(
          'stdout',
          new RegExp(`Forwarding ${protocol} .*:(\\d+) to \\S+ port ${remote}\\n`),
        )
      )[1],
    );

  it('forwards several connections to several ports until interrupted', async () => {
    await using running = run('vmi/a/shop', '0:22', 'tcp/0:80');
    const ports = [await portOf(running, 'tcp', 22), await portOf(running, 'tcp', 80)];
    const clients = ports.flatMap((port) => [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]);
    const answers = clients.map(async (client, index) => {
      client.write(`hello ${index}`);
      const [answer] = (await once(client, 'data')) as [Buffer];
      return answer.toString();
    });
    expect(await Promise.all(answers)).toEqual(['hello 0', 'hello 1', 'hello 2', 'hello 3']);
    expect(cluster.seen.map(({ namespace, action }) => `${namespace} ${action}`).sort()).toEqual([
      'shop portforward/22/tcp',
      'shop portforward/22/tcp',
      'shop portforward/80/tcp',
      'shop portforward/80/tcp',
    ]);
    const gone = clients.map((client) => once(client, 'close'));
    running.child.kill('SIGINT');
    expect(await running.end()).toMatchObject({ code: 0, stderr: '' });
    await Promise.all(gone);
  });

  it('carries much data unharmed, with an end that the guest sets', async () => {
    const sent = Buffer.alloc(8 * 1024 * 1024, 'virtkit ');
    await using source = await guestPort((socket) => socket.end(sent));
    cluster.onStream = pipedTo(source.port);
    await using running = run('vm/a', '0:1');
    const received = await buffer(connect(await portOf(running, 'tcp', 1), '127.0.0.1'));
    expect(received.equals(sent)).toBe(true);
  });

  it('closes the stream with the client, and serves the next', async () => {
    await using running = run('vmi/a', '0:22');
    const port = await portOf(running, 'tcp', 22);
    for (const end of ['destroy', 'resetAndDestroy'] as const) {
      const client = connect(port, '127.0.0.1');
      client.write('x');
      await once(client, 'data');
      const closed = nextClosed(cluster);
      client[end]();
      await closed;
    }
    running.child.kill('SIGTERM');
    expect(await running.end()).toMatchObject({ code: 0, stderr: '' });
  });

  it('reports a connection that fails and goes on', async () => {
    let refusals = 1;
    cluster.onStream = (seen) => (refusals-- > 0 ? notFound('a') : pipedTo(echo.port)(seen));
    await using running = run('vmi/a', '0:22');
    const port = await portOf(running, 'tcp', 22);
    await once(connect(port, '127.0.0.1').resume(), 'close');
    await running.until('stderr', /A connection to port 22 failed: .*"a" not found/);
    const client = connect(port, '127.0.0.1');
    client.write('again');
    expect(String((await once(client, 'data'))[0])).toBe('again');
    client.destroy();
  });

  it('forwards datagrams, each as one message, with a stream for each client', async () => {
    cluster.onStream = () => (socket) => {
      socket.on('message', (data: Buffer) => socket.send(Buffer.from(`<${data.toString()}>`)));
    };
    await using running = run('vmi/a', 'udp/0:53');
    const port = await portOf(running, 'udp', 53);
    for (const _client of [1, 2]) {
      const client = createSocket('udp4');
      const received: string[] = [];
      const both = new Promise<void>((resolve) => {
        client.on('message', (message) => {
          received.push(message.toString());
          if (received.length === 2) resolve();
        });
      });
      client.send('a', port, '127.0.0.1');
      client.send('b', port, '127.0.0.1');
      await both;
      expect(received.sort()).toEqual(['<a>', '<b>']);
      client.close();
    }
    expect(cluster.seen.map(({ action }) => action)).toEqual(['portforward/53/udp', 'portforward/53/udp']);
    running.child.kill('SIGINT');
    expect(await running.end()).toMatchObject({ code: 0, stderr: '' });
  });

  it('refuses a local port that is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await virtctl(['port-forward', 'vmi/a', `${port}:22`], cluster);
    taken.close();
    expect(stderr).toMatch(
      /^cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*\nNext step: choose another local port/,
    );
    expect(code).toBe(1);
  });

  it('connects standard input and output', async () => {
    await using running = run('vmi/a', '22', '--stdio=true');
    running.child.stdin.write('\x1dhello');
    await running.until('stdout', /hello/);
    const closed = nextClosed(cluster);
    running.child.stdin.end();
    expect(await running.end()).toEqual({ code: 0, stdout: '\x1dhello', stderr: '' });
    await closed;
  });

  it('ends with --stdio when the guest ends, is interrupted or nobody reads', async () => {
    await using talker = await guestPort((socket) => socket.end('bye'));
    cluster.onStream = pipedTo(talker.port);
    await using ended = run('vmi/a', '22', '--stdio');
    expect(await ended.end()).toEqual({ code: 0, stdout: 'bye', stderr: '' });
    cluster.onStream = pipedTo(echo.port);
    for (const [stop, code] of [
      [(running: RunningVirtctl) => running.child.kill('SIGHUP'), 0],
      [(running: RunningVirtctl) => running.child.stdout.destroy(), 141],
    ] as const) {
      await using running = run('vmi/a', '22', '--stdio');
      running.child.stdin.write('x');
      await running.until('stdout', /x/);
      const closed = nextClosed(cluster);
      stop(running);
      running.child.stdin.write('y');
      expect(await running.end()).toMatchObject({ code });
      await closed;
    }
  });

  it.each([
    [['22', '80'], /exactly one port, received 2/],
    [['udp/53'], /TCP only/],
  ])('refuses --stdio with %j', async (ports, message) => {
    const { code, stderr } = await virtctl(['port-forward', 'vmi/a', ...ports, '--stdio'], cluster);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });
});
