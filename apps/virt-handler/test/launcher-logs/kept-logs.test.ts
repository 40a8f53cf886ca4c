import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@virtkit/controllers/runtime';
import type { FailedLauncher } from '@virtkit/core-types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultBounds, KeptLogs, type LogBounds } from '../../src/launcher-logs/kept-logs.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vh-kept-'));
});
afterEach(() => rm(root, { recursive: true }));

const keptLogs = (bounds: Partial<LogBounds> = {}): KeptLogs =>
  new KeptLogs(join(root, 'logs'), { bounds: { ...defaultBounds, ...bounds }, clock: systemClock });

const launcher = (podUID: string, rest: Partial<FailedLauncher> = {}): FailedLauncher => ({
  ...{ namespace: 'default', name: 'a', uid: 'u', pod: `virt-launcher-${podUID}`, podUID, node: 'node-1' },
  failedAt: '2026-11-21T18:00:00Z',
  exitCode: 137,
  ...rest,
});

/** Keeps a log as if that had been so many minutes ago. */
async function keepBefore(logs: KeptLogs, minutes: number, one: FailedLauncher): Promise<void> {
  const path = await logs.keep(one, 'text');
  const then = Date.now() / 1000 - minutes * 60;
  await utimes(path, then, then);
}

/** What is kept, as `namespace/instance/pod`. */
async function all(): Promise<string[]> {
  const files = await readdir(join(root, 'logs'), { recursive: true });
  return files.filter((file) => /\.(?:log|new)$/.test(file)).toSorted();
}

describe('logs of launchers that failed', () => {
  it('are told of and read, for this user only on disk', async () => {
    const logs = keptLogs();
    const path = await logs.keep(launcher('p1', { reason: 'OOMKilled' }), 'one\ntwo');
    expect(path).toBe(join(root, 'logs', 'default', 'a', 'p1.log'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(root, 'logs'))).mode & 0o777).toBe(0o700);
    await logs.keep(launcher('p2', { failedAt: '2026-11-21T19:00:00Z' }), '');
    const listed = await logs.list({ namespace: 'default', name: 'a' });
    expect(listed.map(({ podUID }) => podUID)).toEqual(['p2', 'p1']);
    expect(listed[1]).toEqual(launcher('p1', { reason: 'OOMKilled' }));
    expect((await logs.read({ namespace: 'default', name: 'a' }, 'p1'))?.text).toBe('one\ntwo\n');
    expect(await logs.read({ namespace: 'default', name: 'a' }, 'p3')).toBeUndefined();
    expect(await logs.list({ namespace: 'default', name: 'b' })).toEqual([]);
  });

  it('are kept again in place of what was there', async () => {
    const logs = keptLogs();
    await logs.keep(launcher('p1'), 'a part\n');
    await logs.keep(launcher('p1'), 'a part\nand the rest\n');
    expect((await logs.read({ namespace: 'default', name: 'a' }, 'p1'))?.text).toContain('and the rest');
    expect(await all()).toEqual(['default/a/p1.log']);
  });

  it('of one instance are so many, the last ones', async () => {
    const logs = keptLogs({ perInstance: 2 });
    for (const [index, uid] of ['p1', 'p2', 'p3'].entries())
      await keepBefore(logs, 10 - index, launcher(uid));
    await keepBefore(logs, 20, launcher('q1', { name: 'b' }));
    expect(await all()).toEqual(['default/a/p2.log', 'default/a/p3.log', 'default/b/q1.log']);
  });

  it('of one node are so many: a namespace does not push out what others left', async () => {
    const logs = keptLogs({ perNode: 3 });
    await keepBefore(logs, 60, launcher('old', { namespace: 'quiet' }));
    for (let index = 0; index < 5; index++)
      await keepBefore(logs, 10 - index, launcher(`p${index}`, { name: `vm-${index}` }));
    expect(await all()).toEqual(['default/vm-3/p3.log', 'default/vm-4/p4.log', 'quiet/a/old.log']);
  });

  it('go with time, and so do their folders and what a killed process left', async () => {
    const logs = keptLogs({ ageMs: 60 * 60_000 });
    await keepBefore(logs, 59, launcher('young', { name: 'b' }));
    await keepBefore(logs, 61, launcher('old'));
    await writeFile(join(root, 'logs', 'default', 'b', 'x.log.new'), '');
    const then = Date.now() / 1000 - 120;
    await utimes(join(root, 'logs', 'default', 'b', 'x.log.new'), then, then);
    await logs.prune();
    expect(await all()).toEqual(['default/b/young.log']);
    expect(await readdir(join(root, 'logs', 'default'))).toEqual(['b']);
    await keptLogs({ ageMs: 1 }).prune();
    expect(await readdir(join(root, 'logs'))).toEqual([]);
  });

  it('are asked for by names only, and no link is followed', async () => {
    const logs = keptLogs();
    await logs.keep(launcher('p1'), 'text');
    for (const name of ['..', '../default/a', '.', 'a/b', ''])
      await expect(logs.list({ namespace: 'default', name })).rejects.toMatchObject({ code: 'unsafe-path' });
    await expect(logs.read({ namespace: 'default', name: 'a' }, '../a/p1')).rejects.toMatchObject({
      code: 'unsafe-path',
    });
    await expect(logs.keep(launcher('p2', { name: '../x' }), '')).rejects.toMatchObject({
      code: 'unsafe-path',
    });
    await symlink(join(root, 'logs', 'default', 'a'), join(root, 'logs', 'default', 'link'));
    await expect(logs.read({ namespace: 'default', name: 'link' }, 'p1')).rejects.toMatchObject({
      code: 'unsafe-path',
    });
  });

  it('that are none of ours are passed over', async () => {
    const logs = keptLogs();
    await mkdir(join(root, 'logs', 'default', 'a'), { recursive: true });
    await writeFile(join(root, 'logs', 'default', 'a', 'x.log'), 'something else\n');
    await writeFile(join(root, 'logs', 'default', 'a', 'y.log'), '{"namespace":1}\n');
    expect(await logs.list({ namespace: 'default', name: 'a' })).toEqual([]);
    expect(await logs.read({ namespace: 'default', name: 'a' }, 'x')).toBeUndefined();
  });
});
