import { constants } from 'node:fs';
import { link, lstat, open, statfs, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HandlerError } from '../errors.ts';
import type { DiskRoom, HostDiskPlan } from '@virtkit/machine-plan';

/** User that launchers run as. */
const launcherUser = 107;

/** A disk that was made smaller than it was asked for, in bytes. */
export interface ShortenedDisk {
  volume: string;
  asked: number;
  made: number;
}

/**
 * Makes disks in folders of this node where there are none, and gives them to the launchers' user (KubeVirt storage runtime:
 * hostDisk). The folder is the administrator's, but launchers see it too: it is opened once, and what is in it is looked at
 * through that descriptor, without following links.
 *
 * @throws HandlerError `host-disk-refused` for a disk that is not there, is no file, or does not fit
 */
export async function makeHostDisks(
  disks: readonly HostDiskPlan[],
  room: DiskRoom,
): Promise<ShortenedDisk[]> {
  const shortened: ShortenedDisk[] = [];
  for (const disk of disks) {
    await using folder = await openFolder(disk);
    const inside = `/proc/self/fd/${folder.fd}`;
    const made = await makeDisk(disk, inside, room);
    await giveToLauncher(disk, join(inside, basename(disk.path)));
    if (made !== undefined) shortened.push(made);
  }
  return shortened;
}

async function openFolder({ path }: HostDiskPlan): Promise<FileHandle> {
  try {
    return await open(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (cause) {
    throw refused(path, 'its folder cannot be opened', cause);
  }
}

/** Whole or not at all, and never in the place of what is there. */
async function makeDisk(
  { volume, path, sizeBytes }: HostDiskPlan,
  inside: string,
  { reserveBytes, tolerancePercent }: DiskRoom,
): Promise<ShortenedDisk | undefined> {
  const name = basename(path);
  if (sizeBytes === undefined || (await isThere(join(inside, name)))) return undefined;
  const { bavail, bsize } = await statfs(inside);
  const available = Math.max(0, bavail * bsize - reserveBytes);
  const enough = (sizeBytes * (100 - tolerancePercent)) / 100 <= available;
  if (sizeBytes === 0 || !enough)
    throw refused(path, `of ${sizeBytes} bytes cannot be made: ${available} bytes are free`);
  const size = sizeBytes <= available ? sizeBytes : Math.floor(available / 4096) * 4096;
  const staging = join(inside, `.${name.slice(0, 200)}.${crypto.randomUUID()}`);
  await using file = await open(staging, 'wx', 0o660);
  try {
    await file.truncate(size);
    await file.sync();
    await link(staging, join(inside, name));
  } catch (error) {
    // Another instance with the same disk was quicker.
    if (!hasCode(error, 'EEXIST')) throw error;
    return undefined;
  } finally {
    await unlink(staging);
  }
  return size < sizeBytes ? { volume, asked: sizeBytes, made: size } : undefined;
}

async function giveToLauncher({ path }: HostDiskPlan, inside: string): Promise<void> {
  await using file = await openFile(path, inside);
  const found = await file.stat();
  if (!found.isFile() || found.nlink !== 1) throw refused(path, 'it is not a file of its own');
  // Without root's rights launchers run as this very user.
  if (process.getuid?.() === 0 && found.uid !== launcherUser) await file.chown(launcherUser, launcherUser);
}

async function openFile(path: string, inside: string): Promise<FileHandle> {
  try {
    // Without waiting for the other end of what may be a pipe.
    return await open(inside, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    throw refused(path, hasCode(cause, 'ENOENT') ? 'it does not exist' : 'it cannot be opened', cause);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function refused(path: string, why: string, cause?: unknown): HandlerError {
  return new HandlerError('host-disk-refused', `the disk ${path} of this node: ${why}`, { cause });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
