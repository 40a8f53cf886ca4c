import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  secureServer,
  serverConnections,
  type ServerConnections,
  type ServerSecurity,
} from '@virtkit/program';
import type { Logger } from '@virtkit/controllers/runtime';

/** What the network brings goes here. */
interface RequestHandler {
  handle(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface ApiServerOptions {
  /** All addresses unless given. */
  readonly host?: string | undefined;
  /** 0 chooses a free port. */
  readonly port: number;
  readonly security: ServerSecurity;
  readonly handler: RequestHandler;
  readonly logger: Logger;
}

/** As KubeVirt, and bounds for what a client may take its time with; times in milliseconds. */
const limits = {
  ALPNProtocols: ['http/1.1'],
  maxHeaderSize: 64 * 1024,
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 95_000,
};

/**
 * The HTTPS server. It asks every client for a certificate, and takes requests without a good one, too: who must have one is
 * for the handler to say.
 */
export class ApiServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #connections: ServerConnections;
  readonly #stack = new AsyncDisposableStack();

  private constructor({ security, handler, logger }: ApiServerOptions) {
    this.#server = createServer({ ...limits, requestCert: true, rejectUnauthorized: false });
    this.#connections = serverConnections(this.#server);
    this.#stack.use(secureServer(this.#server, security));
    if (security.clientCa !== undefined)
      // Clients that stay connected would stay trusted, too.
      this.#stack.use(security.clientCa.onChange(() => this.#server.closeIdleConnections()));
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      response.on('finish', () => {
        // Idle connections are closed when the server stops to listen; this one would be idle only now.
        if (!this.#server.listening) request.socket.end();
      });
      handler.handle(request, response);
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      handler.upgrade(request, socket, head),
    );
    this.#server.on('connection', (socket: Socket) => void socket.setNoDelay(true));
    this.#server.on('tlsClientError', (error) =>
      logger.debug('a connection could not be secured', { error: error.message }),
    );
  }

  /** Listens. @throws the system's error when the address cannot be used */
  static async listen(options: ApiServerOptions): Promise<ApiServer> {
    const own = new ApiServer(options);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    own.#server.once('error', reject);
    own.#server.listen({ port: options.port, host: options.host }, resolve);
    await promise;
    own.#server.off('error', reject);
    return own;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no more connections and lets requests and streams end, for so many milliseconds; cuts off what is left then. */
  async close(graceMs: number): Promise<void> {
    await this.#connections.end(graceMs);
    await this.#stack.disposeAsync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.close(0);
  }
}
