import { ApiServerError } from '../errors.ts';

/**
 * What clients may cost the server. Every limit has a default, and what goes beyond one is answered (`413`, `429`, `431`,
 * `408`) or cut off; nothing waits without an end.
 */
export interface RequestLimits {
  /**
   * Open connections in all. At the limit, the connection that has been idle for longest makes room, those first that never
   * carried a request, then those idle for five seconds; if there is none, the new one is cut off. Default 5,000.
   */
  connections: number;
  /** The same for one remote address. Default 4,000. */
  connectionsPerAddress: number;
  /** Requests of one connection that wait for the answer to an earlier one (pipelining); more cut it off. Default 64. */
  pipelined: number;
  /** Reads (get, list, discovery) answered at the same time, until their last byte is sent. Default 400. */
  readsInFlight: number;
  /** Writes answered at the same time. Default 200. */
  writesInFlight: number;
  /** Writes at the same time whose body is large (over 64 KiB) or of unknown size. Default 32. */
  largeBodiesInFlight: number;
  /** Watches open at the same time. Default 4,000. */
  watches: number;
  /** The part of each of the four limits above that one user may have, from above 0 to 1. Default 0.75. */
  shareOfOneUser: number;
  /** Requests that wait while the requests in flight are at their limit; more are answered with `429`. Default 2,000. */
  waiting: number;
  /** How long one waits before it is answered with `429`, in milliseconds. Default 10,000. */
  waitMs: number;
  /** Size of a request's body in bytes. Default 3 MiB, as in Kubernetes. */
  bodyBytes: number;
  /** Size of a request's line and headers together in bytes. Default 32 KiB. */
  headerBytes: number;
  /** Time for a TLS handshake in milliseconds. Default 10,000. */
  handshakeMs: number;
  /** Time for the headers of a request in milliseconds, from the connection on for the first. Default 10,000. */
  headersMs: number;
  /** Time for a whole request with its body in milliseconds. Default 60,000. */
  requestMs: number;
  /** How long a connection may be idle between requests, in milliseconds. Default 65,000. */
  idleMs: number;
  /** How long a client may take nothing of what is sent to it, in milliseconds, watches included. Default 60,000. */
  stalledMs: number;
}

const DEFAULTS: RequestLimits = {
  connections: 5_000,
  connectionsPerAddress: 4_000,
  pipelined: 64,
  readsInFlight: 400,
  writesInFlight: 200,
  largeBodiesInFlight: 32,
  watches: 4_000,
  shareOfOneUser: 0.75,
  waiting: 2_000,
  waitMs: 10_000,
  bodyBytes: 3 * 1024 * 1024,
  headerBytes: 32 * 1024,
  handshakeMs: 10_000,
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 65_000,
  stalledMs: 60_000,
};

/** The limits with their defaults. @throws ApiServerError `InvalidConfiguration` for one that is not a positive number. */
export function requestLimits(given: Partial<RequestLimits> = {}): RequestLimits {
  const limits = { ...DEFAULTS };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULTS, name))
      throw new ApiServerError('InvalidConfiguration', `there is no limit ${name}`);
    const fits = name === 'shareOfOneUser' ? value > 0 && value <= 1 : Number.isInteger(value) && value > 0;
    if (!fits)
      throw new ApiServerError('InvalidConfiguration', `limits.${name} cannot be ${JSON.stringify(value)}`);
    limits[name as keyof RequestLimits] = value;
  }
  return limits;
}
