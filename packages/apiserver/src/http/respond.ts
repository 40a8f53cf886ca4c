import type { ServerResponse } from 'node:http';
import { ApiServerError, toApiServerError } from '../errors.ts';

/** Sends JSON text. */
export function sendText(response: ServerResponse, status: number, json: string): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(json);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

/** Sends a value as JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendText(response, status, JSON.stringify(value));
}

/** Sends an error as a Status. Once a response has begun there is no way to report but to cut it off. */
export function sendError(response: ServerResponse, error: unknown): void {
  const failure = toApiServerError(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { retryAfterSeconds } = failure.options;
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  if (failure.code === 'Unauthorized') response.setHeader('www-authenticate', 'Bearer realm="virtkit"');
  // The rest of an oversized or unread body is not worth reading: give the connection up.
  if (failure.code === 'RequestEntityTooLarge') response.setHeader('connection', 'close');
  sendJson(response, failure.httpStatus, failure.toStatus());
}

/** Adds Warning headers (RFC 7234, code 299), which kubectl prints. */
export function setWarnings(response: ServerResponse, warnings: readonly string[]): void {
  if (warnings.length === 0 || response.headersSent) return;
  const quoted = [...new Set(warnings)].map(
    (text) => `299 - "${text.replaceAll(/[\\"]/g, '\\$&').replaceAll(/[^\x20-\x7e]+/g, ' ')}"`,
  );
  response.setHeader('warning', quoted);
}

/** 404 for a path that nothing serves. */
export function unknownPath(): ApiServerError {
  return new ApiServerError('NotFound', 'the server could not find the requested resource');
}
