import type { ServerResponse } from 'node:http';

export type Json = Record<string, unknown>;

/** What a remote server got. */
export interface RemoteRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Common name of the client certificate; empty without one. */
  readonly caller: string;
  /** Whether that certificate is signed by the front proxy's authority. */
  readonly trusted: boolean;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Parsed if it is a JSON object. */
  readonly body: unknown;
}

/** Answers a request, or leaves it without an answer. */
export type Behaviour = (request: RemoteRequest, response: ServerResponse) => void;

/** Answers with JSON. */
export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** The `request` of an AdmissionReview or ConversionReview. */
export function reviewOf({ body }: RemoteRequest): { apiVersion: unknown; request: Json } {
  const { apiVersion, request } = body as { apiVersion: unknown; request: Json };
  return { apiVersion, request };
}
