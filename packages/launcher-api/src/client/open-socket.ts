import { closeSync, constants, fstatSync, lstatSync, openSync, type BigIntStats } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { LauncherApiError } from '../errors.ts';

/** Linux' open(2) flag for a handle on a name that opens nothing; Node has no name for it. */
const O_PATH = 0o10000000;

/** Which file is meant, as fstat(2) tells it. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Which socket, and what is expected of it. */
export interface SocketFile {
  readonly path: string;
  /**
   * A folder that contains it, and whose own path is trusted. Below it no link is followed, whoever may have put it there.
   * Default: the folder that the socket is in.
   */
  readonly root?: string | undefined;
  /** User ids that may own it; absent means anybody. */
  readonly owners?: readonly number[] | undefined;
  /** The very file; absent means whichever has the path. */
  readonly identity?: FileIdentity | undefined;
}

/**
 * Connects to the unix socket at `path` and to nothing else. On Linux each part of its path below `root` is opened by itself,
 * without following a link, and the connection goes to the very file that was checked, so that whoever owns one of the
 * folders cannot swap anything in between. It also lifts the kernel's limit on the length of a socket path.
 *
 * @throws LauncherApiError `unsafe-socket` (a link, no socket, another owner, not below the root), `unreachable`.
 */
export function openSocket(file: SocketFile): Socket {
  const { path } = file;
  if (process.platform !== 'linux') {
    check(file, lstat(path));
    return connect(path);
  }
  const fd = openBelow(file);
  try {
    check(file, fstatSync(fd, { bigint: true }));
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

/** A handle on the file's name, reached from the root one part at a time. */
function openBelow({ path, root = dirname(path) }: SocketFile): number {
  const way = relative(root, path);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new LauncherApiError('unsafe-socket', `${path} is not below ${root}`);
  const parts = way.split(sep);
  const last = parts.pop()!;
  let folder = openPart(root, path, O_PATH | constants.O_DIRECTORY);
  try {
    for (const part of parts) {
      const flags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
      const next = openPart(join(`/proc/self/fd/${folder}`, part), path, flags);
      closeSync(folder);
      folder = next;
    }
    return openPart(join(`/proc/self/fd/${folder}`, last), path, O_PATH | constants.O_NOFOLLOW);
  } finally {
    closeSync(folder);
  }
}

/** With O_DIRECTORY and O_NOFOLLOW, open(2) answers ENOTDIR or ELOOP to a link. */
function openPart(part: string, path: string, flags: number): number {
  try {
    return openSync(part, flags);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'ELOOP')
      throw new LauncherApiError('unsafe-socket', `a part of ${path} is not a plain folder`, { cause });
    throw unreachable(path, cause);
  }
}

function lstat(path: string): BigIntStats {
  try {
    return lstatSync(path, { bigint: true });
  } catch (cause) {
    throw unreachable(path, cause);
  }
}

function unreachable(path: string, cause: unknown): LauncherApiError {
  return new LauncherApiError('unreachable', `no launcher at ${path}`, { cause });
}

function check({ path, owners, identity }: SocketFile, status: BigIntStats): void {
  if (status.isSymbolicLink()) throw new LauncherApiError('unsafe-socket', `${path} is a symbolic link`);
  if (!status.isSocket()) throw new LauncherApiError('unsafe-socket', `${path} is not a socket`);
  if (identity !== undefined && (identity.dev !== status.dev || identity.ino !== status.ino))
    throw new LauncherApiError('unsafe-socket', `${path} is another file than before`);
  if (owners && !owners.includes(Number(status.uid))) {
    throw new LauncherApiError('unsafe-socket', `${path} belongs to user ${status.uid}`);
  }
}
