import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileIdentity } from '@virtkit/launcher-api';
import { HandlerError } from '../errors.ts';
import { emptyDirectory, openPlainFolder, podFolder, within } from '../pods/plain-folder.ts';

const socketName = 'launcher-sock';

export type SocketFinding =
  { kind: 'present'; path: string; identity: FileIdentity } | { kind: 'missing'; podGone: boolean };

/**
 * Looks for a launcher's socket. The folder belongs to the launcher, which is not trusted: no part of the way below the
 * kubelet's folder may be a link, and the socket must be one. Whoever connects has to look again.
 *
 * @throws HandlerError `launcher-socket-refused` when something else stands in its place, `unsafe-path`
 */
export async function findSocket(kubeletRoot: string, podUid: string): Promise<SocketFinding> {
  const way = emptyDirectory(podUid, 'sockets');
  await using folder = await openPlainFolder(kubeletRoot, way);
  if (folder === undefined) {
    await using pod = await openPlainFolder(kubeletRoot, podFolder(podUid));
    return { kind: 'missing', podGone: pod === undefined };
  }
  const path = join(kubeletRoot, ...way, socketName);
  try {
    const status = await lstat(within(folder, socketName), { bigint: true });
    if (!status.isSocket()) throw new HandlerError('launcher-socket-refused', `${path} is not a socket`);
    const { dev, ino } = status;
    return { kind: 'present', path, identity: { dev, ino } };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'missing', podGone: false };
    throw error;
  }
}
