import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of a server, from the moment when it is made. */
export interface ServerConnections {
  /** Takes no more connections and lets answers under way end; after so many milliseconds what is left is cut off. */
  end(patienceMs: number): Promise<void>;
}

/**
 * Follows the connections of an HTTP or HTTPS server. Node itself knows of those only that have come to a request: one that has not
 * even finished its handshake would keep a server from its end for minutes.
 */
export function serverConnections(server: Server): ServerConnections {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    async end(patienceMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeIdleConnections();
      const patience = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, patienceMs);
      await promise;
      clearTimeout(patience);
    },
  };
}
