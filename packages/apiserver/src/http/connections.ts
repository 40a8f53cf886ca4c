import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RequestLimits } from './limits.ts';

/** What a connection does: nothing yet, nothing since its last request, or carrying a request. */
type Use = 'fresh' | 'idle' | 'busy';

interface Connection {
  readonly socket: Socket;
  readonly address: string;
  use: Use;
  /** Bytes that the client had taken when they were last counted, and when that number last grew. */
  taken: number;
  takenAt: number;
  /** When its use last changed. */
  since: number;
  /** What requests are read from and answers written to, once it speaks TLS. */
  secure: Socket | undefined;
}

/** A client that has just been answered is about to ask again. */
const IDLE_FOR_MS = 5_000;

const allowedToStall = new WeakSet<Duplex>();

/** Lets the client of a stream take its time: logs and consoles may be paused by people. */
export function letStall(socket: Duplex): void {
  allowedToStall.add(socket);
}

/** The open connections, which are limited in number, and cut off when their clients do not read. */
export class Connections {
  readonly #limits: RequestLimits;
  readonly #byPeer = new Map<string, Connection>();
  readonly #bySocket = new WeakMap<Duplex, Connection>();
  /** The connections of each use, longest unchanged first. */
  readonly #byUse: Readonly<Record<Use, Set<Connection>>> = {
    fresh: new Set(),
    idle: new Set(),
    busy: new Set(),
  };
  readonly #perAddress = new Map<string, number>();
  readonly #sweep: NodeJS.Timeout;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
    this.#sweep = setInterval(() => this.#cutStalled(), Math.min(5_000, Math.ceil(limits.stalledMs / 4)));
    this.#sweep.unref();
  }

  /** The number of open connections. */
  get size(): number {
    return this.#byPeer.size;
  }

  /** A client has connected. When there are too many already, an idle connection goes, or else this one. */
  opened(socket: Socket): void {
    const { remoteAddress: address } = socket;
    const peer = peerOf(socket);
    if (address === undefined || peer === undefined || !this.#makeRoom(address)) {
      socket.destroy();
      return;
    }
    const connection: Connection = {
      socket,
      address,
      use: 'fresh',
      taken: 0,
      takenAt: performance.now(),
      since: performance.now(),
      secure: undefined,
    };
    this.#byPeer.set(peer, connection);
    this.#byUse.fresh.add(connection);
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    socket.once('close', () => this.#closed(peer, connection));
  }

  /** The TLS handshake of a connection is done. */
  secured(secure: Socket): void {
    const connection = this.#byPeer.get(peerOf(secure) ?? '');
    if (connection === undefined) {
      secure.destroy();
      return;
    }
    connection.secure = secure;
    this.#bySocket.set(secure, connection);
  }

  /** A request begins or, with `idle`, the last one is over; `fresh` if it has shown nothing that speaks for the client. */
  becomes(secure: Duplex, use: Use): void {
    const connection = this.#bySocket.get(secure);
    if (connection === undefined || connection.socket.destroyed) return;
    this.#byUse[connection.use].delete(connection);
    connection.use = use;
    this.#byUse[use].add(connection);
    connection.since = performance.now();
    connection.takenAt = connection.since;
  }

  /** Cuts all connections. */
  close(): void {
    clearInterval(this.#sweep);
    for (const { socket } of this.#byPeer.values()) socket.destroy();
  }

  #closed(peer: string, connection: Connection): void {
    if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
    if (!this.#byUse[connection.use].delete(connection)) return;
    const left = (this.#perAddress.get(connection.address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(connection.address);
    else this.#perAddress.set(connection.address, left);
  }

  #makeRoom(address: string): boolean {
    if ((this.#perAddress.get(address) ?? 0) >= this.#limits.connectionsPerAddress && !this.#cutIdle(address))
      return false;
    return this.#byPeer.size < this.#limits.connections || this.#cutIdle();
  }

  /** Cuts the connection that has been idle for longest. @returns false if all are busy */
  #cutIdle(address?: string): boolean {
    const now = performance.now();
    for (const connection of this.#byAge()) {
      if (address !== undefined && connection.address !== address) continue;
      if (connection.use === 'idle' && now - connection.since < IDLE_FOR_MS) continue;
      const peer = peerOf(connection.socket);
      connection.socket.destroy();
      // It counts no longer, though its end is announced only later.
      this.#closed(peer ?? '', connection);
      return true;
    }
    return false;
  }

  *#byAge(): Generator<Connection, undefined> {
    yield* this.#byUse.fresh;
    yield* this.#byUse.idle;
  }

  #cutStalled(): void {
    const now = performance.now();
    for (const connection of this.#byUse.busy) {
      const { secure } = connection;
      if (secure === undefined || allowedToStall.has(secure)) continue;
      const taken = secure.bytesWritten - secure.writableLength;
      if (secure.writableLength === 0 || taken !== connection.taken) {
        connection.taken = taken;
        connection.takenAt = now;
      } else if (now - connection.takenAt >= this.#limits.stalledMs) connection.socket.destroy();
    }
  }
}

/** Names a connection by the other end of it. */
function peerOf({ remoteAddress, remotePort }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${String(remotePort)}`;
}
