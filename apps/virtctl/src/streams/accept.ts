import { once } from 'node:events';
import type { Server, Socket } from 'node:net';

/** Waits for one connection and stops listening. @throws the reason of `signal` when it aborts before one came */
export async function acceptOne(server: Server, signal: AbortSignal): Promise<Socket> {
  try {
    const [socket] = (await once(server, 'connection', { signal })) as [Socket];
    return socket;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    server.close();
  }
}
