import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { LauncherApiError } from '../errors.ts';

/** Linux' open(2) flag for a handle on a name that opens nothing; Node has no name for it. */
const O_PATH = 0o10000000;

/**
 * Connects to the unix socket at `path` and to nothing else. On Linux the name is resolved once, without following a
 * link in its last part, and the connection goes to the very file that was checked, so that whoever owns the folder
 * cannot swap it in between. It also lifts the kernel's limit on the length of a socket path.
 *
 * @throws LauncherApiError `unsafe-socket` (a link, no socket, another owner), `unreachable`.
 */
export function openSocket(path: string, owners: readonly number[] | undefined): Socket {
  if (process.platform !== 'linux') {
    check(path, lstat(path), owners);
    return connect(path);
  }
  const fd = openName(path);
  try {
    check(path, fstatSync(fd), owners);
    const socket = connect(`/proc/self/fd/${fd}`);
    const close = (): void => {
      socket.off('connect', close);
      socket.off('close', close);
      closeSync(fd);
    };
    socket.once('connect', close);
    socket.once('close', close);
    return socket;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openName(path: string): number {
  try {
    return openSync(path, O_PATH | constants.O_NOFOLLOW);
  } catch (cause) {
    throw unreachable(path, cause);
  }
}

function lstat(path: string): Stats {
  try {
    return lstatSync(path);
  } catch (cause) {
    throw unreachable(path, cause);
  }
}

function unreachable(path: string, cause: unknown): LauncherApiError {
  return new LauncherApiError('unreachable', `no launcher at ${path}`, { cause });
}

function check(path: string, status: Stats, owners: readonly number[] | undefined): void {
  if (status.isSymbolicLink()) throw new LauncherApiError('unsafe-socket', `${path} is a symbolic link`);
  if (!status.isSocket()) throw new LauncherApiError('unsafe-socket', `${path} is not a socket`);
  if (owners && !owners.includes(status.uid)) {
    throw new LauncherApiError('unsafe-socket', `${path} belongs to user ${status.uid}`);
  }
}
