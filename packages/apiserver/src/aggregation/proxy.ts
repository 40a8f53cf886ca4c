import { request as httpsRequest } from 'node:https';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { UserInfo } from '../admission/types.ts';
import { transportFailure } from '../webhooks/transport-failure.ts';
import type { RemoteConnections } from './connection.ts';
import { identityHeaders } from './front-proxy.ts';
import type { RemoteApiService } from './types.ts';

/** An aggregated server has this long to begin its answer. */
const ANSWER_LIMIT_MS = 60_000;
const UNAVAILABLE = 'service unavailable';
/** About the connection, not about the request. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** What is answered here is not for caches, unless the server behind says so. */
const NOT_KEPT = { 'cache-control': 'no-cache, private' };
const BEARER_PROTOCOL = 'base64url.bearer.authorization.k8s.io.';

/** Hands requests to aggregated servers, and their answers back, byte by byte as they come. */
export class AggregationProxy {
  readonly #connections: RemoteConnections;

  constructor(connections: RemoteConnections) {
    this.#connections = connections;
  }

  /** Answers a request with what the server of an APIService answers; 503 while it is not available. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    service: RemoteApiService,
    user: UserInfo,
  ): Promise<void> {
    const connected = await this.#connect(request, service, user, false);
    if (typeof connected === 'string') {
      sendPlain(response, 503, connected);
      return;
    }
    const { outgoing, where } = connected;
    response.once('close', () => outgoing.destroy());
    request.pipe(outgoing);
    let incoming: IncomingMessage;
    try {
      incoming = await answered(outgoing);
    } catch (error) {
      if (!response.destroyed)
        sendPlain(response, 503, `error trying to reach service: ${transportFailure(error, where)}`);
      return;
    }
    const status = incoming.statusCode ?? 502;
    if (status >= 300 && status < 400 && status !== 304) {
      incoming.destroy();
      sendPlain(response, 502, 'the backend attempted to redirect this request, which is not permitted', '');
      return;
    }
    response.writeHead(status, forwarded(incoming));
    response.flushHeaders();
    // Whichever side ends early takes the other with it: there is no one left to tell.
    await pipeline(incoming, response).catch(() => response.destroy());
  }

  /** Joins the connection of an upgrade request (WebSocket, SPDY) with one to the server of an APIService. */
  async upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    service: RemoteApiService,
    user: UserInfo,
  ): Promise<void> {
    const connected = await this.#connect(request, service, user, true);
    if (typeof connected === 'string') {
      endPlain(socket, 503, 'Service Unavailable', connected);
      return;
    }
    const { outgoing, where } = connected;
    socket.once('close', () => outgoing.destroy());
    outgoing.once('upgrade', (answer: IncomingMessage, remote: Duplex, early: Buffer) => {
      socket.write(statusLine(answer, answer.rawHeaders));
      if (early.length > 0) socket.write(early);
      if (head.length > 0) remote.write(head);
      join(socket, remote);
    });
    outgoing.once('response', (answer: IncomingMessage) => {
      socket.write(statusLine(answer, ['connection', 'close', ...pairs(forwarded(answer))]));
      answer.pipe(socket);
    });
    outgoing.once('error', (error) =>
      endPlain(
        socket,
        503,
        'Service Unavailable',
        `error trying to reach service: ${transportFailure(error, where)}`,
      ),
    );
    outgoing.end();
  }

  async #connect(
    request: IncomingMessage,
    service: RemoteApiService,
    user: UserInfo,
    upgrade: boolean,
  ): Promise<{ outgoing: ClientRequest; where: { host: string; port: number } } | string> {
    if (!service.available) return UNAVAILABLE;
    let options;
    try {
      options = await this.#connections.options(service);
    } catch {
      // The condition of the APIService tells why; clients are told what kube-apiserver tells them.
      return UNAVAILABLE;
    }
    const outgoing = httpsRequest({
      ...options,
      // Upgraded connections are not given back.
      ...(upgrade && { agent: options.agent }),
      method: request.method,
      path: request.url,
      headers: { ...passedOn(request, upgrade, options), ...identityHeaders(user) },
    });
    return { outgoing, where: { host: options.host, port: options.port } };
  }
}

function answered(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => outgoing.destroy(new DOMException('no answer in time', 'TimeoutError')),
      ANSWER_LIMIT_MS,
    );
    outgoing.once('response', (response) => {
      clearTimeout(limit);
      resolve(response);
    });
    outgoing.on('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    outgoing.once('close', () => clearTimeout(limit));
  });
}

/** The headers of a client without its credentials and without claims of who it is. */
function passedOn(
  request: IncomingMessage,
  upgrade: boolean,
  { host, port }: { host: string; port: number },
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || HOP_BY_HOP.has(name)) continue;
    if (name === 'authorization' || name.startsWith('x-remote-') || name.startsWith('impersonate-')) continue;
    headers[name] = name === 'sec-websocket-protocol' ? withoutBearer(String(value)) : value;
  }
  if (headers['sec-websocket-protocol'] === '') delete headers['sec-websocket-protocol'];
  const peer = request.socket.remoteAddress ?? '';
  const before = request.headers['x-forwarded-for'];
  return {
    ...headers,
    'x-forwarded-for': before === undefined ? peer : `${String(before)}, ${peer}`,
    'x-forwarded-host': `${isIPv6(host) ? `[${host}]` : host}:${port}`,
    'x-forwarded-uri': (request.url ?? '').split('?')[0],
    'x-forwarded-proto': 'https',
    ...(upgrade && { connection: 'Upgrade', upgrade: request.headers.upgrade ?? '' }),
  };
}

function withoutBearer(protocols: string): string {
  return protocols
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => !protocol.startsWith(BEARER_PROTOCOL))
    .join(', ');
}

function forwarded(response: IncomingMessage): OutgoingHttpHeaders {
  const own = Object.entries(response.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  return { ...NOT_KEPT, ...Object.fromEntries(own) };
}

function pairs(headers: OutgoingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((each) => [name, String(each)]),
  );
}

function statusLine(
  { statusCode = 502, statusMessage = '' }: IncomingMessage,
  raw: readonly string[],
): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let at = 0; at + 1 < raw.length; at += 2) lines.push(`${raw[at] ?? ''}: ${raw[at + 1] ?? ''}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function join(a: Duplex, b: Duplex): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on('error', () => to.destroy());
    from.once('close', () => to.destroy());
    from.pipe(to);
  }
}

function sendPlain(response: ServerResponse, status: number, text: string, end = '\n'): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    ...NOT_KEPT,
    ...(status === 503 && { 'x-content-type-options': 'nosniff' }),
  });
  response.end(`${text}${end}`);
}

function endPlain(socket: Duplex, status: number, reason: string, text: string): void {
  if (socket.destroyed) return;
  const body = `${text}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
