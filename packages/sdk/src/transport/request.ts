import type { Readable } from 'node:stream';

/** Methods that Kubernetes APIs answer. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Query parameters; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One request to the API server, below the level of kinds and objects. */
export interface RawRequest {
  readonly method: HttpMethod;
  /** Absolute path below the server's base URL, already percent-encoded. */
  readonly path: string;
  readonly query?: Query | undefined;
  /** Sent as it is when a string or bytes, else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * The answer goes on for a long time (a watch, a followed log): it gets a connection of its own, may be silent for any
   * time and is not retried.
   */
  readonly longLived?: boolean | undefined;
}

/** One try of a request, and what came of it. */
export interface RequestOutcome {
  readonly method: HttpMethod;
  /** Absolute path below the server's base URL, without the query. */
  readonly path: string;
  readonly query: Query;
  /** Host and port of the server. */
  readonly host: string;
  /** HTTP status of the answer; undefined when there was none. */
  readonly status: number | undefined;
  /** From when it was sent until the head of the answer was there, in seconds. */
  readonly seconds: number;
}

/** Hears of requests. */
export type RequestObserver = (outcome: RequestOutcome) => void;

/** An answer below 400; others are thrown as `ApiError`. The body must be read, by one of the methods, or destroyed. */
export interface RawResponse {
  readonly status: number;
  /** By lower-case name; repeated headers are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** The whole body as UTF-8. */
  text(): Promise<string>;
  /** The whole body parsed, undefined when empty. @throws ApiError `protocol` when it is not JSON */
  json(): Promise<unknown>;
  /** The whole body as it came. */
  bytes(): Promise<Uint8Array>;
}

/** A query string with its leading `?`, or the empty string. */
export function queryString(query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) parameters.append(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}
