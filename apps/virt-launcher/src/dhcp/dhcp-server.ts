import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { HalError } from '@virtkit/hal';
import { answer, type Lease } from './answer.ts';
import { leaseOptions, type DhcpInterface } from './lease.ts';
import { formatReply, parseMessage } from './message.ts';
import { withSubdomain, type Resolver } from './resolver.ts';

const ports = { server: 67, client: 68 } as const;
const everybody = '255.255.255.255';

export interface DhcpServerOptions {
  readonly description: DhcpInterface;
  /** How the guest finds names, where the description does not say. */
  readonly resolver: Resolver;
  /** Told when a socket fails after it was bound; the server is of no more use. */
  readonly onFailure: (error: Error) => void;
}

/**
 * A DHCP server for one guest on one bridge. It needs no capability where the port is not privileged
 * (`net.ipv4.ip_unprivileged_port_start`): one socket hears what clients without an address send to everybody, another one has the
 * bridge's address, by which the kernel knows through which interface an answer to everybody goes.
 */
export class DhcpServer implements AsyncDisposable {
  readonly #sockets: readonly Socket[];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
  }

  /**
   * Serves once it returns.
   * @throws HalError `failed` (no such bridge, the port is taken), `forbidden` (the port is privileged)
   */
  static async start({ description, resolver, onFailure }: DhcpServerOptions): Promise<DhcpServer> {
    const { bridge, gateway, serverAddress: server = gateway } = description;
    const { dns = resolver.dns, searchDomains = resolver.searchDomains, subdomain } = description;
    const names = { dns, searchDomains: withSubdomain(searchDomains, subdomain) };
    const lease: Lease = {
      mac: description.mac,
      address: description.guestAddress,
      server,
      options: leaseOptions(description, names),
    };
    await using bound = new AsyncDisposableStack();
    const sender = bound.adopt(await bind(server, bridge), close);
    const listener = bound.adopt(await bind(everybody, bridge), close);
    const sockets = [sender, listener];
    for (const socket of sockets) {
      socket.on('message', (bytes: Buffer) => reply(bytes, lease, sender, onFailure));
      socket.on('error', onFailure);
    }
    sender.setBroadcast(true);
    bound.move();
    return new DhcpServer(sockets);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sockets.map(close));
  }
}

/** A client that has its address is answered there, every other one as everybody: it does not answer for an address yet. */
function reply(bytes: Buffer, lease: Lease, sender: Socket, onFailure: (error: Error) => void): void {
  const message = parseMessage(bytes);
  const said = message && answer(message, lease);
  if (said === undefined) return;
  const to = message!.clientAddress === lease.address ? lease.address : everybody;
  sender.send(formatReply(said, message!), ports.client, to, (error) => {
    if (error !== null) onFailure(error);
  });
}

const close = (socket: Socket): Promise<void> => new Promise((done) => socket.close(done));

async function bind(address: string, bridge: string): Promise<Socket> {
  // Asked for when needed: what a launcher does not use must not be in its memory.
  const { createSocket } = process.getBuiltinModule('node:dgram');
  // Several servers of one launcher share what is sent to everybody; each knows its client.
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    socket.bind({ port: ports.server, address, exclusive: true });
    await once(socket, 'listening');
    return socket;
  } catch (cause) {
    await close(socket);
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    throw new HalError(
      code === 'EACCES' ? 'forbidden' : 'failed',
      `DHCP cannot be served at ${address} on ${bridge}: ${String(cause)}`,
      { cause },
    );
  }
}
