import { setTimeout as delay } from 'node:timers/promises';
import { isApiError, type ApiError } from '../errors.ts';
import { abortedError, wasNeverSent } from './network-error.ts';
import type { HttpMethod } from './request.ts';

/** Longest `Retry-After` that is waited for, in seconds; a longer one is left to the caller. */
const longestRetryAfterSeconds = 30;
const firstDelayMs = 100;
const longestDelayMs = 5_000;

/**
 * Whether a failed request may be sent again.
 *
 * | method    | 429, 503 with Retry-After | never sent | connection lost |
 * |-----------|---------------------------|------------|-----------------|
 * | GET, HEAD | yes                       | yes        | yes             |
 * | PUT, DELETE | yes                     | yes        | no: if the first try went through, the second reports a conflict or not-found that is none |
 * | POST, PATCH | no                      | no         | no              |
 */
function mayRetry(method: HttpMethod, error: ApiError): boolean {
  if (method === 'POST' || method === 'PATCH') return false;
  if (error.code === 'too-many-requests' || error.code === 'unavailable') {
    const seconds = error.retryAfterSeconds;
    return seconds !== undefined && seconds <= longestRetryAfterSeconds;
  }
  if (error.code !== 'connection') return false;
  return method === 'GET' || method === 'HEAD' || wasNeverSent(error);
}

/** Milliseconds before try number `attempt` (from 2): what the server asked for, else exponential with jitter. */
export function retryDelay(attempt: number, error: ApiError, random: () => number = Math.random): number {
  if (error.retryAfterSeconds !== undefined) return error.retryAfterSeconds * 1000;
  const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 2));
  return ceiling * (0.5 + random() / 2);
}

/** Runs `once` up to `attempts` times, as {@link mayRetry} allows. `once` raises only `ApiError`. */
export async function withRetry<T>(
  once: () => Promise<T>,
  options: { method: HttpMethod; attempts: number; signal?: AbortSignal | undefined },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once();
    } catch (error) {
      if (!isApiError(error) || attempt >= options.attempts || !mayRetry(options.method, error)) throw error;
      await pause(retryDelay(attempt + 1, error), options.signal);
    }
  }
}

/**
 * Waits.
 *
 * @throws ApiError `aborted`
 */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (signal?.aborted === true) throw abortedError(signal);
    throw error;
  }
}
