import { mkdir, readFile, rename, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VirtkitError } from '../errors.ts';

/** The text of a file; undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw explained(error, path);
  }
}

/** Writes a file whole or not at all, with its folders. */
export async function replaceFile(path: string, content: string, mode = 0o600): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    const staging = `${path}.${process.pid}.new`;
    await writeFile(staging, content, { mode });
    await rename(staging, path);
  } catch (error) {
    throw explained(error, path);
  }
}

/** What the database, keys and logs of a fresh platform need, in bytes; images and guests come on top. */
const leastRoom = 32 * 1024 ** 2;

/**
 * Makes sure that a platform can begin below `folder`, which exists.
 * @throws VirtkitError `no-space` with what is free and what is needed.
 */
export async function ensureRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < leastRoom)
    throw new VirtkitError(
      'no-space',
      `no space left for ${folder}: ${Math.floor(free / 1024)} KiB are free, ${leastRoom / 1024} KiB are needed`,
      { nextStep: 'free disk space, or choose another folder with --root' },
    );
}

/** The system's error as one that names the next step. */
export function explained(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new VirtkitError('no-space', `no space left for ${path}`, {
      cause: error,
      nextStep: 'free disk space, or choose another folder with --root',
    });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new VirtkitError('forbidden', `${path} cannot be written: ${code}`, {
      cause: error,
      nextStep: 'run as the owner of that folder (or root), or choose another with --root',
    });
  return error;
}
