import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  statfs,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PersistentDiskSchema } from '@virtkit/launcher-api';
import { requires } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { parseLocks, persistentDisk } from '../src/facts/persistent-disk.ts';

const mebibyte = 1024 * 1024;
const size = 8 * mebibyte;
const plenty = { reserveBytes: 131_072, tolerancePercent: 10 };
let folder: string;
let user: ChildProcess | undefined;

beforeEach(async (context: TestContext) => {
  requires(context, { kind: 'command', name: 'qemu-io', package: 'qemu-utils' });
  folder = await mkdtemp(join(tmpdir(), 'persistent-disk-'));
});

afterEach(async () => {
  if (user !== undefined) {
    const ended = once(user, 'exit');
    user.kill('SIGKILL');
    await ended;
    user = undefined;
  }
  await rm(folder, { recursive: true, force: true });
});

const look = (disk: object, room = plenty) =>
  persistentDisk({
    folder,
    disk: PersistentDiskSchema.parse({ file: 'disk.img', ...disk }),
    room,
    qemuImg: 'qemu-img',
  });
const path = () => join(folder, 'disk.img');
const free = async () => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

describe('the disk of a claim', () => {
  it('is made sparse where there is none, and kept where there is one', async () => {
    const made = await look({ sizeBytes: size, overhead: 0.055 });
    expect(made).toMatchObject({ path: path(), format: 'raw', virtualSizeBytes: size, allocated: false });
    expect((await stat(path())).blocks).toBe(0);
    await writeFile(path(), 'content', { flag: 'r+' });
    expect(await look({ sizeBytes: size, overhead: 0.055 })).toMatchObject({ virtualSizeBytes: size });
    expect((await readFile(path(), 'utf8')).startsWith('content')).toBe(true);
    expect(await readdir(folder)).toEqual(['disk.img']);
  });

  it('is one disk when two launchers make it at once', async () => {
    const both = await Promise.all([look({ sizeBytes: size }), look({ sizeBytes: size })]);
    expect(both.map(({ virtualSizeBytes }) => virtualSizeBytes)).toEqual([size, size]);
    expect(await readdir(folder)).toEqual(['disk.img']);
  });

  it('grows to what the claim offers, less what the file system takes, and never shrinks', async () => {
    await writeFile(path(), 'content');
    await truncate(path(), mebibyte);
    expect(await look({ sizeBytes: size, overhead: 0.055 })).toMatchObject({
      virtualSizeBytes: 7 * mebibyte,
    });
    expect((await readFile(path(), 'utf8')).startsWith('content')).toBe(true);
    expect(await look({ sizeBytes: 2 * mebibyte, overhead: 0 })).toMatchObject({
      virtualSizeBytes: 7 * mebibyte,
    });
  });

  it('that is all allocated stays so when it grows', async () => {
    await writeFile(path(), Buffer.alloc(mebibyte, 1));
    const grown = await look({ sizeBytes: 4 * mebibyte, overhead: 0 });
    expect(grown).toMatchObject({ virtualSizeBytes: 4 * mebibyte, allocated: true });
  });

  it('is a little smaller when there is a little less room, and is told', async () => {
    const asked = 64 * mebibyte;
    const reserveBytes = (await free()) - asked + 2 * mebibyte;
    const { shortened, virtualSizeBytes } = await look(
      { sizeBytes: asked },
      { reserveBytes, tolerancePercent: 10 },
    );
    expect(shortened).toEqual({ asked, made: virtualSizeBytes });
    expect(virtualSizeBytes).toBeLessThan(asked);
    expect(virtualSizeBytes).toBeGreaterThan(asked * 0.9);
  });

  it('is not made when there is much less room', async () => {
    const sizeBytes = (await free()) * 2;
    await expect(look({ sizeBytes })).rejects.toMatchObject({ code: 'insufficient-resources' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('has to be there where nothing may be made', async () => {
    await expect(look({ readOnly: true })).rejects.toMatchObject({ code: 'source-unavailable' });
  });

  it('is raw, even where it holds another image', async () => {
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', path(), '1G']);
    const { format, virtualSizeBytes } = await look({});
    expect(format).toBe('raw');
    expect(virtualSizeBytes).toBe((await stat(path())).size);
  });

  it('is not looked for outside of its folder', async () => {
    await writeFile(join(folder, 'elsewhere'), 'x');
    await mkdir(join(folder, 'claim'));
    await symlink('../elsewhere', join(folder, 'claim', 'disk.img'));
    const disk = PersistentDiskSchema.parse({ file: 'disk.img', sizeBytes: size });
    const found = persistentDisk({ folder: join(folder, 'claim'), disk, room: plenty, qemuImg: 'qemu-img' });
    await expect(found).rejects.toMatchObject({ code: 'invalid-spec' });
    expect(PersistentDiskSchema.safeParse({ file: '../elsewhere' }).success).toBe(false);
    expect(PersistentDiskSchema.safeParse({ file: '..' }).success).toBe(false);
  });
});

describe('a disk that a machine uses', () => {
  /** QEMU itself, as it opens the disk of a guest. */
  async function use(...options: string[]): Promise<void> {
    user = spawn('qemu-io', ['-f', 'raw', ...options, path()], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(user.stdout!, 'data');
  }

  beforeEach(async () => {
    await writeFile(path(), '');
    await truncate(path(), size);
  });

  it('is refused to another that would write to it', async () => {
    await use();
    await expect(look({})).rejects.toMatchObject({ code: 'source-unavailable', retry: 'backoff' });
    await expect(look({ readOnly: true })).rejects.toMatchObject({ code: 'source-unavailable' });
    expect(await look({ shared: true })).toMatchObject({ virtualSizeBytes: size });
  });

  it('only for reading is no obstacle where it lets others write', async () => {
    await use('-r');
    expect(await look({ readOnly: true })).toMatchObject({ virtualSizeBytes: size });
    expect(await look({})).toMatchObject({ virtualSizeBytes: size });
  });
});

it('locks are read as the kernel shows them', () => {
  const text = [
    '1: OFDLCK ADVISORY  READ -1 fe:01:1234 100 101',
    '1: -> OFDLCK ADVISORY  WRITE -1 fe:01:1234 201 201',
    '2: POSIX  ADVISORY  WRITE 17 fe:01:99 0 EOF',
    '3: OFDLCK ADVISORY  WRITE -1 00:2b:5 0 EOF',
  ].join('\n');
  expect(parseLocks(text)).toEqual([
    { inode: 1234, start: 100, end: 101 },
    { inode: 5, start: 0, end: Infinity },
  ]);
});
