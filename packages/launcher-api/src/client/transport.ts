import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { HalError, type CallOptions } from '@virtkit/hal';
import type { z } from 'zod';
import { limits } from '../contract/limits.ts';
import { WireErrorSchema } from '../contract/schemas.ts';
import {
  basePath,
  formatVersion,
  launcherApiVersion,
  parseVersion,
  streamProtocol,
  versionHeader,
} from '../contract/version.ts';
import { fromWireError } from '../contract/wire-error.ts';
import { LauncherApiError } from '../errors.ts';
import { http } from '../http.ts';
import { openSocket, type SocketFile } from './open-socket.ts';

export interface TransportOptions {
  socket: SocketFile;
  /** Deadline of a call that names none, in milliseconds. */
  callTimeoutMs: number;
}

export interface Exchange extends CallOptions {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the version, for example `machines`; parts must be encoded. */
  path: string;
  body?: unknown;
  /** Upper bound of the answer. */
  maxBytes?: number;
  /** Milliseconds for the whole call. */
  deadlineMs?: number;
}

/**
 * One HTTP exchange per call, each on a connection of its own (a unix socket makes that cheap), so that giving up a
 * call is closing its connection, which aborts it on the other side too. Whatever comes back is bounded and judged.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #closing = new AbortController();
  #minor = 0;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Of the contract, as the launcher spoke it in its last answer; 0 before the first. */
  get minor(): number {
    return this.#minor;
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  close(): void {
    this.#closing.abort();
  }

  /** A call without an answer. */
  async send(exchange: Exchange): Promise<void> {
    await this.bytes(exchange);
  }

  /** A call whose answer must have this shape. */
  async json<Schema extends z.ZodType>(schema: Schema, exchange: Exchange): Promise<z.output<Schema>> {
    const bytes = await this.bytes(exchange);
    const result = schema.safeParse(parseJson(bytes));
    if (result.success) return result.data;
    throw broken(`the answer to ${exchange.method} ${exchange.path} breaks the contract`, result.error);
  }

  async bytes(exchange: Exchange): Promise<Buffer> {
    return this.#within(exchange, async (signal) => {
      const response = await this.#open(exchange, signal, {});
      const bytes = await readAll(response, exchange.maxBytes ?? limits.responseBytes);
      if (response.statusCode === 200 || response.statusCode === 204) return bytes;
      throw remoteError(bytes, response);
    });
  }

  /** An answer that is read as it comes. The deadline covers its beginning, `signal` all of it. */
  async stream(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const lasting = AbortSignal.any([signal, this.#closing.signal]);
    const response = await this.#within({ method: 'GET', path, signal }, () =>
      this.#open({ method: 'GET', path }, lasting, {}),
    );
    if (response.statusCode === 200) return response;
    throw remoteError(await readAll(response, limits.responseBytes), response);
  }

  /** A call that becomes a stream of bytes in both directions. */
  async upgrade(
    path: string,
    options: CallOptions,
  ): Promise<{ socket: Duplex; response: IncomingMessage; head: Buffer }> {
    return this.#within({ method: 'GET', path, ...options }, async (signal) => {
      const headers = { connection: 'Upgrade', upgrade: streamProtocol };
      const request = this.#request({ method: 'GET', path }, signal, headers);
      const upgraded = new Promise<{ socket: Duplex; response: IncomingMessage; head: Buffer }>((resolve) => {
        request.once('upgrade', (response: IncomingMessage, socket: Duplex, head: Buffer) => {
          resolve({ response, socket, head });
        });
      });
      request.end();
      const refused = once(request, 'response') as Promise<[IncomingMessage]>;
      const outcome = await Promise.race([upgraded, refused]);
      if (!Array.isArray(outcome)) return outcome;
      const [response] = outcome;
      throw remoteError(await readAll(response, limits.responseBytes), response);
    });
  }

  async #open(
    exchange: Exchange,
    signal: AbortSignal,
    headers: Record<string, string>,
  ): Promise<IncomingMessage> {
    const body = exchange.body === undefined ? undefined : Buffer.from(JSON.stringify(exchange.body));
    if (body && body.length > limits.requestBytes) {
      throw new HalError('invalid-spec', `the request is larger than ${limits.requestBytes} bytes`);
    }
    const request = this.#request(exchange, signal, {
      ...headers,
      ...(body && { 'content-type': 'application/json', 'content-length': String(body.length) }),
    });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    this.#minor = minorOf(response);
    return response;
  }

  #request({ method, path }: Exchange, signal: AbortSignal, headers: Record<string, string>): ClientRequest {
    const { socket } = this.#options;
    const request = http().request({
      method,
      path: `${basePath}/${path}`,
      headers: { host: 'launcher', [versionHeader]: formatVersion(launcherApiVersion), ...headers },
      createConnection: () => openSocket(socket),
      signal,
    });
    // Listened to by `once` while somebody waits; an error that comes later has nobody left to tell.
    request.on('error', () => request.destroy());
    return request;
  }

  /** Runs one exchange under the caller's signal, the deadline and this transport's life, and names what ended it. */
  async #within<T>(exchange: Exchange, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal, method, path, deadlineMs = this.#options.callTimeoutMs } = exchange;
    const what = `${method} ${path}`;
    this.#requireUsable(what, signal);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), deadlineMs);
    const given = AbortSignal.any([deadline.signal, this.#closing.signal, ...(signal ? [signal] : [])]);
    try {
      return await Promise.race([body(given), rejectOnAbort(given)]);
    } catch (cause) {
      this.#requireUsable(what, signal);
      if (deadline.signal.aborted) {
        throw new HalError('aborted', `no answer to ${what} within ${deadlineMs} ms`, {
          cause,
          retry: 'backoff',
        });
      }
      if (cause instanceof HalError) throw cause;
      if (cause instanceof LauncherApiError && cause.code !== 'unreachable') {
        throw new HalError('failed', cause.message, { cause, retry: cause.retry });
      }
      throw new HalError('connection-lost', `the launcher did not answer ${what}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  #requireUsable(what: string, signal: AbortSignal | undefined): void {
    if (this.#closing.signal.aborted)
      throw new HalError('closed', 'the connection to the launcher was disposed');
    if (signal?.aborted) throw new HalError('aborted', `${what} was aborted`, { cause: signal.reason });
  }
}

/** @throws LauncherApiError `version-mismatch` or, where there is no version at all, `protocol`. */
function minorOf({ headers }: IncomingMessage): number {
  const text = headers[versionHeader];
  const version = typeof text === 'string' ? parseVersion(text) : undefined;
  if (!version) throw new LauncherApiError('protocol', 'the answer does not come from a launcher');
  if (version.major === launcherApiVersion.major) return version.minor;
  const ours = formatVersion(launcherApiVersion);
  throw new LauncherApiError(
    'version-mismatch',
    `the launcher speaks version ${formatVersion(version)} of its API and this client ${ours}`,
  );
}

async function readAll(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > maxBytes) {
      response.destroy();
      throw broken(`the answer is larger than ${maxBytes} bytes`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function remoteError(bytes: Buffer, { statusCode }: IncomingMessage): HalError {
  const result = WireErrorSchema.safeParse(parseJson(bytes));
  if (result.success) return fromWireError(result.data);
  return broken(`the launcher answered with status ${statusCode ?? 0}`, result.error);
}

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (cause) {
    throw broken('the answer is not JSON', cause);
  }
}

function broken(message: string, cause?: unknown): HalError {
  return new HalError('failed', message, { cause: new LauncherApiError('protocol', message, { cause }) });
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new LauncherApiError('aborted', 'the call was given up')), {
      once: true,
    });
  });
}
