import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createWebSocketStream, WebSocket } from 'ws';
import type { TlsSettings } from '../configuration/options.ts';
import { ApiError } from '../errors.ts';
import { errorOfResponse } from '../status.ts';
import { abortedError, errorOfNetwork } from './network-error.ts';
import type { Query } from './request.ts';

/** How a WebSocket ended. */
export interface StreamOutcome {
  /** Close code (RFC 6455, section 7.4); 1006 when the connection ended without a close frame. */
  readonly code: number;
  readonly reason: string;
  /** Whether both sides said goodbye. */
  readonly clean: boolean;
}

/**
 * The bytes of a WebSocket's binary messages as a Node stream, with back-pressure in both directions. One written chunk
 * is one message.
 *
 * It ends without an error on the close codes 1000, 1001 and 1005, and on 1006, because KubeVirt ends every stream by
 * dropping the connection; whoever must tell these apart reads `outcome`. Other codes destroy the stream with an
 * ApiError `stream-closed` that carries `closeCode`. A WebSocket cannot be half closed: ending the writable side ends both.
 */
export interface WebSocketStream extends Duplex {
  /** The subprotocol that the server chose; the empty string when none. */
  readonly subprotocol: string;
  /** Resolves when the WebSocket is closed, for whatever reason; never rejects. */
  readonly outcome: Promise<StreamOutcome>;
}

/** What goes into the handshake of a WebSocket. */
export interface UpgradeOptions {
  /** Subprotocols to offer, best first. */
  readonly protocols?: readonly string[] | undefined;
  readonly query?: Query | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the handshake, and later the stream. */
  readonly signal?: AbortSignal | undefined;
}

interface OpenOptions extends UpgradeOptions {
  readonly tls: TlsSettings;
}

const handshakeTimeoutMs = 30_000;
/** Longest message that is accepted, in bytes; KubeVirt's are at most some tens of KiB. */
const longestMessage = 16 * 1024 * 1024;
const quietCodes: ReadonlySet<number> = new Set([1000, 1001, 1005, 1006]);

/** Opens a WebSocket to `url` and wraps it in a stream. Raises only `ApiError`. */
export async function openWebSocket(url: string, options: OpenOptions): Promise<WebSocketStream> {
  const { signal } = options;
  const socket = new WebSocket(url, [...(options.protocols ?? [])], {
    ...options.tls,
    headers: { ...options.headers },
    handshakeTimeout: handshakeTimeoutMs,
    maxPayload: longestMessage,
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    const abort = () => socket.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    const fail = (error: ApiError) => {
      signal?.removeEventListener('abort', abort);
      reject(error);
    };
    socket.once('error', (error) => fail(errorOfNetwork(error, signal)));
    socket.once('unexpected-response', (request, response) => {
      refusal(response).then(fail, (error: unknown) => fail(errorOfNetwork(error, signal)));
      response.once('close', () => request.destroy());
    });
    socket.once('open', () => {
      signal?.removeEventListener('abort', abort);
      resolve(toStream(socket, signal));
    });
  });
}

async function refusal(response: IncomingMessage): Promise<ApiError> {
  const status = response.statusCode ?? 0;
  const body = await text(response);
  if (status < 400) {
    return new ApiError('protocol', `the server answered an upgrade with HTTP status ${status}`, {
      httpStatus: status,
    });
  }
  return errorOfResponse(status, body, response.headers['retry-after']);
}

function toStream(socket: WebSocket, signal: AbortSignal | undefined): WebSocketStream {
  const closed = Promise.withResolvers<StreamOutcome>();
  // These listeners come before those of createWebSocketStream, so that a failure is typed before it ends the stream.
  socket.once('error', (cause) => {
    duplex.destroy(new ApiError('protocol', `the WebSocket failed: ${cause.message}`, { cause }));
  });
  socket.once('close', (code, reasonBytes) => {
    const reason = reasonBytes.toString('utf8');
    closed.resolve({ code, reason, clean: code !== 1006 });
    signal?.removeEventListener('abort', abort);
    if (quietCodes.has(code) || duplex.destroyed) return;
    const detail = reason === '' ? '' : `: ${reason}`;
    duplex.destroy(
      new ApiError('stream-closed', `the other side closed the stream with code ${code}${detail}`, {
        closeCode: code,
      }),
    );
  });
  const duplex = createWebSocketStream(socket);
  // It ends only when the WebSocket is closed, so nothing can be written any more either.
  duplex.once('end', () => duplex.destroy());
  const abort = () => {
    if (signal !== undefined) duplex.destroy(abortedError(signal));
  };
  signal?.addEventListener('abort', abort, { once: true });
  return Object.assign(duplex, { subprotocol: socket.protocol, outcome: closed.promise });
}
