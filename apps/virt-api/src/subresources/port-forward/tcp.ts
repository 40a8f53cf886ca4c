import { createConnection, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createWebSocketStream, type WebSocket } from 'ws';
import { dialFailed, type Forwarding } from './forwarding.ts';
import type { ForwardTarget } from './target.ts';

/** Connects to a guest's TCP port. @throws ApiServerError `InternalError` when it does not answer */
export async function dialTcp({ host, port }: ForwardTarget, timeoutMs: number): Promise<Forwarding> {
  const socket = await connected(host, port, timeoutMs);
  return {
    join: (user) => join(user, socket),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

function connected(host: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, signal: AbortSignal.timeout(timeoutMs) });
    const fail = (cause: Error): void => reject(dialFailed(host, port, cause));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      // Until the stream is joined an error only closes the socket; the join then ends at once.
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

/** A WebSocket cannot be half closed, so the end of either direction ends both. */
async function join(user: WebSocket, socket: Socket): Promise<void> {
  const stream = createWebSocketStream(user);
  const both = new AbortController();
  const copies = [pipeline(socket, stream, { signal: both.signal }), pipeline(stream, socket, { end: true })];
  try {
    await Promise.race(copies);
    user.close(1000);
  } catch {
    // Which side broke off does not matter to the other; it learns of it by the close.
    user.close(1011);
  } finally {
    both.abort();
    socket.destroy();
    await Promise.allSettled(copies);
  }
}
