import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findViewer, viewerArguments } from '../src/viewer/viewers.ts';
import { instance, nextClosed, pipedTo, startCluster, type Cluster } from './support/cluster.ts';
import { echoPort, type GuestPort } from './support/guest-port.ts';
import { startVirtctl, virtctl } from './support/virtctl.ts';

describe('vnc', () => {
  let cluster: Cluster;
  let echo: GuestPort;

  beforeAll(async () => {
    [cluster, echo] = await Promise.all([startCluster(), echoPort()]);
    await cluster.client.virtualMachineInstances.create(instance('a'));
    const paused = instance('paused');
    const conditions = [{ type: 'Paused', status: 'True' as const }];
    await cluster.client.virtualMachineInstances.create({ ...paused, status: { conditions } });
  });
  beforeEach(() => {
    cluster.seen.length = 0;
    cluster.onStream = pipedTo(echo.port);
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await echo[Symbol.asyncDispose]();
  });

  const run = (...args: string[]) => startVirtctl(['vnc', ...args], cluster);

  /** A program that a test uses as viewer. */
  async function viewer(name: string, source: string): Promise<string> {
    const file = join(cluster.folder, name);
    await writeFile(file, `#!${process.execPath}\n${source}`);
    await chmod(file, 0o755);
    return file;
  }

  it('prints its port as JSON, serves one client and ends with it', async () => {
    await using running = run('a', '--proxy-only', '--preserve-session');
    await running.until('stdout', /\n/);
    const { port } = JSON.parse(running.output.stdout) as { port: number };
    const client = connect(port, '127.0.0.1');
    client.write('RFB');
    expect(String((await once(client, 'data'))[0])).toBe('RFB');
    expect(cluster.seen).toMatchObject([{ action: 'vnc', name: 'a', query: '?preserveSession=true' }]);
    const closed = nextClosed(cluster);
    client.end();
    expect(await running.end()).toMatchObject({ code: 0, stderr: '' });
    await closed;
  });

  it('warns of a paused machine', async () => {
    await using running = run('paused', '--proxy-only');
    await running.until('stdout', /"port"/);
    expect(running.output.stderr).toMatch(/paused/);
    running.child.kill('SIGINT');
    expect(await running.end()).toMatchObject({ code: 0 });
  });

  it('ends when the display is closed while it waits', async () => {
    cluster.onStream = () => (socket) => socket.close(1000);
    const { code, stderr } = await virtctl(['vnc', 'a', '--proxy-only'], cluster);
    expect(stderr).toMatch(/^the display was closed before a client connected/);
    expect(code).toBe(1);
  });

  it('starts a viewer and ends with it', async () => {
    const file = await viewer(
      'vncviewer',
      `const [host, port] = process.argv[2].split(':');
       const socket = require('node:net').connect(port, host, () => socket.write('RFB'));
       socket.once('data', (data) => { console.log('viewer got ' + data); socket.end(); });`,
    );
    const { code, stdout } = await virtctl(['vnc', 'a', '--vnc-path', file], cluster);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'viewer got RFB\n' });
  });

  it('fails when the viewer does', async () => {
    const file = await viewer('broken-viewer', 'process.exit(3);');
    const { code, stderr } = await virtctl(['vnc', 'a', '--vnc-path', file], cluster);
    expect(stderr).toMatch(/broken-viewer ended with exit status 3/);
    expect(code).toBe(1);
  });

  it('tells what to install when there is no viewer', async () => {
    const { code, stderr } = await virtctl(['vnc', 'a', '--vnc-type', 'chicken'], cluster);
    expect(stderr).toMatch(/no VNC viewer was found[^]*Next step: install one/);
    expect(code).toBe(1);
    expect(cluster.seen).toEqual([]);
  });

  it('finds viewers in the order of preference', async () => {
    await viewer('remote-viewer', '');
    await viewer('vncviewer', '');
    const choice = { path: `/nonexistent:${cluster.folder}`, platform: 'linux' as const };
    expect(await findViewer(choice)).toEqual({
      type: 'remote-viewer',
      program: join(cluster.folder, 'remote-viewer'),
    });
    expect(await findViewer({ ...choice, type: 'real' })).toMatchObject({
      program: join(cluster.folder, 'vncviewer'),
    });
  });

  it.each([
    ['remote-viewer', 0, ['vnc://127.0.0.1:5900']],
    ['remote-viewer', 4, ['vnc://127.0.0.1:5900', '--debug']],
    ['tiger', 4, ['127.0.0.1:5900']],
    ['real', 0, ['127.0.0.1:5900', '-WarnUnencrypted=0', '-Shared=0', '-ShareFiles=0']],
  ] as const)('gives %s at verbosity %i its arguments', (type, verbosity, expected) => {
    expect(viewerArguments(type, 5900, verbosity)).toEqual(expected);
  });
});
