import { chmodSync, linkSync, lstatSync, unlinkSync, type Stats } from 'node:fs';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { LauncherApiError } from '../errors.ts';

/** `sun_path` of Linux' unix(7) without its terminating zero. */
const longestPath = 107;

/**
 * Makes the server listen at `path`, reachable by this process's user alone. The socket is bound under another name,
 * restricted, and only then linked to `path`, so nobody can connect before its permissions are right. A socket file
 * that a killed process left is replaced; one that somebody listens on is not.
 *
 * @returns A function that removes the socket file, if it is still this server's.
 * @throws LauncherApiError `socket-in-use`, `socket-path-too-long`, `socket-folder-unusable`, `unsafe-socket` (something
 *   else is at the path).
 */
export async function listenAt(server: Server, path: string): Promise<() => void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  if (Buffer.byteLength(temporary) > longestPath) {
    throw new LauncherApiError('socket-path-too-long', `${path} is too long for a unix socket`);
  }
  await removeStale(path);
  removeIfThere(temporary);
  await listen(server, temporary);
  chmodSync(temporary, 0o600);
  try {
    linkSync(temporary, path);
  } catch (cause) {
    server.close();
    if (isCode(cause, 'EEXIST')) {
      throw new LauncherApiError('socket-in-use', `another process took ${path} at the same moment`, {
        cause,
      });
    }
    throw cause;
  }
  unlinkSync(temporary);
  const { ino, dev } = lstatSync(path);
  return () => {
    const present = statusOf(path);
    if (present?.ino === ino && present.dev === dev) removeIfThere(path);
  };
}

async function listen(server: Server, path: string): Promise<void> {
  try {
    server.listen(path);
    await once(server, 'listening');
  } catch (cause) {
    throw new LauncherApiError('socket-folder-unusable', `no socket can be made in ${dirname(path)}`, {
      cause,
    });
  }
}

async function removeStale(path: string): Promise<void> {
  const status = statusOf(path);
  if (!status) return;
  if (!status.isSocket()) throw new LauncherApiError('unsafe-socket', `${path} exists and is not a socket`);
  if (await answers(path)) throw new LauncherApiError('socket-in-use', `another process listens at ${path}`);
  removeIfThere(path);
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if (isCode(error, 'ECONNREFUSED') || isCode(error, 'ENOENT')) return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

function statusOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
