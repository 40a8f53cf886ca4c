import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { WebSocketStream } from '@virtkit/sdk';
import { isApiError } from '@virtkit/sdk';
import { listenError } from '../streams/listen.ts';
import type { Dial, Forwarder, ForwarderOptions } from './forwarder.ts';

/** Datagrams of one client that are kept while its stream opens; more are dropped, as UDP may. */
const waitingLimit = 64;
/** Silence after which a client is forgotten, in milliseconds; as long as common firewalls remember one. */
const idleMs = 120_000;

/** Forwards datagrams: one stream for each client address. @throws VirtctlError `local-resource` */
export async function forwardUdp({ host, port, dial, onFailure }: ForwarderOptions): Promise<Forwarder> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    socket.bind({ address: host, port, exclusive: true });
    await once(socket, 'listening');
  } catch (cause) {
    socket.close();
    throw listenError(`${host}:${port}`, cause);
  }
  const clients = new Map<string, UdpClient>();
  socket.on('error', onFailure);
  socket.on('message', (datagram, from) => {
    const key = `${from.address} ${from.port}`;
    let client = clients.get(key);
    if (client === undefined) {
      client = new UdpClient(socket, from, dial);
      clients.set(key, client);
      void client.ended.catch(onFailure).finally(() => clients.delete(key));
    }
    client.send(datagram);
  });
  return {
    port: socket.address().port,
    async [Symbol.asyncDispose]() {
      const all = [...clients.values()];
      for (const client of all) client.close();
      await Promise.allSettled(all.map(({ ended }) => ended));
      await new Promise<void>((resolve) => socket.close(resolve));
    },
  };
}

/** The conversation of one client address with the guest. */
class UdpClient {
  /** Resolves when it is over; rejects with why it failed. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #client: RemoteInfo;
  readonly #closing = new AbortController();
  readonly #waiting: Buffer[] = [];
  #stream: WebSocketStream | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(socket: Socket, client: RemoteInfo, dial: Dial) {
    this.#socket = socket;
    this.#client = client;
    this.ended = this.#converse(dial);
  }

  /** Sends a datagram to the guest, or drops it when too many wait already. */
  send(datagram: Buffer): void {
    this.#touch();
    if (this.#stream === undefined) {
      if (this.#waiting.length < waitingLimit) this.#waiting.push(datagram);
    } else if (this.#stream.writable && !this.#stream.writableNeedDrain) {
      this.#stream.write(datagram);
    }
  }

  close(): void {
    this.#closing.abort();
  }

  async #converse(dial: Dial): Promise<void> {
    const { signal } = this.#closing;
    try {
      const stream = await dial(signal);
      // Each 'data' event is one message, and so one datagram; other ways to read would join them.
      stream.on('data', (datagram: Buffer) => {
        this.#touch();
        this.#socket.send(datagram, this.#client.port, this.#client.address);
      });
      this.#stream = stream;
      for (const datagram of this.#waiting.splice(0)) stream.write(datagram);
      await once(stream, 'close', { signal });
    } catch (error) {
      // Forgotten because it is silent, or the program ends.
      if (!signal.aborted) throw error;
      if (!isApiError(error) && !(error instanceof Error && error.name === 'AbortError')) throw error;
    } finally {
      clearTimeout(this.#idle);
      this.#stream?.destroy();
    }
  }

  #touch(): void {
    clearTimeout(this.#idle);
    if (!this.#closing.signal.aborted) this.#idle = setTimeout(() => this.close(), idleMs).unref();
  }
}
