import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@virtkit/controllers/runtime';
import type { Registry } from 'prom-client';
import { serverConnections } from './server-connections.ts';
import { secureServer, type ServerSecurity } from './tls-connections.ts';

/** What the operations server says of the program. */
export interface OperationsServerOptions {
  readonly host: string;
  /** 0 chooses a free port. */
  readonly port: number;
  /** Serves HTTPS with this; without it plain HTTP, for a program that only its own machine asks. */
  readonly security?: ServerSecurity | undefined;
  /** What `/metrics` tells. */
  readonly registry: Registry;
  /** Most requests for metrics that are answered at a time; more get 503. Default 3. */
  readonly maxMetricRequests?: number | undefined;
  /** Whether the program works; a rejection, or a text that says what does not, is an answer of 500. Default: it does. */
  readonly healthy?: ((options: { signal: AbortSignal }) => Promise<string | undefined>) | undefined;
  /** Whether the program is ready; a text says what it waits for, an answer of 503. Default: it is. */
  readonly ready?: (() => string | undefined) | undefined;
  /** Whether this replica leads; `/leader` is there only with it. */
  readonly leading?: (() => boolean) | undefined;
  readonly logger: Logger;
}

/** A running server of metrics and health. Disposing it lets answers under way end, for two seconds at most. */
export interface OperationsServer extends AsyncDisposable {
  /** Base URL, with the port that was chosen. */
  readonly url: string;
}

/** How long an answer about health may take, and the answers under way at the end, in milliseconds. */
const longestCheckMs = 8_000;
const longestGoodbyeMs = 2_000;

/**
 * Serves what the operators of a cluster ask of every program:
 *
 * | path       | answer                                                                                             |
 * | ---------- | -------------------------------------------------------------------------------------------------- |
 * | `/metrics` | Prometheus' text format; 503 while `maxMetricRequests` others are answered                           |
 * | `/healthz` | 200 `ok`, or 500 and what does not work                                                            |
 * | `/readyz`  | 200 `ok`, or 503 and what it waits for                                                             |
 * | `/leader`  | always 200, with `{"apiserver":{"leader":"true"}}` or `"false"` (KubeVirt: probes of virt-controller) |
 *
 * @throws Error with Node's `code`, for example `EADDRINUSE`, when the address cannot be used
 */
export async function serveOperations(options: OperationsServerOptions): Promise<OperationsServer> {
  const answers = new Answers(options);
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('finish', () => {
      // A connection that was kept for more would hold up the end.
      if (!server.listening) request.socket.end();
    });
    answers.give(request, response).catch((error: unknown) => {
      options.logger.warn('an answer about operations failed', { path: request.url, error: String(error) });
      send(response, 500, 'the answer failed\n');
    });
  };
  const limits = {
    headersTimeout: 5_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5_000,
    maxHeaderSize: 8_192,
  };
  await using stack = new AsyncDisposableStack();
  let server: Server;
  if (options.security === undefined) server = createPlainServer(limits, listener);
  else {
    const secure = createSecureServer({ ...limits, handshakeTimeout: limits.headersTimeout }, listener);
    stack.use(secureServer(secure, options.security));
    server = secure;
  }
  server.maxConnections = 64;
  const connections = serverConnections(server);
  const { port } = await listening(server, options);
  stack.defer(() => connections.end(longestGoodbyeMs));
  const resources = stack.move();
  return {
    url: `${options.security === undefined ? 'http' : 'https'}://${inUrl(options.host)}:${port}`,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

class Answers {
  readonly #options: OperationsServerOptions;
  #metricRequests = 0;

  constructor(options: OperationsServerOptions) {
    this.#options = options;
  }

  async give(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Nobody has anything to say here; a body is not waited for.
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(response, 405, 'only GET and HEAD are answered\n');
    }
    const { leading, ready } = this.#options;
    const [path] = (request.url ?? '/').split('?');
    if (path === '/metrics') return this.#metrics(response);
    if (path === '/healthz') return this.#health(response);
    if (path === '/readyz') {
      const lack = ready?.();
      return send(response, lack === undefined ? 200 : 503, lack === undefined ? 'ok' : `${lack}\n`);
    }
    if (path === '/leader' && leading !== undefined) {
      response.setHeader('content-type', 'application/json');
      return send(response, 200, JSON.stringify({ apiserver: { leader: String(leading()) } }));
    }
    send(response, 404, 'there is nothing here\n');
  }

  async #metrics(response: ServerResponse): Promise<void> {
    const { registry, maxMetricRequests = 3 } = this.#options;
    if (this.#metricRequests >= maxMetricRequests) {
      response.setHeader('retry-after', '1');
      return send(response, 503, `${maxMetricRequests} requests for metrics are answered already\n`);
    }
    this.#metricRequests += 1;
    try {
      const text = await registry.metrics();
      response.setHeader('content-type', registry.contentType);
      send(response, 200, text);
    } finally {
      this.#metricRequests -= 1;
    }
  }

  async #health(response: ServerResponse): Promise<void> {
    const { healthy, logger } = this.#options;
    let lack: string | undefined;
    try {
      lack = await healthy?.({ signal: AbortSignal.timeout(longestCheckMs) });
    } catch (error) {
      lack = error instanceof Error ? error.message : String(error);
    }
    if (lack !== undefined) logger.warn('the program is not healthy', { problem: lack });
    send(response, lack === undefined ? 200 : 500, lack === undefined ? 'ok' : `${lack}\n`);
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent) return;
  response.statusCode = status;
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(body);
}

async function listening(server: Server, { host, port }: OperationsServerOptions): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  await promise;
  server.off('error', reject);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no address');
  return address;
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
