import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipedTo, startCluster, type Cluster } from './support/cluster.ts';
import { guestPort } from './support/guest-port.ts';
import { virtctl } from './support/virtctl.ts';

/** Stands in for ssh and scp: records its arguments, and runs the ProxyCommand as ssh does, in a shell. */
const fakeProgram = `
const { spawnSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
const command = args[1].replace(/^ProxyCommand=/, '').replaceAll('%%', '%');
const { stdout } = spawnSync('/bin/sh', ['-c', 'exec ' + command], { input: '' });
writeFileSync(process.env.RECORD, JSON.stringify({ args, banner: stdout.toString() }));
process.exitCode = Number(process.env.STATUS ?? 0);
`;

describe('ssh and scp', () => {
  let cluster: Cluster;
  let folder: string;

  beforeAll(async () => {
    cluster = await startCluster();
    folder = await mkdtemp(join(tmpdir(), 'virtctl-ssh-'));
    for (const name of ['ssh', 'scp']) {
      await writeFile(join(folder, name), `#!${process.execPath}\n${fakeProgram}`);
      await chmod(join(folder, name), 0o755);
    }
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function call(args: string[], status = 0) {
    await using banner = await guestPort((socket) => socket.end('SSH-2.0-guest\r\n'));
    cluster.onStream = pipedTo(banner.port);
    cluster.seen.length = 0;
    const record = join(folder, 'record');
    const path = `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
    const env = { PATH: path, RECORD: record, STATUS: String(status), USER: 'me' };
    const outcome = await virtctl([...args, '--kubeconfig', cluster.kubeconfig], { env });
    const recorded = JSON.parse(await readFile(record, 'utf8')) as { args: string[]; banner: string };
    return { ...outcome, ...recorded };
  }

  it('runs ssh over a port-forward of its own', async () => {
    const { code, args, banner } = await call(['ssh', 'vmi/a', '-p', '2222', '-t', '-4', '-c', 'uptime']);
    expect(code).toBe(0);
    expect(banner).toBe('SSH-2.0-guest\r\n');
    expect(args.slice(2)).toEqual(['-4', 'me@vmi.a.default', 'uptime']);
    expect(cluster.seen).toMatchObject([{ action: 'portforward/2222/tcp', name: 'a', namespace: 'default' }]);
  });

  it('prefers the user of the target and passes the key', async () => {
    const { args } = await call([
      'ssh',
      'root@vms/a/shop',
      '-l',
      'other',
      '-i',
      '/key',
      '--known-hosts',
      '/x',
    ]);
    expect(args.slice(2)).toEqual(['-i', '/key', 'root@vm.a.shop']);
    expect(cluster.seen).toMatchObject([{ namespace: 'shop' }]);
  });

  it('turns any failure of ssh into exit code 1', async () => {
    const { code, stderr } = await call(['ssh', 'vmi/a'], 255);
    expect(stderr).toMatch(/^ssh ended with exit status 255\n/);
    expect(code).toBe(1);
  });

  it.each([
    [
      ['file', 'root@vmi/a:/tmp/x'],
      ['-r', '-p', 'file', 'root@vmi.a.default:/tmp/x'],
    ],
    [
      ['vmi/a/shop:x', '.'],
      ['-r', '-p', 'me@vmi.a.shop:x', '.'],
    ],
  ])('copies with scp %j', async (operands, expected) => {
    const { code, args } = await call(['scp', ...operands, '-r', '--preserve']);
    expect(code).toBe(0);
    expect(args.slice(2)).toEqual(expected);
  });

  it('tells what to install without ssh', async () => {
    const { code, stderr } = await virtctl(['ssh', 'vmi/a'], {
      kubeconfig: cluster.kubeconfig,
      env: { PATH: '' },
    });
    expect(stderr).toMatch(
      /^cannot run ssh: .*ENOENT\nNext step: install it \(Debian: apt install openssh-client\)/,
    );
    expect(code).toBe(1);
  });
});
