import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { HandlerError } from '../errors.ts';

/** Linux' open(2) flag for a handle on a name that opens nothing; Node has no name for it. */
const O_PATH = 0o10000000;

/** Where the kubelet keeps the files of a Pod. @throws HandlerError `unsafe-path` for what is no UID */
export function podFolder(podUid: string): readonly string[] {
  return ['pods', plainName(podUid)];
}

/** The volume of a Pod that is an emptyDir, as the kubelet lays it out. @throws HandlerError `unsafe-path` */
export function emptyDirectory(podUid: string, volume: string): readonly string[] {
  return [...podFolder(podUid), 'volumes', 'kubernetes.io~empty-dir', plainName(volume)];
}

/** The name of a Pod, volume or file, which leads nowhere else. @throws HandlerError `unsafe-path` */
export function plainName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name;
  throw new HandlerError('unsafe-path', `${JSON.stringify(name)} is not the name of a Pod, volume or file`);
}

/**
 * A handle on a folder below a trusted one. Each part of the way is opened by itself and without following a link, so that who
 * owns one of the folders cannot lead this process elsewhere; what is in it is reached with {@link within}, which names the
 * folder that was opened and not whatever has its path by then.
 *
 * @returns undefined when a part of the way is missing
 * @throws HandlerError `unsafe-path` when a part is a link or no folder
 */
export async function openPlainFolder(
  root: string,
  parts: readonly string[],
): Promise<FileHandle | undefined> {
  let folder = await openPart(root, 0, root);
  for (const part of parts) {
    if (folder === undefined) return undefined;
    await using parent = folder;
    folder = await openPart(within(parent, part), constants.O_NOFOLLOW, join(root, ...parts));
  }
  return folder;
}

/** The path of a file in an open folder. A link in its last part is still the caller's to refuse. */
export function within(folder: FileHandle, name: string): string {
  if (name === '..' || name.includes('/'))
    throw new HandlerError('unsafe-path', `${name} is more than a name`);
  return `/proc/self/fd/${folder.fd}/${name}`;
}

/**
 * Opens a file of an open folder for reading, if it is one: nothing else is read, and no link is followed. Opening something else
 * in its place neither blocks nor does anything to it.
 *
 * @returns undefined when there is nothing of this name
 * @throws HandlerError `unsafe-path` for a link, a folder, a pipe or a device
 */
export async function openPlainFile(folder: FileHandle, name: string): Promise<FileHandle | undefined> {
  const refused = (cause?: unknown): HandlerError =>
    new HandlerError('unsafe-path', `${name} is not a plain file`, { cause });
  let file;
  try {
    file = await open(within(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // Links, and sockets or devices without a driver, of which open(2) says so.
    throw code === 'ELOOP' || code === 'ENXIO' ? refused(cause) : cause;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw refused();
}

/** With O_DIRECTORY and O_NOFOLLOW, open(2) answers ENOTDIR or ELOOP to a link. */
async function openPart(part: string, flags: number, path: string): Promise<FileHandle | undefined> {
  try {
    return await open(part, O_PATH | constants.O_DIRECTORY | flags);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR' || code === 'ELOOP')
      throw new HandlerError('unsafe-path', `a part of ${path} is not a plain folder`, { cause });
    throw cause;
  }
}
