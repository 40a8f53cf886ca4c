import { constants } from 'node:fs';
import { link, open, readFile, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HalError, type CallOptions } from '@virtkit/hal';
import type { FactsRequest, PersistentDisk, VolumeFact } from '@virtkit/launcher-api';
import { runTool, type ToolLimits } from '../run-tool.ts';
import { containedFile, isAbsent } from './contained-file.ts';

const mebibyte = 1024 * 1024;

/** Allocating all of a large disk takes its time. */
const growLimits: ToolLimits = {
  timeoutMs: 10 * 60_000,
  cpuSeconds: 60,
  memoryBytes: 1_000_000_000,
  outputBytes: 1024 * 1024,
};

/** One disk, where it is, and what it takes to bring it about. */
export interface PersistentDiskOptions {
  folder: string;
  disk: PersistentDisk;
  room: FactsRequest['diskRoom'];
  qemuImg: string;
}

/**
 * Finds the disk in the folder of a claim, or of the host, makes it where there is none, and grows it to what the folder
 * offers (KubeVirt storage runtime: hostDisk and filesystem PVC handling, disk expansion). It is raw by contract: the guest
 * writes to it, so nothing in it may say what it is.
 *
 * @throws HalError `source-unavailable` (absent, or another machine writes to it), `insufficient-resources`, `invalid-spec`
 */
export async function persistentDisk(
  options: PersistentDiskOptions,
  call: CallOptions = {},
): Promise<VolumeFact> {
  const { folder, disk, room } = options;
  const shortened = disk.sizeBytes === undefined ? undefined : await makeDisk(folder, disk, room);
  const path = await containedFile(folder, disk.file);
  if (!disk.shared) await mustBeFree(path, disk.readOnly);
  if (disk.overhead !== undefined && !disk.readOnly && !disk.shared) await growDisk(path, options, call);
  const { size, blocks } = await stat(path);
  return {
    path,
    format: 'raw',
    virtualSizeBytes: size,
    allocated: blocks * 512 >= size,
    directIo: await takesDirectIo(path),
    ...(shortened && { shortened }),
  };
}

/** Makes a sparse disk, whole or not at all, unless there is one; another launcher may do the same at the same time. */
async function makeDisk(
  folder: string,
  { file, sizeBytes = 0 }: PersistentDisk,
  room: FactsRequest['diskRoom'],
): Promise<VolumeFact['shortened']> {
  const path = join(folder, file);
  if (await exists(path)) return undefined;
  const { bavail, bsize } = await statfs(folder);
  const size = sizeWithin(sizeBytes, Math.max(0, bavail * bsize - room.reserveBytes), room.tolerancePercent);
  if (size === undefined)
    throw new HalError(
      'insufficient-resources',
      `${path} of ${sizeBytes} bytes cannot be made: ${bavail * bsize} bytes are free, of which ${room.reserveBytes} stay so`,
    );
  const staging = join(folder, `.${file.slice(0, 200)}.${crypto.randomUUID()}`);
  const handle = await open(staging, 'wx', 0o660);
  try {
    await handle.truncate(size);
    await handle.sync();
    // Unlike a rename, a link does not replace what came first.
    await link(staging, path);
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
    return undefined;
  } finally {
    await handle.close();
    await unlink(staging);
  }
  return size < sizeBytes ? { asked: sizeBytes, made: size } : undefined;
}

/** KubeVirt: what is there is enough when it is all, or little less. Undefined when it is not. */
function sizeWithin(asked: number, available: number, tolerancePercent: number): number | undefined {
  if (asked <= available) return asked;
  if ((asked * (100 - tolerancePercent)) / 100 > available) return undefined;
  return Math.floor(available / 4096) * 4096;
}

/**
 * QEMU locks ranges of a disk's bytes: 100 + n says what it does with the disk, 200 + n what others may not do, where 1
 * stands for writing (QEMU manual, "Disk image file locking"). Who does not find out here is refused by QEMU later.
 */
async function mustBeFree(path: string, readOnly: boolean): Promise<void> {
  const { ino } = await stat(path);
  const obstacles = readOnly ? [101] : [101, 201];
  const others = parseLocks(await readFile('/proc/locks', 'utf8')).filter((lock) => lock.inode === ino);
  if (others.some(({ start, end }) => obstacles.some((byte) => start <= byte && byte <= end)))
    throw new HalError('source-unavailable', `another machine uses ${path} already`);
}

interface FileLock {
  inode: number;
  start: number;
  end: number;
}

/** Locks of open files (proc(5), /proc/locks). Device numbers are left out: some file systems tell one there that stat does not. */
export function parseLocks(text: string): FileLock[] {
  const lines = text.matchAll(
    /^\d+: OFDLCK\s+\S+\s+\S+\s+\S+\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s+(\d+)\s+(\d+|EOF)$/gm,
  );
  return [...lines].map(([, inode, start, end]) => ({
    inode: Number(inode),
    start: Number(start),
    end: end === 'EOF' ? Infinity : Number(end),
  }));
}

/** KubeVirt: up to what was asked for, as far as the file system has room, less what that needs itself. */
async function growDisk(
  path: string,
  { folder, disk, qemuImg }: PersistentDiskOptions,
  call: CallOptions,
): Promise<void> {
  const { size, blocks } = await stat(path);
  const { bavail, bsize } = await statfs(folder);
  const allocated = blocks * 512;
  const most = Math.min(disk.sizeBytes ?? 0, allocated + bavail * bsize);
  const target = Math.floor((most * (1 - (disk.overhead ?? 1))) / mebibyte) * mebibyte;
  if (target <= size) return;
  const preallocation = size > 0 && allocated >= size ? 'falloc' : 'off';
  const args = ['resize', '-q', '-f', 'raw', `--preallocation=${preallocation}`, path, String(target)];
  await runTool(qemuImg, args, growLimits, call);
}

/** Whether the file can be opened past the page cache (open(2), O_DIRECT). */
async function takesDirectIo(path: string): Promise<boolean> {
  try {
    await using _file = await open(path, constants.O_RDONLY | constants.O_DIRECT);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EINVAL')) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
