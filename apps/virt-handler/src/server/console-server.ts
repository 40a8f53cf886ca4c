import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Machine } from '@virtkit/hal';
import { keyFor, withFields, type Logger } from '@virtkit/controllers/runtime';
import { peerName, secureServer, type ServerSecurity } from '@virtkit/program';
import { WebSocketServer } from 'ws';
import type { GuestSaid } from '../guest-poller.ts';
import type { KeptLogs } from '../launcher-logs/kept-logs.ts';
import { answerLauncherLogs, launcherLogs } from './launcher-logs.ts';
import { operations, statusOf, type Operation, type OperationEvent } from './operations.ts';
import { readJson } from './request-body.ts';
import { joinStreams, maxMessageBytes, StreamHolders, streams } from './streams.ts';

/** A machine on this node, as the API names it. */
export interface MachineName {
  namespace: string;
  name: string;
}

export interface ConsoleServerOptions {
  listen: { host: string; port: number };
  /** This node's certificate and key, and the authorities of the clients'; each may change at any time. */
  security: Required<Pick<ServerSecurity, 'keyPair' | 'clientCa'>>;
  /** Common names that may call, for example virt-api's. */
  clients: readonly string[];
  /** The running machine behind a name; undefined when this node has none. */
  find(name: MachineName): Promise<Machine | undefined>;
  /** Logs of launchers that failed. */
  launcherLogs: Pick<KeptLogs, 'list' | 'read'>;
  /** What the guest of a machine last said about itself. */
  said(name: MachineName): Readonly<GuestSaid>;
  /** Tells of an operation. */
  record(name: MachineName, event: OperationEvent): void;
  /** Something was done to a machine. */
  changed(name: MachineName): void;
  logger: Logger;
}

/** Longest that an operation may take, in milliseconds. */
const operationTimeout = 60_000;

const pathPattern = /^\/v1\/namespaces\/([^/]+)\/virtualmachineinstances\/([^/]+)\/(.+)$/;

interface Target extends MachineName {
  operation: string;
}

/**
 * What virt-api calls on this node: consoles, displays and operations that go to a launcher. HTTPS with client
 * certificates; a caller is known by its certificate's common name.
 */
export class ConsoleServer implements AsyncDisposable {
  readonly #options: ConsoleServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #holders = new StreamHolders();
  readonly #security: Disposable;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('plain.kubevirt.io') ? 'plain.kubevirt.io' : false),
  });

  private constructor(options: ConsoleServerOptions) {
    this.#options = options;
    this.#server = createServer(
      {
        requestCert: true,
        rejectUnauthorized: true,
        headersTimeout: 10_000,
        maxHeaderSize: 16 * 1024,
      },
      (request, response) => void this.#answer(request, response),
    );
    this.#security = secureServer(this.#server, options.security);
    this.#server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head));
    this.#server.on('secureConnection', (socket) => this.#track(socket));
    this.#server.on('tlsClientError', (error) =>
      options.logger.warn('a caller was refused', { error: error.message }),
    );
  }

  /** Listens. @throws the system's error when the address is taken. */
  static async listen(options: ConsoleServerOptions): Promise<ConsoleServer> {
    const server = new ConsoleServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(options.listen.port, options.listen.host, () => {
        server.#server.off('error', reject);
        resolve();
      });
    });
    return server;
  }

  /** `https://host:port` as it listens. */
  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    return `https://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#security[Symbol.dispose]();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #refusal(request: IncomingMessage): { status: number; message: string } | undefined {
    const caller = peerName(request.socket);
    if (caller !== undefined && this.#options.clients.includes(caller)) return undefined;
    return { status: 403, message: `certificate of ${caller ?? 'nobody'} may not call virt-handler` };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: string | Uint8Array, contentType: string): void => {
      response.writeHead(status, { 'content-type': contentType }).end(body);
    };
    let operation: Operation | undefined;
    let target: Target | undefined;
    try {
      const refusal = this.#refusal(request);
      target = targetOf(request);
      operation = target === undefined ? undefined : operations.get(target.operation);
      if (refusal !== undefined) return send(refusal.status, refusal.message, 'text/plain');
      if (target?.operation === launcherLogs) {
        const answer = await answerLauncherLogs(request, target, this.#options.launcherLogs);
        return send(answer.status, answer.body, answer.contentType);
      }
      if (target === undefined || operation === undefined)
        return send(404, `virt-handler has no operation at ${request.url ?? '/'}`, 'text/plain');
      if (request.method !== operation.method)
        return send(405, `${target.operation} wants ${operation.method}`, 'text/plain');
      const machine = await this.#options.find(target);
      if (machine === undefined) return send(404, this.#unknown(target), 'text/plain');
      const result = await operation.run(machine, {
        signal: AbortSignal.timeout(operationTimeout),
        body: () => readJson(request),
        said: this.#options.said(target),
      });
      if (operation.event !== undefined) this.#options.record(target, operation.event);
      if (operation.method === 'PUT') this.#options.changed(target);
      switch (result.kind) {
        case 'accepted':
          return send(202, '', 'text/plain');
        case 'json':
          return send(200, JSON.stringify(result.body), 'application/json');
        case 'bytes':
          return send(200, result.body, result.contentType);
      }
    } catch (error) {
      const fields = { key: target && keyFor(target.namespace, target.name), path: request.url };
      this.#options.logger.warn('an operation failed', { ...fields, error: String(error) });
      const message = error instanceof Error ? error.message : String(error);
      const event = operation?.failure?.event?.(message);
      if (target !== undefined && event !== undefined) this.#options.record(target, event);
      send(operation?.failure?.status ?? statusOf(error), message, 'text/plain');
    } finally {
      // A body that nobody wanted would hold the connection.
      request.resume();
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const refuse = (status: number, message: string): void => {
      const body = Buffer.from(message);
      socket.end(
        `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${message}`,
      );
    };
    let { logger } = this.#options;
    socket.on('error', (error) => logger.debug('a stream broke', { error: error.message }));
    try {
      const refusal = this.#refusal(request);
      if (refusal !== undefined) return refuse(refusal.status, refusal.message);
      const target = targetOf(request);
      if (target !== undefined) logger = withFields(logger, { key: keyFor(target.namespace, target.name) });
      const kind = target === undefined ? undefined : streams.get(target.operation);
      if (target === undefined || kind === undefined)
        return refuse(404, `virt-handler has no stream at ${request.url ?? '/'}`);
      const machine = await this.#options.find(target);
      if (machine === undefined) return refuse(404, this.#unknown(target));
      const holding = `${machine.id}/${target.operation}`;
      if (kind.single) this.#holders.admit(holding, wantsPreservation(request));
      const stream = await kind.open(machine, AbortSignal.timeout(operationTimeout));
      // Also when the handshake is refused, or the caller left meanwhile: an open console keeps others out.
      stream.on('error', (error) => logger.debug('a stream ended', { error: error.message }));
      if (socket.destroyed) return void stream.destroy();
      socket.once('close', () => stream.destroy());
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        if (kind.single) this.#holders.take(holding, webSocket);
        joinStreams(webSocket, stream);
      });
    } catch (error) {
      logger.warn('a stream could not be opened', { path: request.url, error: String(error) });
      refuse(statusOf(error), error instanceof Error ? error.message : String(error));
    }
  }

  #unknown({ namespace, name }: MachineName): string {
    return `no running machine of ${namespace}/${name} on this node`;
  }
}

/** Whether a caller would rather be refused than end somebody else's session. */
function wantsPreservation({ url }: IncomingMessage): boolean {
  return new URL(url ?? '/', 'https://virt-handler').searchParams.get('preserveSession') === 'true';
}

function targetOf(request: IncomingMessage): Target | undefined {
  const { pathname } = new URL(request.url ?? '/', 'https://virt-handler');
  const [, namespace, name, operation] = pathPattern.exec(pathname) ?? [];
  if (namespace === undefined || name === undefined || operation === undefined) return undefined;
  return { namespace: decodeURIComponent(namespace), name: decodeURIComponent(name), operation };
}
