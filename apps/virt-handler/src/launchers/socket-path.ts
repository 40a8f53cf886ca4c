import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { HandlerError } from '../errors.ts';

/** Folder that a Pod's launcher puts its socket into, as the kubelet lays emptyDir volumes out. */
export const socketFolder = (kubeletRoot: string, podUid: string): string =>
  join(kubeletRoot, 'pods', podUid, 'volumes', 'kubernetes.io~empty-dir', 'sockets');

export type SocketFinding = { kind: 'present'; path: string } | { kind: 'missing'; podGone: boolean };

/**
 * Looks for a launcher's socket. The folder belongs to the launcher, which is not trusted: neither the folder nor the
 * socket may be a link, and the socket must be one.
 *
 * @throws HandlerError `launcher-socket-refused` when something else stands in its place.
 */
export async function findSocket(kubeletRoot: string, podUid: string): Promise<SocketFinding> {
  if (!/^[A-Za-z0-9-]+$/.test(podUid))
    throw new HandlerError('launcher-socket-refused', `${podUid} is not a Pod UID`);
  const folder = socketFolder(kubeletRoot, podUid);
  try {
    const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    await handle.close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      return { kind: 'missing', podGone: !(await exists(join(kubeletRoot, 'pods', podUid))) };
    throw new HandlerError('launcher-socket-refused', `${folder} is not a plain folder`, { cause: error });
  }
  const path = join(folder, 'launcher-sock');
  try {
    const status = await lstat(path);
    if (!status.isSocket()) throw new HandlerError('launcher-socket-refused', `${path} is not a socket`);
    return { kind: 'present', path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'missing', podGone: false };
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
