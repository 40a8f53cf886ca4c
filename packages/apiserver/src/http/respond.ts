import type { ServerResponse } from 'node:http';
import { ApiServerError, notFound, toApiServerError } from '../errors.ts';
import type { ResourceDefinition } from '../registry/definition.ts';

/** What is written at once: a slow reader has so much of its answer in memory twice. */
const CHUNK_BYTES = 64 * 1024;

const JSON_HEADERS = { 'cache-control': 'no-cache, private', 'content-type': 'application/json' };

/** Sends JSON text. */
export function sendText(
  response: ServerResponse,
  status: number,
  json: string,
  type = 'application/json',
): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(json);
  response.writeHead(status, { ...JSON_HEADERS, 'content-type': type, 'content-length': body.length });
  if (body.length <= CHUNK_BYTES) {
    response.end(body);
    return;
  }
  let sent = 0;
  writeWhileRead(response, () => {
    if (sent >= body.length) return undefined;
    sent += CHUNK_BYTES;
    return body.subarray(sent - CHUNK_BYTES, sent);
  });
}

/**
 * Sends JSON text that is made while it is read: a client that takes its time keeps nothing in memory but what the parts
 * are made from.
 */
export function sendParts(response: ServerResponse, status: number, parts: Iterable<string>): void {
  const iterator: Iterator<string, unknown> = parts[Symbol.iterator]();
  const nextChunk = (): string | undefined => {
    const chunk: string[] = [];
    for (let size = 0; size < CHUNK_BYTES;) {
      const part = iterator.next();
      if (part.done === true) break;
      chunk.push(part.value);
      size += part.value.length;
    }
    return chunk.length === 0 ? undefined : chunk.join('');
  };
  const first = nextChunk() ?? '';
  const second = nextChunk();
  if (second === undefined) {
    sendText(response, status, first);
    return;
  }
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, JSON_HEADERS);
  const ready = [first, second];
  writeWhileRead(response, () => ready.shift() ?? nextChunk());
}

/** Writes chunks as fast as the client takes them, and ends the response. */
function writeWhileRead(response: ServerResponse, next: () => Buffer | string | undefined): void {
  const write = (): void => {
    try {
      while (!response.destroyed) {
        const chunk = next();
        if (chunk === undefined) {
          response.end();
          return;
        }
        if (!response.write(chunk)) return;
      }
    } catch (error) {
      // The answer has begun: that it is not whole can be said only by not ending it.
      response.destroy(error instanceof Error ? error : undefined);
    }
  };
  response.on('drain', write);
  write();
}

/** Sends a value as JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown, type?: string): void {
  sendText(response, status, JSON.stringify(value), type);
}

/** Warnings that are told even if a request is refused. */
const pending = new WeakMap<ServerResponse, readonly string[]>();

/** Has warnings told with an error that answers a request. */
export function keepWarnings(response: ServerResponse, warnings: readonly string[]): void {
  pending.set(response, warnings);
}

/** Sends an error as a Status. Once a response has begun there is no way to report but to cut it off. */
export function sendError(response: ServerResponse, error: unknown): void {
  const failure = toApiServerError(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const warnings = pending.get(response) ?? [];
  if (warnings.length > 0) setWarnings(response, warnings);
  const { retryAfterSeconds } = failure.options;
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  if (failure.code === 'Unauthorized') response.setHeader('www-authenticate', 'Bearer realm="virtkit"');
  sendJson(response, failure.httpStatus, failure.toStatus());
}

/** Clients take only so much of headers, so what goes beyond these numbers of characters is left out. */
const LONGEST_WARNING = 1024;
const ALL_WARNINGS = 4096;

/** Adds Warning headers (RFC 7234, code 299), which kubectl prints. */
export function setWarnings(response: ServerResponse, warnings: readonly string[]): void {
  if (warnings.length === 0 || response.headersSent) return;
  const quoted: string[] = [];
  let length = 0;
  for (const text of new Set(warnings)) {
    if (text === '') continue;
    const short = text.length > LONGEST_WARNING ? `${text.slice(0, LONGEST_WARNING)}...` : text;
    length += short.length;
    if (length > ALL_WARNINGS) break;
    quoted.push(`299 - "${short.replaceAll(/[\\"]/g, '\\$&').replaceAll(/[^\x20-\x7e]+/g, ' ')}"`);
  }
  if (quoted.length > 0) response.setHeader('warning', quoted);
}

/** 404 for a path that nothing serves. */
export function unknownPath(): ApiServerError {
  return new ApiServerError('NotFound', 'the server could not find the requested resource');
}

/** 404 for a part that the objects of a kind do not have. As in Kubernetes, of custom resources it is the object that is not found. */
export function unknownSubresource(definition: ResourceDefinition, name: string): ApiServerError {
  return definition.origin === 'custom'
    ? notFound(definition, name)
    : new ApiServerError('NotFound', unknownPath().message, { detailed: true });
}
