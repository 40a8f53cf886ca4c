import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ApiServerError, toApiServerError } from '../errors.ts';
import type { Certificates } from '../tls/certificates.ts';

/** Handles what the network brings. */
export interface HttpHandler {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Where a server listens. */
export interface ListenAddress {
  host: string;
  /** 0 chooses a free port. */
  port: number;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTES = 32 * 1024;

/** The HTTPS server and its connections. */
export class HttpServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #upgraded = new Set<Duplex>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /**
   * Starts to listen.
   * @throws ApiServerError `AddressInUse`, `InvalidConfiguration`
   */
  static async listen(
    address: ListenAddress,
    certificates: Certificates,
    handler: HttpHandler,
  ): Promise<HttpServer> {
    const server = createServer({
      cert: certificates.cert,
      key: certificates.key,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
    const own = new HttpServer(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      handler.request(request, response),
    );
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      own.#upgraded.add(socket);
      socket.once('close', () => own.#upgraded.delete(socket));
      handler.upgrade(request, socket, head);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenError(error, address)));
      server.listen(address.port, address.host, resolve);
    });
    return own;
  }

  /** The port that the server listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts all connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function listenError(error: Error, { host, port }: ListenAddress): ApiServerError {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new ApiServerError(
      'AddressInUse',
      `${host}:${port} is in use: stop what listens there or choose another port`,
      {
        cause: error,
      },
    );
  return new ApiServerError('InvalidConfiguration', `cannot listen on ${host}:${port}: ${error.message}`, {
    cause: error,
  });
}

/** Answers an upgrade request with an error Status and closes the connection. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const failure = toApiServerError(error);
  const body = JSON.stringify(failure.toStatus());
  socket.end(
    `HTTP/1.1 ${failure.httpStatus} ${failure.code}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
