import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { messageOf, systemCodeOf, VirtctlError } from '../errors.ts';

/** Listens for TCP connections; port 0 chooses a free one. @throws VirtctlError `local-resource` */
export async function listenTcp(host: string, port: number): Promise<Server> {
  // A client that stopped sending may still receive.
  const server = createServer({ allowHalfOpen: true });
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
  } catch (cause) {
    throw listenError(`${host}:${port}`, cause);
  }
  return server;
}

/** The port of a server that listens. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address.port;
  throw new VirtctlError('local-resource', 'the local listener has no port');
}

/** The error of an address that cannot be listened on. */
export function listenError(address: string, cause: unknown): VirtctlError {
  const steps: Readonly<Record<string, string>> = {
    EADDRINUSE: 'choose another local port; 0 takes a free one',
    EACCES: 'choose a local port of 1024 or above',
    EADDRNOTAVAIL: 'choose an address of this machine with --address',
    ENOTFOUND: 'choose an address of this machine with --address',
  };
  return new VirtctlError('local-resource', `cannot listen on ${address}: ${messageOf(cause)}`, {
    cause,
    nextStep: steps[systemCodeOf(cause)],
  });
}
