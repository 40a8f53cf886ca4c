import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { EventQueue, HalError, type CallOptions, type Hypervisor } from '@virtkit/hal';
import { unknownTo } from '../contract/history.ts';
import { heartbeatSeconds, limits } from '../contract/limits.ts';
import type { DhcpSpec, Facts, FactsRequest, LauncherEvent, LauncherInfo } from '../contract/schemas.ts';
import {
  basePath,
  formatVersion,
  launcherApiVersion,
  streamHeader,
  streamProtocol,
  versionHeader,
} from '../contract/version.ts';
import { statusOfError, toWireError } from '../contract/wire-error.ts';
import { http } from '../http.ts';
import { streamEvents } from './event-stream.ts';
import { readBody, sendError, sendReply } from './reply.ts';
import { findRoute } from './router.ts';
import { routes, streamRoutes, type Call, type LauncherService } from './routes.ts';
import { listenAt } from './socket-file.ts';
import { StreamTable } from './stream-table.ts';

/** What is served and where. */
export interface ServeLauncherOptions {
  hypervisor: Hypervisor;
  /** Where to listen; the folder must exist. At most 107 bytes with the process id appended. */
  socketPath: string;
  vmi: LauncherInfo['vmi'];
  /** Answers `facts`; a HalError goes to the client as it is. */
  facts(request: FactsRequest, options: CallOptions): Promise<Facts>;
  /** Answers `configureDhcp`; must be idempotent, because clients repeat it. */
  configureDhcp(spec: DhcpSpec, options: CallOptions): Promise<void>;
  /** Minor version of the contract to speak, without what came after it; for tests of updates. Default: the newest. */
  minor?: number;
  /** Milliseconds between heartbeats on event streams; clients expect the default. */
  heartbeatMs?: number;
  /** Told of every call that failed, with the code it was answered with. */
  onFailure?(call: string, error: unknown): void;
}

/** How long calls that are being answered may still take when the server closes, in milliseconds. */
const lastAnswersMs = 2_000;

/**
 * A launcher's open socket. Disposing it ends streams at once, lets calls be answered for {@link lastAnswersMs}, then closes every
 * connection; the hypervisor stays open.
 */
export interface LauncherServer extends AsyncDisposable {
  readonly socketPath: string;
  /** What clients are told by `info`, as it is now. */
  info(): LauncherInfo;
  /** Tells every client, once, that the launcher was asked to end. */
  requestTermination(): void;
}

/**
 * Serves a hypervisor and its launcher's abilities on a unix socket that only this process's user may open.
 * @throws LauncherApiError `socket-in-use`, `unsafe-socket`, `socket-path-too-long`, `socket-folder-unusable`; RangeError for a
 *   minor that there never was
 */
export async function serveLauncher(options: ServeLauncherOptions): Promise<LauncherServer> {
  const server = new Serving(options);
  await server.listen();
  return server;
}

class Serving implements LauncherServer {
  readonly socketPath: string;
  readonly #options: ServeLauncherOptions;
  readonly #service: LauncherService;
  /** `MAJOR.MINOR` of the contract that is spoken. */
  readonly #spoken: string;
  readonly #startedAt = new Date().toISOString();
  /** Ends what would go on for ever: streams and events. */
  readonly #closing = new AbortController();
  /** Ends calls. */
  readonly #hangingUp = new AbortController();
  readonly #streams = new StreamTable();
  readonly #queues = new Set<EventQueue<LauncherEvent>>();
  readonly #http: Server;
  #terminationRequestedAt: string | undefined;
  #removeSocket: (() => void) | undefined;

  constructor(options: ServeLauncherOptions) {
    this.#options = options;
    this.socketPath = options.socketPath;
    const { minor = launcherApiVersion.minor } = options;
    this.#spoken = formatVersion({ ...launcherApiVersion, minor });
    this.#service = {
      hypervisor: options.hypervisor,
      unknown: unknownTo(minor),
      info: () => this.info(),
      facts: (request, call) => options.facts(request, call),
      configureDhcp: (spec, call) => options.configureDhcp(spec, call),
      streamOutcome: (id) => this.#streams.outcome(id),
    };
    this.#http = http().createServer({ keepAlive: false, requestTimeout: 60_000, headersTimeout: 10_000 });
    this.#http.maxConnections = limits.connections;
    this.#http.on('request', (request, response) => void this.#answer(request, response));
    this.#http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#upgrade(request, socket, head);
    });
  }

  async listen(): Promise<void> {
    this.#removeSocket = await listenAt(this.#http, this.socketPath);
  }

  info(): LauncherInfo {
    return {
      apiVersion: this.#spoken,
      vmi: this.#options.vmi,
      hypervisor: this.#options.hypervisor.name,
      pid: process.pid,
      startedAt: this.#startedAt,
      ...(this.#terminationRequestedAt !== undefined && {
        terminationRequestedAt: this.#terminationRequestedAt,
      }),
    };
  }

  requestTermination(): void {
    if (this.#terminationRequestedAt !== undefined) return;
    this.#terminationRequestedAt = new Date().toISOString();
    for (const queue of this.#queues) this.#announceTermination(queue);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#removeSocket?.();
    this.#streams.close();
    const closed = new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
    });
    // The call that undefined the last machine ends the launcher: whoever made it is to hear that it succeeded.
    const late = setTimeout(() => {
      this.#hangingUp.abort();
      this.#http.closeAllConnections();
    }, lastAnswersMs);
    await closed;
    clearTimeout(late);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader(versionHeader, this.#spoken);
    const { method = 'GET', url = '/' } = request;
    // Without a listener a broken connection would end the process; that the client is gone is seen by `close`.
    response.on('error', (error) => this.#options.onFailure?.(`${method} ${url}`, error));
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      if (method === 'GET' && url === `${basePath}/events`) {
        await this.#events(response, AbortSignal.any([gone.signal, this.#closing.signal]));
        return;
      }
      const signal = AbortSignal.any([gone.signal, this.#hangingUp.signal]);
      const { handler, ...target } = findRoute(this.#known(routes), method, url);
      const reply = await handler({
        service: this.#service,
        signal,
        body: () => readBody(request),
        ...target,
      });
      if (!response.destroyed) sendReply(response, reply);
    } catch (error) {
      this.#options.onFailure?.(`${method} ${url}`, error);
      if (response.headersSent || response.destroyed) response.destroy();
      else sendError(response, error);
    }
  }

  async #events(response: ServerResponse, signal: AbortSignal): Promise<void> {
    const queue = new EventQueue<LauncherEvent>({ onClose: (closed) => this.#queues.delete(closed) });
    this.#queues.add(queue);
    this.#announceTermination(queue);
    const heartbeatMs = this.#options.heartbeatMs ?? heartbeatSeconds * 1000;
    await streamEvents(response, this.#options.hypervisor, queue, { heartbeatMs, signal });
  }

  #announceTermination(queue: EventQueue<LauncherEvent>): void {
    const at = this.#terminationRequestedAt;
    if (at !== undefined) queue.push({ kind: 'termination-requested', at });
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const gone = new AbortController();
    socket.on('error', () => gone.abort());
    socket.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.#closing.signal]);
    try {
      if (request.headers.upgrade !== streamProtocol) {
        throw new HalError('unsupported', `connections are upgraded to ${streamProtocol} only`);
      }
      const { handler, ...target } = findRoute(this.#known(streamRoutes), method, url);
      const call: Call = { service: this.#service, signal, body: async () => ({}), ...target };
      this.#connect(socket, await handler(call), head);
    } catch (error) {
      this.#options.onFailure?.(`${method} ${url}`, error);
      refuse(socket, error, this.#spoken);
    }
  }

  /** The calls of a table that the version that is spoken has. */
  #known<Handler>(table: Readonly<Record<string, Handler>>): Readonly<Record<string, Handler>> {
    const { calls } = this.#service.unknown;
    if (calls.size === 0) return table;
    return Object.fromEntries(Object.entries(table).filter(([call]) => !calls.has(call)));
  }

  #connect(socket: Duplex, stream: Duplex, head: Buffer): void {
    if (socket.destroyed) {
      stream.destroy();
      return;
    }
    const id = this.#streams.join(socket, stream);
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Connection: Upgrade',
        `Upgrade: ${streamProtocol}`,
        `${streamHeader}: ${id}`,
        `${versionHeader}: ${this.#spoken}`,
        '\r\n',
      ].join('\r\n'),
    );
    if (head.length > 0) stream.write(head);
    this.#streams.start(socket, stream);
  }
}

function refuse(socket: Duplex, error: unknown, spoken: string): void {
  if (socket.destroyed) return;
  const wire = toWireError(error);
  const status = statusOfError(wire);
  const body = JSON.stringify(wire);
  socket.end(
    [
      `HTTP/1.1 ${status} ${http().STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `${versionHeader}: ${spoken}`,
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}
