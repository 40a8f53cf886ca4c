import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nextClosed, notFound, pipedTo, startCluster, type Cluster } from './support/cluster.ts';
import { echoPort, type GuestPort } from './support/guest-port.ts';
import { startVirtctl, virtctl } from './support/virtctl.ts';

describe('usbredir', () => {
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

  /** A `usbredirect` of the test's own, in a folder for PATH. */
  async function client(folder: string, source: string): Promise<Record<string, string>> {
    const path = join(cluster.folder, folder);
    await mkdir(path);
    await writeFile(join(path, 'usbredirect'), `#!${process.execPath}\n${source}`);
    await chmod(join(path, 'usbredirect'), 0o755);
    return { PATH: `${path}:${process.env['PATH'] ?? ''}` };
  }

  it('runs the client that owns the device, and ends with it', async () => {
    const env = await client(
      'works',
      `const [, device, , to] = process.argv.slice(2);
       const [host, port] = to.split(':');
       const socket = require('node:net').connect(port, host, () => socket.write(device));
       socket.once('data', (data) => { console.log('redirected ' + data); socket.end(); });`,
    );
    const { code, stdout } = await virtctl(['usbredir', '0951:1666', 'a'], { ...cluster, env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'redirected 0951:1666\n' });
    expect(cluster.seen).toMatchObject([
      { resource: 'virtualmachineinstances', action: 'usbredir', name: 'a' },
    ]);
  });

  it('starts nothing with --no-launch, and prints where to connect to', async () => {
    await using running = startVirtctl(['usbredir', 'a', '--no-launch'], cluster);
    const [, port] = await running.until(
      'stdout',
      /^User can connect usbredir client at: 127\.0\.0\.1:(\d+)\n/,
    );
    const usb = connect(Number(port), '127.0.0.1');
    usb.write('hello');
    expect(String((await once(usb, 'data'))[0])).toBe('hello');
    const closed = nextClosed(cluster);
    usb.end();
    expect(await running.end()).toMatchObject({ code: 0, stderr: '' });
    await closed;
  });

  it('tells what to install when the client is missing, before a slot is taken', async () => {
    const { code, stderr } = await virtctl(['usbredir', '1-4', 'a'], {
      ...cluster,
      env: { PATH: '/nonexistent' },
    });
    expect(stderr).toMatch(
      /^cannot run usbredirect[^]*Next step: install it \(Debian: apt install usbredirect\)/,
    );
    expect(code).toBe(1);
    expect(cluster.seen).toEqual([]);
  });

  it('fails when the client does', async () => {
    const env = await client('fails', 'process.exit(3);');
    const { code, stderr } = await virtctl(['usbredir', '1-4', 'a'], { ...cluster, env });
    expect(stderr).toMatch(/usbredirect ended with exit status 3/);
    expect(code).toBe(1);
  });

  it('tells what the server refused', async () => {
    cluster.onStream = () => notFound('a');
    const { code, stderr } = await virtctl(['usbredir', 'a', '--no-launch'], cluster);
    expect(stderr).toMatch(/can't access VMI a: .*not found/);
    expect(code).toBe(1);
  });

  it.each([[['1-4']], [['1-4', 'a', 'b']], [['--no-launch']]])(
    'refuses the operands %j',
    async (operands) => {
      const { code, stderr } = await virtctl(['usbredir', ...operands], cluster);
      expect(stderr).toMatch(/arg\(s\)/);
      expect(code).toBe(1);
    },
  );
});
