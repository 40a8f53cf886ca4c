import type { Socket } from 'node:net';
import { isApiError } from '@virtkit/sdk';
import { join } from '../streams/join.ts';
import { listenTcp, portOf } from '../streams/listen.ts';
import type { Forwarder, ForwarderOptions } from './forwarder.ts';

/** Forwards TCP connections, each over a stream of its own. @throws VirtctlError `local-resource` */
export async function forwardTcp({ host, port, dial, onFailure }: ForwarderOptions): Promise<Forwarder> {
  const server = await listenTcp(host, port);
  const connections = new Map<Socket, Promise<void>>();
  const serve = async (socket: Socket): Promise<void> => {
    const closed = new AbortController();
    socket.once('close', () => closed.abort());
    // A connection that is reset before the guest answers; pipelines report later ones.
    socket.on('error', () => socket.destroy());
    try {
      await join(socket, await dial(closed.signal));
    } catch (error) {
      if (!(closed.signal.aborted && isApiError(error, 'aborted'))) onFailure(error);
    } finally {
      socket.destroy();
    }
  };
  server.on('connection', (socket) => {
    connections.set(
      socket,
      serve(socket).finally(() => connections.delete(socket)),
    );
  });
  return {
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections.keys()) socket.destroy();
      await Promise.all([closed, ...connections.values()]);
    },
  };
}
