/** An exponential back-off. */
export interface BackoffOptions {
  /** The first delay, in milliseconds. */
  readonly baseMs: number;
  /** No delay is longer than this many milliseconds, jitter included. */
  readonly maxMs: number;
  /** Share of the delay that is added at random, 0 to 1; default 0. */
  readonly jitter?: number;
}

/** The delay after `failures` (>= 1) failures in a row, in milliseconds. `random` gives numbers in [0, 1). */
export function backoffDelay(
  options: BackoffOptions,
  failures: number,
  random: () => number = Math.random,
): number {
  const exponent = Math.min(Math.max(0, failures - 1), 1023);
  const delay = Math.min(options.maxMs, options.baseMs * 2 ** exponent);
  return Math.min(options.maxMs, delay * (1 + (options.jitter ?? 0) * random()));
}
