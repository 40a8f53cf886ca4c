import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultMinor } from '../build.ts';
import { forwardPackets, stopForwarding } from '../cluster/forwarding.ts';
import { withMachineLock } from '../cluster/machine-lock.ts';
import { Registry, type RegistryEntry } from '../cluster/registry.ts';
import { newSettings, type Settings } from '../cluster/settings.ts';
import { makeOwnedFolder, removeAbandoned } from '../owned-folder.ts';
import { bootId, isRunning, ownRecord, recordOf, type ProcessRecord } from '../process-record.ts';
import { Programs } from '../programs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtkit-leftovers-'));
});
afterEach(() => rm(folder, { recursive: true }));

const startProgram = (name: string, ...args: string[]): ChildProcess =>
  spawn(
    process.execPath,
    ['--conditions=@virtkit/source', join(import.meta.dirname, 'programs', name), ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** What was written down of a process that has ended since. */
async function recordOfEnded(): Promise<ProcessRecord> {
  const child = spawn('sleep', ['600']);
  await once(child, 'spawn');
  const record = recordOf(child.pid!)!;
  expect(isRunning(record)).toBe(true);
  await killed(child);
  return record;
}

describe('a process that was written down', () => {
  it('is not one that has its number later, or had it before the machine was started', async () => {
    const own = ownRecord();
    expect(isRunning(own)).toBe(true);
    expect(isRunning({ ...own, startTime: `${Number(own.startTime) - 1}` })).toBe(false);
    expect(isRunning({ ...own, bootId: randomUUID() })).toBe(false);
    expect(isRunning(await recordOfEnded())).toBe(false);
  });
});

describe('a lock of the machine', () => {
  it('is had by one at a time', async () => {
    const name = `virtkit-test-${randomUUID()}`;
    const order: string[] = [];
    const work = (what: string) => (): Promise<void> => {
      order.push(`${what} begins`);
      return new Promise((resolve) =>
        setImmediate(() => {
          order.push(`${what} ends`);
          resolve();
        }),
      );
    };
    await Promise.all(['a', 'b', 'c'].map((what) => withMachineLock(name, work(what))));
    expect(order).toHaveLength(6);
    for (let index = 0; index < 6; index += 2)
      expect(order[index + 1]).toBe(order[index]!.replace('begins', 'ends'));
  });

  it('is given back when the work fails', async () => {
    const name = `virtkit-test-${randomUUID()}`;
    const fail = (): Promise<never> => Promise.reject(new Error('on purpose'));
    await expect(withMachineLock(name, fail)).rejects.toThrow('on purpose');
    expect(await withMachineLock(name, () => Promise.resolve('had'))).toBe('had');
  });

  it('ends with the process that has it', async () => {
    const name = `virtkit-test-${randomUUID()}`;
    const holder = startProgram('hold-lock.ts', name);
    await once(holder.stdout!, 'data');
    let had = false;
    const waiting = withMachineLock(name, () => Promise.resolve((had = true)));
    expect(had).toBe(false);
    await killed(holder);
    expect(await waiting).toBe(true);
  });
});

describe('the registry of clusters', () => {
  const settingsOf = (change: Partial<Settings> = {}): Settings => ({
    id: 'abcdef',
    minor: defaultMinor,
    nodes: 1,
    network: 200,
    etcdPort: 1,
    etcdPeerPort: 2,
    controllerManagerPort: 3,
    schedulerPort: 4,
    ...change,
  });
  const locked = <T>(work: (registry: Registry) => Promise<T>): Promise<T> => Registry.locked(work, folder);
  const put = (...entries: RegistryEntry[]): Promise<void> =>
    locked(async (registry) => {
      for (const entry of entries) await registry.put(entry);
    });

  it('knows which clusters nobody will remove', async () => {
    const stays: RegistryEntry = { folder: '/stays', settings: settingsOf() };
    const used = {
      folder: '/used',
      settings: settingsOf({ id: 'bbbbbb', network: 201 }),
      owner: ownRecord(),
    };
    const left = {
      folder: '/left',
      settings: settingsOf({ id: 'cccccc', network: 202 }),
      owner: await recordOfEnded(),
    };
    await put(stays, used, left);
    expect(await locked((registry) => registry.entries())).toEqual([stays, used, left]);
    expect(await locked((registry) => registry.abandoned())).toEqual([left]);
    expect(await locked((registry) => registry.find('/used'))).toEqual(used);
    await locked((registry) => registry.remove(left.settings));
    expect(await locked((registry) => registry.find('/left'))).toBeUndefined();
  });

  it.each([{ id: 'bbbbbb' }, { network: 201 }])(
    'refuses a cluster that is in the way of another: same but for %j',
    async (change) => {
      await put({ folder: '/one', settings: settingsOf() });
      await expect(put({ folder: '/other', settings: settingsOf(change) })).rejects.toThrow('/one');
      await put({ folder: '/one', settings: settingsOf(), owner: ownRecord() });
      expect(await locked((registry) => registry.entries())).toHaveLength(1);
    },
  );

  it('has new clusters take nothing that another one has, running or not', async () => {
    const first = await newSettings({ minor: defaultMinor, nodes: 1 }, []);
    const second = await newSettings({ minor: defaultMinor, nodes: 1 }, [first]);
    expect(second.network).not.toBe(first.network);
    expect(second.id).not.toBe(first.id);
    await put({ folder: '/first', settings: first }, { folder: '/second', settings: second });
  });

  describe('with the kernel setting for forwarding', () => {
    const file = (): string => join(folder, 'setting');
    const setting = async (): Promise<string> => (await readFile(file(), 'utf8')).trim();
    const [one, two] = [settingsOf(), settingsOf({ id: 'bbbbbb', network: 201 })];
    const start = (settings: Settings): Promise<void> =>
      locked(async (registry) => {
        await registry.put({ folder: `/${settings.id}`, settings });
        await forwardPackets(registry, file());
      });
    const stop = (settings: Settings): Promise<void> =>
      locked(async (registry) => {
        await stopForwarding(registry, settings, file());
        await registry.remove(settings);
      });

    it.each([
      ['0', 'first', [one, two]],
      ['0', 'second', [two, one]],
      ['1', 'first', [one, two]],
    ])('%s before, it is set while there is one, and back after the last (%s ends first)', async (...row) => {
      const [before, , order] = row;
      await writeFile(file(), `${before}\n`);
      await start(one);
      await start(two);
      expect(await setting()).toBe('1');
      await stop(order[0]!);
      expect(await setting()).toBe('1');
      await stop(order[1]!);
      expect(await setting()).toBe(before);
      // Not what an earlier round has changed, but what this one did.
      await writeFile(file(), '1\n');
      await start(one);
      await stop(one);
      expect(await setting()).toBe('1');
    });

    it('is left alone by one that was not started since the machine was', async () => {
      await writeFile(file(), '0\n');
      await start(one);
      await stop(two);
      expect(await setting()).toBe('1');
    });
  });
});

describe('a folder with an owner', () => {
  it('is removed by the next when its owner was killed', async () => {
    const { pid, startTime } = await recordOfEnded();
    const own = await makeOwnedFolder(folder, 'kept');
    const left = join(folder, `kept-${pid}-${startTime}-abcdef`);
    const similar = ['kept', 'kept-1', `kept-${pid}-${startTime}-`, `other-${pid}-${startTime}-abcdef`];
    for (const name of similar) await writeFile(join(folder, name), '');
    await writeFile(left, '');
    expect(await removeAbandoned(folder, 'kept')).toEqual([left]);
    expect(existsSync(left)).toBe(false);
    for (const path of [own, ...similar.map((name) => join(folder, name))])
      expect(existsSync(path), path).toBe(true);
  });
});

describe('a program', () => {
  it.each(['with-parent', 'detached'] as const)('%s is written down before it runs', async (lifetime) => {
    const programs = new Programs(folder, lifetime);
    const record = join(folder, 'program.process');
    await programs.start({
      name: 'program',
      command: ['sh', '-c', `cat ${record}; read -r nothing || echo; exec sleep 600`],
    });
    try {
      const seen = await waitUntil('the program looked', async () => {
        const log = await readFile(programs.logFile('program'), 'utf8');
        return log.endsWith('\n') && log.trim();
      });
      expect(JSON.parse(seen)).toEqual(JSON.parse(await readFile(record, 'utf8')));
      expect(JSON.parse(seen)).toMatchObject({ pid: await programs.pid('program'), bootId });
    } finally {
      await programs.stop('program', { patienceMs: 0 });
    }
    expect(await programs.pid('program')).toBeUndefined();
  });
});
