import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { HalError } from '@virtkit/hal';
import type { DhcpSpec } from '@virtkit/launcher-api';
import { withSubdomain, type Resolver } from '../resolver.ts';
import { answer6, type Lease6 } from './answer.ts';
import { formatMessage6, parseMessage6 } from './message.ts';

export type DhcpInterface6 = DhcpSpec['ipv6'][number];

const ports = { server: 547, client: 546 } as const;
/** Bytes of the longest message that is read: a client has little to say, and the answer is longer. */
const longestMessage = 4096;
/** All servers and relays of a link (RFC 8415, section 7.1). */
const servers = 'ff02::1:2';

export interface Dhcp6ServerOptions {
  readonly description: DhcpInterface6;
  /** How the guest finds names, where the description does not say. */
  readonly resolver: Resolver;
  /** Told when the socket fails after it was bound; the server is of no more use. */
  readonly onFailure: (error: Error) => void;
}

/** A DHCPv6 server for one guest on one bridge, without any capability where the port is not privileged. */
export class Dhcp6Server implements AsyncDisposable {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Serves once it returns.
   * @throws HalError `failed` (no such bridge, the port is taken), `forbidden` (the port is privileged)
   */
  static async start({ description, resolver, onFailure }: Dhcp6ServerOptions): Promise<Dhcp6Server> {
    const { bridge, guestAddress, dns = resolver.dns, subdomain } = description;
    const searchDomains = withSubdomain(description.searchDomains ?? resolver.searchDomains, subdomain);
    const lease: Lease6 = { address: guestAddress, resolver: { dns, searchDomains } };
    const socket = await bind(bridge);
    answerOn(socket, bridge, lease, onFailure);
    return new Dhcp6Server(socket);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return close(this.#socket);
  }
}

/**
 * Answers what a client on this bridge asks, at the port that clients listen on (RFC 8415, section 7.2). The port that a message
 * comes from is the guest's to choose; one that nobody can answer at would end the launcher.
 */
export function answerOn(
  socket: Socket,
  bridge: string,
  lease: Lease6,
  onFailure: (error: Error) => void,
): void {
  socket.on('message', (bytes: Buffer, { address }: RemoteInfo) => {
    // What other networks of the Pod send is none of the guest's.
    if (!address.endsWith(`%${bridge}`) || bytes.length > longestMessage) return;
    const message = parseMessage6(bytes);
    const said = message && answer6(message, lease);
    if (said === undefined) return;
    socket.send(formatMessage6(said), ports.client, address, (error) => {
      if (error !== null) onFailure(error);
    });
  });
  socket.on('error', onFailure);
}

/** Names of the interfaces of this network namespace, also of those without a carrier (proc(5)). */
async function interfaces(): Promise<string[]> {
  const text = await readFile('/proc/net/dev', 'utf8');
  return text.split('\n').flatMap((line) => /^\s*([^:\s]+):/.exec(line)?.[1] ?? []);
}

const close = (socket: Socket): Promise<void> => new Promise((done) => socket.close(done));

async function bind(bridge: string): Promise<Socket> {
  // Joining a group on an interface that is not there joins it on any other.
  if (!(await interfaces()).includes(bridge))
    throw new HalError('failed', `DHCPv6 cannot be served on ${bridge}: it is not there`);
  const { createSocket } = process.getBuiltinModule('node:dgram');
  const socket = createSocket({ type: 'udp6', reuseAddr: true, ipv6Only: true });
  try {
    socket.bind({ port: ports.server, address: '::', exclusive: true });
    await once(socket, 'listening');
    socket.addMembership(servers, `::%${bridge}`);
    return socket;
  } catch (cause) {
    await close(socket);
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    throw new HalError(
      code === 'EACCES' ? 'forbidden' : 'failed',
      `DHCPv6 cannot be served on ${bridge}: ${String(cause)}`,
      { cause },
    );
  }
}
