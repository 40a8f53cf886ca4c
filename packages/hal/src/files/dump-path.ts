import { constants } from 'node:fs';
import { access, lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative } from 'node:path';
import { HalError } from '../errors.ts';

/**
 * Sees to it that a memory dump may be written to `path`, as `MemoryDumpFacet.start` promises. Links are followed to where they
 * lead before anything is decided.
 *
 * @param allowed Folder below which dumps may be; undefined for nowhere.
 * @throws HalError `forbidden` (elsewhere), `source-unavailable` (its folder is not there or cannot be written to),
 *   `conflict` (the file exists)
 */
export async function requireDumpPath(path: string, allowed: string | undefined): Promise<void> {
  if (allowed === undefined) throw new HalError('forbidden', 'no folder is allowed for memory dumps');
  const name = basename(path);
  const elsewhere = new HalError('forbidden', `${path} is not in the folder for memory dumps, ${allowed}`);
  if (!isAbsolute(path) || name === '' || name === '.' || name === '..') throw elsewhere;
  const way = relative(await realFolder(allowed), await realFolder(dirname(path)));
  if (way === '..' || way.startsWith('../') || isAbsolute(way)) throw elsewhere;
  if (await isThere(path)) throw new HalError('conflict', `${path} exists`);
}

async function realFolder(path: string): Promise<string> {
  try {
    const folder = await realpath(path);
    await access(folder, constants.X_OK);
    return folder;
  } catch (cause) {
    throw new HalError('source-unavailable', `there is no folder ${path} to write to`, { cause });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
