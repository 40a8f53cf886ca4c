import { createConnection, createServer, type Socket } from 'node:net';

/**
 * Does something while no other process of this machine does what needs the same lock. The kernel ends a lock with the process that has
 * it, however that ends: it is an abstract socket, of which there is one by each name in a network namespace.
 */
export async function withMachineLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const path = `\0${name}`;
  for (;;) {
    const release = await tryLock(path);
    if (release === undefined) await untilReleased(path);
    else
      try {
        return await work();
      } finally {
        await release();
      }
  }
}

/** @returns how to give the lock back; undefined when another has it */
function tryLock(path: string): Promise<(() => Promise<void>) | undefined> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    // One that waits may be killed; its connection just ends.
    socket.on('error', () => socket.destroy()).on('close', () => waiting.delete(socket));
  });
  const release = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
      for (const socket of waiting) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(release));
  });
}

/** Waits until the holder of a lock gives it back or ends: either ends the connections that it has. */
function untilReleased(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve();
      else reject(error);
    });
    socket.once('close', () => resolve());
    socket.resume();
  });
}
