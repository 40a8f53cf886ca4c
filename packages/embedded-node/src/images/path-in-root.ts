import { lstat, mkdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';

const maximumLinks = 40;

/**
 * The place of a path of an image below `root`, as a program that has `root` as its root folder would find it: links
 * are followed, but never out of `root`. The last part is not followed. Missing folders on the way are made.
 *
 * Nothing but this process writes below `root` meanwhile.
 *
 * @throws EmbeddedNodeError `ImageInvalid` for a path through a file, or with too many links
 */
export async function placeInRoot(root: string, path: string): Promise<string> {
  const pending = posix.normalize(`/${path}`).split('/').filter(Boolean);
  const last = pending.pop();
  if (last === undefined) return root;
  let current = '/';
  let links = 0;
  for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
    if (part === '..') {
      current = posix.dirname(current);
      continue;
    }
    const next = posix.join(current, part);
    const target = await linkOrFolder(join(root, next), path);
    if (target === undefined) {
      current = next;
      continue;
    }
    if (++links > maximumLinks)
      throw new EmbeddedNodeError('ImageInvalid', `too many links on the way to ${path} of the image`);
    pending.unshift(...target.split('/').filter((one) => one !== '' && one !== '.'));
    if (target.startsWith('/')) current = '/';
  }
  return join(root, current, last);
}

/** The target of a link; undefined for a folder, which is made when missing. */
async function linkOrFolder(full: string, path: string): Promise<string | undefined> {
  try {
    const stat = await lstat(full);
    if (stat.isSymbolicLink()) return await readlink(full);
    if (stat.isDirectory()) return undefined;
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
    await mkdir(full, { mode: 0o755 });
    return undefined;
  }
  throw new EmbeddedNodeError(
    'ImageInvalid',
    `${path} of the image leads through something that is no folder`,
  );
}
