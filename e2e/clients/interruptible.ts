import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut. */
export interface Interruptible extends AsyncDisposable {
  /** Kubeconfig that leads this way. */
  readonly kubeconfig: string;
  /** Cuts what is connected, and refuses connections until `mend`. */
  cut(): void;
  mend(): void;
}

/** Puts a forwarder of connections before the server that a kubeconfig names; another kubeconfig beside it names the forwarder. */
export async function interruptible(server: { url: string; kubeconfig: string }): Promise<Interruptible> {
  const { hostname, port } = new URL(server.url);
  const sockets = new Set<Socket>();
  let open = true;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // That a connection ends early is what this is for; its other half ends with it.
    socket.once('error', () => socket.destroy());
  };
  const forwarder = createServer((incoming) => {
    keep(incoming);
    if (!open) {
      incoming.resetAndDestroy();
      return;
    }
    const outgoing = connect(Number(port), hostname);
    keep(outgoing);
    incoming.once('close', () => outgoing.destroy());
    outgoing.once('close', () => incoming.destroy());
    incoming.pipe(outgoing).pipe(incoming);
  });
  await once(forwarder.listen(0, '127.0.0.1'), 'listening');
  const { port: ownPort } = forwarder.address() as AddressInfo;
  const url = `https://127.0.0.1:${ownPort}`;
  const kubeconfig = `${server.kubeconfig}-${ownPort}`;
  await writeFile(kubeconfig, (await readFile(server.kubeconfig, 'utf8')).replace(server.url, url), {
    mode: 0o600,
  });
  const cut = (): void => {
    open = false;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    kubeconfig,
    cut,
    mend: () => {
      open = true;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => forwarder.close(resolve));
    },
  };
}
