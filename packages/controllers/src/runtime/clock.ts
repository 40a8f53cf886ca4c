import { setTimeout as delay } from 'node:timers/promises';

/** A timer that can be called off; disposing a fired or cancelled timer does nothing. */
export interface Timer extends Disposable {
  /** Idempotent; the callback is not called afterwards. */
  cancel(): void;
}

/**
 * All time that the runtime knows. Everything that waits takes a `Clock`, so that tests decide when time passes.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, `delayMs` milliseconds from now. Does not keep the process alive. */
  schedule(callback: () => void, delayMs: number): Timer;
  /**
   * Resolves after `delayMs` milliseconds.
   * @throws the signal's reason when `signal` aborts first.
   */
  sleep(delayMs: number, options?: { signal?: AbortSignal }): Promise<void>;
}

// setTimeout counts in a signed 32-bit integer; a longer delay would fire at once.
const longestTimeout = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(callback, delayMs) {
    const handle = setTimeout(callback, Math.min(delayMs, longestTimeout));
    handle.unref();
    const cancel = () => clearTimeout(handle);
    return { cancel, [Symbol.dispose]: cancel };
  },
  async sleep(delayMs, options = {}) {
    options.signal?.throwIfAborted();
    try {
      await delay(Math.min(delayMs, longestTimeout), undefined, { signal: options.signal });
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error;
    }
  },
};

/** The clock's present time as Kubernetes writes times: RFC 3339 in UTC, whole seconds. */
export function timestamp(clock: Clock): string {
  return formatTime(clock.now());
}

/** Milliseconds since the epoch as RFC 3339 in UTC, whole seconds. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
