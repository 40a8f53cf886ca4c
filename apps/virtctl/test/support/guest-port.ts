import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP port of a pretended guest. */
export interface GuestPort extends AsyncDisposable {
  readonly port: number;
}

/** Listens and hands each connection to `serve`. */
export async function guestPort(serve: (socket: Socket) => void): Promise<GuestPort> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // Tests cut connections on purpose; who cares listens to 'close'.
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port that sends back what it gets. */
export const echoPort = (): Promise<GuestPort> => guestPort((socket) => socket.pipe(socket));
