import type { Duplex } from 'node:stream';
import { ApiServerError } from '../errors.ts';

/** How long a client may go on sending after an answer: one that does not listen meanwhile would miss it. */
export const LINGER_MS = 2_000;

/** What Node says of a connection whose bytes are no request. */
interface ParserError extends Error {
  readonly code?: string;
}

/** Answers what is no request with a Status, and closes the connection. */
export function answerClientError(error: ParserError, socket: Duplex): void {
  const refusal = refusalOf(error);
  // Nothing can be said before the handshake, nor in the middle of another answer.
  if (refusal === undefined || !socket.writable || isAnswering(socket) || isUnused(error, socket)) {
    socket.destroy();
    return;
  }
  // Read on, and drop it, so that the system does not reset the connection before the client has read the answer.
  socket.removeAllListeners('data');
  socket.on('data', () => undefined);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
  socket.end(responseText(refusal));
}

/** The whole text of a response with an error. */
export function responseText(failure: ApiServerError): string {
  const body = JSON.stringify(failure.toStatus());
  const head = [
    `HTTP/1.1 ${failure.httpStatus} ${failure.options.reason ?? failure.code}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function refusalOf({ code = '', message }: ParserError): ApiServerError | undefined {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ApiServerError('BadRequest', 'the headers of the request are too large', {
      httpStatus: 431,
      reason: 'RequestHeaderFieldsTooLarge',
    });
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return new ApiServerError(
      'RequestEntityTooLarge',
      'the chunks of the body have extensions that are too large',
    );
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new ApiServerError('Timeout', 'the request has not come within the time for it', {
      httpStatus: 408,
    });
  return code.startsWith('HPE_')
    ? new ApiServerError('BadRequest', `this is no HTTP request: ${message}`)
    : undefined;
}

/** Node keeps the response that is being written on the socket. */
function isAnswering(socket: Duplex & { _httpMessage?: { headersSent: boolean } | null }): boolean {
  return socket._httpMessage?.headersSent === true;
}

/**
 * Whether the time for a first request is over and nothing of it has come. Clients keep connections that they may need; one that
 * begins to use it at this moment takes what is said now for the answer to its request, and does not try again.
 */
function isUnused({ code }: ParserError, socket: Duplex & { bytesRead?: number }): boolean {
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0;
}
