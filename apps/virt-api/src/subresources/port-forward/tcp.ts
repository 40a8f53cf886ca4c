import { createConnection, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Logger } from '@virtkit/controllers/runtime';
import { createWebSocketStream, type WebSocket } from 'ws';
import { dialFailed, type Forwarding } from './forwarding.ts';
import type { ForwardTarget } from './target.ts';

/** Connects to a guest's TCP port. @throws ApiServerError `InternalError` when it does not answer */
export async function dialTcp(
  { host, port }: ForwardTarget,
  timeoutMs: number,
  logger: Logger,
): Promise<Forwarding> {
  const socket = await connected(host, port, timeoutMs);
  return {
    join: (user) => join(user, socket, logger),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

function connected(host: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port });
    const fail = (cause: Error): void => reject(dialFailed(host, port, cause));
    const late = setTimeout(() => socket.destroy(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    socket.once('error', fail);
    socket.once('close', () => clearTimeout(late));
    socket.once('connect', () => {
      clearTimeout(late);
      socket.off('error', fail);
      // Until the stream is joined an error only closes the socket; the join then ends at once.
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

/** A WebSocket cannot be half closed, so the end of either direction ends both. */
async function join(user: WebSocket, socket: Socket, logger: Logger): Promise<void> {
  const stream = createWebSocketStream(user);
  const both = new AbortController();
  const copies = [pipeline(socket, stream, { signal: both.signal }), pipeline(stream, socket)].map((copy) =>
    copy.then(
      () => 1000,
      (error: unknown) => {
        logger.debug('a forwarded connection broke', { error: String(error) });
        return 1011;
      },
    ),
  );
  user.close(await Promise.race(copies));
  both.abort();
  socket.destroy();
  await Promise.all(copies);
}
