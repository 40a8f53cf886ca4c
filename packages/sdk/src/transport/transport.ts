import { Pool, type Dispatcher } from 'undici';
import type { Endpoint } from '../configuration/options.ts';
import { ApiError } from '../errors.ts';
import { errorOfResponse } from '../status.ts';
import { abortedError, errorOfNetwork } from './network-error.ts';
import { connector } from './connector.ts';
import { definedOnly } from './defined-only.ts';
import { queryString, type RawRequest, type RawResponse, type RequestObserver } from './request.ts';
import { toRawResponse } from './response.ts';
import { withRetry } from './retry.ts';
import { warningTexts, type WarningHandler } from '../warnings.ts';
import { openWebSocket, type UpgradeOptions, type WebSocketStream } from './websocket.ts';

export interface TransportOptions {
  readonly endpoint: Endpoint;
  readonly userAgent: string;
  readonly attempts: number;
  readonly maxConnections: number;
  readonly onWarning: WarningHandler;
  readonly onRequest?: RequestObserver | undefined;
}

/** Silence after which an ordinary request is given up, in milliseconds. */
const requestTimeoutMs = 60_000;

/**
 * HTTP/1.1 to one API server, over two pools of kept-alive connections: ordinary requests share a bounded one; watches
 * hold a connection each and so have their own, or enough of them would leave none for requests.
 */
export class Transport implements AsyncDisposable {
  readonly #options: TransportOptions;
  readonly #requests: Pool;
  readonly #longLived: Pool;
  readonly #streams = new Set<WebSocketStream>();
  readonly #basePath: string;
  #disposed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    const { server } = options.endpoint;
    this.#basePath = server.pathname.replace(/(?<!\/)\/+$/, '');
    const settings: Pool.Options = {
      allowH2: false,
      connect: connector(options.endpoint),
    };
    this.#requests = new Pool(server.origin, { ...settings, connections: options.maxConnections });
    this.#longLived = new Pool(server.origin, { ...settings, connections: null });
  }

  /**
   * Sends one request, again where that is harmless (see `mayRetry`).
   *
   * @throws ApiError for every failure and every answer of 400 and above
   */
  async request(request: RawRequest): Promise<RawResponse> {
    const { method, signal } = request;
    const attempts = request.longLived === true ? 1 : this.#options.attempts;
    return withRetry(() => this.#once(request), { method, attempts, signal });
  }

  /**
   * Opens a WebSocket.
   *
   * @throws ApiError when the server refuses the upgrade; its answer is mapped as that of a request
   */
  async upgrade(path: string, options: UpgradeOptions = {}): Promise<WebSocketStream> {
    this.#assertOpen(options.signal);
    const { server, tls } = this.#options.endpoint;
    const [settings, headers] = await Promise.all([tls(), this.#headers()]);
    const url = new URL(server.origin);
    url.protocol = server.protocol === 'https:' ? 'wss:' : 'ws:';
    const stream = await openWebSocket(`${url.origin}${this.#target(path, options.query)}`, {
      ...options,
      headers: { ...headers, ...options.headers },
      tls: definedOnly(settings),
    });
    if (this.#disposed) {
      stream.destroy();
      throw new ApiError('closed', 'the client was disposed');
    }
    this.#streams.add(stream);
    void stream.outcome.then(() => this.#streams.delete(stream));
    return stream;
  }

  /** Ends everything that is under way: requests, watches and streams fail with code `closed`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const stream of this.#streams) stream.destroy(new ApiError('closed', 'the client was disposed'));
    await Promise.all([this.#requests.destroy(), this.#longLived.destroy()]);
  }

  async #once(request: RawRequest): Promise<RawResponse> {
    const { signal } = request;
    this.#assertOpen(signal);
    const payload = encodeBody(request.body);
    const headers = {
      accept: 'application/json',
      ...payload.headers,
      ...(await this.#headers()),
      ...request.headers,
    };
    let response: Dispatcher.ResponseData;
    const startedAt = performance.now();
    try {
      const pool = request.longLived === true ? this.#longLived : this.#requests;
      response = await pool.request({
        method: request.method,
        path: this.#target(request.path, request.query),
        headers,
        body: payload.body,
        signal,
        headersTimeout: requestTimeoutMs,
        bodyTimeout: request.longLived === true ? 0 : requestTimeoutMs,
      });
    } catch (error) {
      this.#tell(request, undefined, startedAt);
      throw errorOfNetwork(error, signal);
    }
    this.#tell(request, response.statusCode, startedAt);
    const raw = toRawResponse(response, signal);
    this.#warn(request, raw);
    if (raw.status < 400) return raw;
    throw located(errorOfResponse(raw.status, await raw.text(), raw.headers['retry-after']), request);
  }

  #tell({ method, path, query = {} }: RawRequest, status: number | undefined, startedAt: number): void {
    const seconds = (performance.now() - startedAt) / 1000;
    const { host } = this.#options.endpoint.server;
    this.#options.onRequest?.({ method, path, query, host, status, seconds });
  }

  /** A handler that throws fails the call; its connection must not stay busy then. */
  #warn({ method, path }: RawRequest, { headers, body }: RawResponse): void {
    try {
      for (const text of warningTexts(headers['warning']))
        this.#options.onWarning({ source: 'server', text, method, path });
    } catch (error) {
      // Destroying a body that has not ended raises an error event, which nobody else hears.
      body.on('error', () => undefined).destroy();
      throw error;
    }
  }

  #target(path: string, query: RawRequest['query']): string {
    return `${this.#basePath}${path}${queryString(query)}`;
  }

  async #headers(): Promise<Record<string, string>> {
    return { 'user-agent': this.#options.userAgent, ...(await this.#options.endpoint.authenticate()) };
  }

  #assertOpen(signal: AbortSignal | undefined): void {
    if (this.#disposed) throw new ApiError('closed', 'the client was disposed');
    if (signal?.aborted === true) throw abortedError(signal);
  }
}

/** A server that does not know a path says no more than that. Which one it was tells what it lacks, such as a kind. */
function located(error: ApiError, { method, path }: RawRequest): ApiError {
  if (error.code !== 'not-found' || error.status?.details?.name !== undefined) return error;
  const { status, httpStatus, fields, retryAfterSeconds } = error;
  const options = { status, httpStatus, fields, retryAfterSeconds };
  return new ApiError('not-found', `${error.message} (${method} ${path})`, options);
}

interface EncodedBody {
  readonly body?: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

function encodeBody(body: unknown): EncodedBody {
  if (body === undefined) return { headers: {} };
  if (typeof body === 'string' || body instanceof Uint8Array) return { body, headers: {} };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}
