import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ApiServerError, toApiServerError } from '../errors.ts';
import type { Certificates } from '../tls/certificates.ts';
import { limitBody } from './body.ts';
import { answerClientError, LINGER_MS, responseText } from './client-error.ts';
import { Connections, letStall } from './connections.ts';
import type { RequestLimits } from './limits.ts';
import { Pipeline } from './pipeline.ts';

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

const UNAUTHORIZED = 401;
/** Headers are limited by their size. */
const ANY_NUMBER = 0;
const LONGEST_CHECK_MS = 5_000;

/** The HTTPS server and its connections. */
export class HttpServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #upgraded = new Set<Duplex>();

  private constructor(server: Server, handler: HttpHandler, limits: RequestLimits) {
    this.#server = server;
    this.#connections = new Connections(limits);
    const pipeline = new Pipeline(
      limits.pipelined,
      (request, response) => {
        limitBody(request, limits.bodyBytes);
        handler.request(request, response);
      },
      ([request, response]) => this.#answered(request, response),
    );
    server.on('connection', (socket: Socket) => {
      socket.setNoDelay(true);
      this.#connections.opened(socket);
    });
    server.on('secureConnection', (socket: Socket) => this.#connections.secured(socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#connections.becomes(request.socket, 'busy');
      pipeline.add(request, response);
    });
    server.on('clientError', answerClientError);
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // What is handed over while an earlier answer is still to be written cannot be told from that answer.
      if (pipeline.isBusy(socket)) {
        socket.destroy();
        return;
      }
      this.#connections.becomes(socket, 'busy');
      letStall(socket);
      this.#upgraded.add(socket);
      socket.once('close', () => this.#upgraded.delete(socket));
      handler.upgrade(request, socket, head);
    });
  }

  /**
   * Starts to listen.
   * @throws ApiServerError `AddressInUse`, `InvalidConfiguration`
   */
  static async listen(
    address: ListenAddress,
    certificates: Certificates & { clientCa: string },
    handler: HttpHandler,
    limits: RequestLimits,
  ): Promise<HttpServer> {
    const server = createServer({
      cert: certificates.cert,
      key: certificates.key,
      // Certificates of clients are asked for, and looked at when a request comes.
      ca: certificates.clientCa,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: limits.handshakeMs,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: Math.min(limits.headersMs, limits.requestMs),
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: Math.min(
        LONGEST_CHECK_MS,
        Math.ceil(Math.min(limits.headersMs, limits.requestMs) / 4),
      ),
    });
    server.maxHeadersCount = ANY_NUMBER;
    const own = new HttpServer(server, handler, limits);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenError(error, address)));
      server.listen(address.port, address.host, resolve);
    });
    return own;
  }

  #answered(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    this.#connections.becomes(socket, response.statusCode === UNAUTHORIZED ? 'fresh' : 'idle');
    if (request.complete || socket.destroyed) return;
    const timer = setTimeout(() => {
      // When this process was held up, what has come meanwhile is only read after the timers.
      setImmediate(() => {
        if (!request.complete) socket.destroy();
      });
    }, LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  }

  /** The port that the server listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The number of open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Stops listening and cuts all connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    this.#connections.close();
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
  // The other side may keep its half of the connection open for as long as it likes; ours is over.
  socket.once('finish', () => socket.destroy());
  socket.end(responseText(toApiServerError(error)));
}
