import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { waitUntil } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../support/command.ts';
import { createRunning, mockMachine, running } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { freePort, makeFolder, startTestPlatform } from '../support/platform.ts';
import { programCommand } from '../support/programs.ts';
import { tracesOf } from '../support/traces.ts';

/** `virtkit up` that cannot start: what it says on standard error. */
async function refusal(
  root: string,
  flags: readonly string[],
  within: readonly string[] = [],
): Promise<string> {
  const command = [...within, ...programCommand('virtkit'), '--root', root, 'up', ...flags];
  const result = await run(command as [string, ...string[]], { mayFail: true, timeoutMs: 120_000 });
  expect(result.exitCode).not.toBe(0);
  return result.stderr;
}

describe('a machine on which the platform cannot start', () => {
  let folder = '';
  beforeEach(async (context) => {
    needsPlatform(context);
    folder = await makeFolder();
  });
  afterEach(async () => {
    if (folder === '') return;
    expect(await tracesOf(folder, undefined)).toEqual([]);
    await rm(folder, { recursive: true, force: true });
  });

  it('says which port is in use and how to choose another', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      const message = await refusal(join(folder, 'r'), ['--port', String(port)]);
      expect(message).toContain(`port ${port} is in use`);
      expect(message).toMatch(/next: .*--port/);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('says that the folder may not be written and how to choose another', async () => {
    const root = join(folder, 'r');
    await mkdir(root, { mode: 0o700 });
    await chmod(folder, 0o755);
    const message = await refusal(
      root,
      ['--port', String(await freePort())],
      ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
    );
    expect(message).toMatch(/cannot be written|EACCES/);
    expect(message).toMatch(/next: .*--root/);
  });

  it('says that the disk is full, and starts once there is room', async () => {
    const disk = join(folder, 'd');
    await mkdir(disk);
    await run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    try {
      const message = await refusal(join(disk, 'r'), ['--port', String(await freePort())]);
      expect(message).toMatch(/no space left/i);
      expect(message).toMatch(/next: .*(disk space|--root)/);
      await run(['mount', '-o', 'remount,size=400m', disk]);
      await using platform = await startTestPlatform({
        folder: join(disk, `${basename(folder)}-p`),
        hypervisor: 'mock',
      });
      await createRunning(platform, mockMachine(platform, { name: 'now' }));
    } finally {
      await run(['umount', disk]);
    }
  });
});

describe('a machine that lacks something', () => {
  it('without libvirt: simulates machines, says so and what to install', async (context) => {
    needsPlatform(context);
    const folder = await makeFolder();
    const library = (await run(['sh', '-c', 'readlink -f /usr/lib/*/libvirt.so.0'])).stdout.trim();
    const empty = join(folder, 'empty');
    await writeFile(empty, '');
    const hide = `mount --bind ${empty} ${library} && exec "$@"`;
    {
      // Real guests are refused with the packages that they need.
      const message = await refusal(
        join(folder, 'r'),
        ['--hypervisor', 'kvm-qemu', '--port', String(await freePort())],
        ['unshare', '--mount', 'sh', '-c', hide, 'hide'],
      );
      expect(message).toContain('libvirt is missing');
      expect(message).toMatch(/next: .*apt install libvirt0/);
    }
    await using platform = await startTestPlatform({
      folder,
      ownMounts: true,
      within: ['unshare', '--mount', 'sh', '-c', hide, 'hide'],
    });
    expect(platform.output()).toMatch(/no libvirt here .*simulated \(hypervisor mock\)/);
    await createRunning(platform, mockMachine(platform, { name: 'simulated' }));
  });

  it('without root: either runs without Pod networks or says what it needs', async (context) => {
    needsPlatform(context);
    const folder = await makeFolder();
    await chmod(folder, 0o777);
    await using platform = await startTestPlatform({
      folder,
      hypervisor: 'mock',
      within: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
    });
    const settings = JSON.parse(await readFile(join(platform.root, 'settings.json'), 'utf8')) as unknown;
    expect(settings).toMatchObject({ podNetwork: false });
  });

  it('with a disk that fills up: refuses writes, keeps what it has, and goes on when there is room', async (context) => {
    needsPlatform(context);
    const folder = await makeFolder();
    await run(['mount', '-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', folder]);
    try {
      await using platform = await startTestPlatform({
        folder: join(folder, `${basename(folder)}-p`),
        hypervisor: 'mock',
      });
      await createRunning(platform, mockMachine(platform, { name: 'before' }));
      const filler = join(folder, 'filler');
      await run(['dd', 'if=/dev/zero', `of=${filler}`, 'bs=64k'], { mayFail: true });
      const refused = await waitUntil(
        'the API server refuses to write',
        async () => {
          const manifest = JSON.stringify(mockMachine(platform, { name: 'during' }));
          const result = await platform.kubectl(['create', '-f', '-'], { input: manifest, mayFail: true });
          return result.exitCode !== 0 && result.stderr;
        },
        { timeoutMs: 60_000, intervalMs: 500 },
      );
      expect(refused).toMatch(/space|full/i);
      expect((await platform.client.virtualMachines.get('before')).metadata.name).toBe('before');
      await rm(filler);
      await waitUntil(
        'writes are taken again',
        async () => {
          const manifest = JSON.stringify(mockMachine(platform, { name: 'after' }));
          const result = await platform.kubectl(['apply', '-f', '-'], { input: manifest, mayFail: true });
          return result.exitCode === 0;
        },
        { timeoutMs: 60_000, intervalMs: 500 },
      );
      await running(platform, 'after');
      await running(platform, 'before');
    } finally {
      await run(['umount', folder]);
      if (existsSync(folder)) await rm(folder, { recursive: true });
    }
  });
});
