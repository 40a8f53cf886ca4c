import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedPodLogs, kubeletPodLogs, type PodLogs } from '../../src/launcher-logs/pod-logs.ts';

const pod = { namespace: 'default', name: 'virt-launcher-a', uid: '0-1' };
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vh-logs-'));
});
afterEach(() => rm(root, { recursive: true }));

async function read(logs: PodLogs): Promise<string | undefined> {
  await using file = await logs.open(pod);
  return await file?.readFile('utf8');
}

describe.each([
  {
    title: 'a kubelet',
    logs: () => kubeletPodLogs(root),
    folder: () => join(root, 'default_virt-launcher-a_0-1', 'compute'),
    file: '0.log',
  },
  {
    title: 'the embedded kubelet',
    logs: () => embeddedPodLogs(root),
    folder: () => join(root, 'pods', '0-1'),
    file: 'compute.log',
  },
])('logs of $title', ({ logs, folder, file }) => {
  it('are read, once they are there', async () => {
    expect(await read(logs())).toBeUndefined();
    await mkdir(folder(), { recursive: true });
    expect(await read(logs())).toBeUndefined();
    await writeFile(join(folder(), file), 'text');
    expect(await read(logs())).toBe('text');
  });

  it('are no links, neither in the way nor at its end', async () => {
    await mkdir(folder(), { recursive: true });
    await symlink('/etc/passwd', join(folder(), file));
    await expect(read(logs())).rejects.toMatchObject({ code: 'unsafe-path' });
    await rm(folder(), { recursive: true });
    await mkdir(join(root, 'elsewhere'));
    await writeFile(join(root, 'elsewhere', file), 'secret');
    await symlink(join(root, 'elsewhere'), folder());
    await expect(read(logs())).rejects.toMatchObject({ code: 'unsafe-path' });
  });

  it('are no folders and no pipes, which would block who reads them', async () => {
    await mkdir(join(folder(), file), { recursive: true });
    await expect(read(logs())).rejects.toMatchObject({ code: 'unsafe-path' });
    await rm(join(folder(), file), { recursive: true });
    execFileSync('mkfifo', [join(folder(), file)]);
    await expect(read(logs())).rejects.toMatchObject({ code: 'unsafe-path' });
  });
});

describe('logs of a kubelet', () => {
  it('are those of the last start, not the ones that were rotated away', async () => {
    const folder = join(root, 'default_virt-launcher-a_0-1', 'compute');
    await mkdir(folder, { recursive: true });
    for (const name of ['2.log', '10.log', '10.log.20261121-180000', '9.log.20261121-180000.gz'])
      await writeFile(join(folder, name), name);
    expect(await read(kubeletPodLogs(root))).toBe('10.log');
  });

  it('are not looked for by what is no name', async () => {
    const logs = kubeletPodLogs(root);
    await expect(logs.open({ ...pod, name: '../..' })).rejects.toMatchObject({ code: 'unsafe-path' });
  });
});
