import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { HalError } from '@virtkit/hal';

const mostEntries = 1024;

/**
 * The real path of a file that an image names, if it is a regular file inside the image: links in an image may point
 * anywhere, and whoever opens the path would follow them.
 * @param inner Path inside the image; absolute or not, it is taken from the image's root.
 * @throws HalError `source-unavailable` (absent), `invalid-spec` (outside, or not a file).
 */
export async function containedFile(root: string, inner: string): Promise<string> {
  const real = await resolve(join(root, inner));
  const realRoot = await resolve(root);
  if (!real.startsWith(realRoot + sep))
    throw new HalError('invalid-spec', `${inner} leads out of its image ${root}`);
  if (!(await stat(real)).isFile()) throw new HalError('invalid-spec', `${inner} in ${root} is not a file`);
  return real;
}

/**
 * The disk of a container disk image: the one file in its folder `disk`, or, where only that folder was mounted, the
 * one file in it.
 * @throws HalError `source-unavailable` (none), `invalid-spec` (more than one).
 */
export async function soleDisk(root: string): Promise<string> {
  const folder = (await isFolder(join(root, 'disk'))) ? 'disk' : '.';
  const names = (await readdir(join(root, folder))).filter((name) => !name.startsWith('.'));
  if (names.length > mostEntries)
    throw new HalError('invalid-spec', `too many files in ${join(root, folder)}`);
  const [first, ...more] = names;
  if (first === undefined)
    throw new HalError('source-unavailable', `there is no disk in ${join(root, folder)}`);
  if (more.length > 0) {
    throw new HalError(
      'invalid-spec',
      `${join(root, folder)} holds ${names.length} files where one disk is due`,
    );
  }
  return containedFile(root, join(folder, first));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

async function resolve(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (isAbsent(cause)) throw new HalError('source-unavailable', `${path} does not exist`, { cause });
    throw cause;
  }
}

/** Whether the error says that a name leads nowhere. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
