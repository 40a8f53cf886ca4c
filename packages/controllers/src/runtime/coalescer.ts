import type { Clock } from './clock.ts';
import type { ObjectKey } from './object-key.ts';

/**
 * Holds minor writes back for a while, so that they travel with the next one that matters. A minor difference is
 * written at the latest `windowMs` after it was first noticed.
 */
export class Coalescer {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #noticed = new Map<ObjectKey, number>();

  /** @param windowMs how long a minor difference may wait, in milliseconds. */
  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** Milliseconds that a minor difference of this key still has to wait; 0 when it is to be written now. */
  waitMs(key: ObjectKey): number {
    const now = this.#clock.now();
    const noticed = this.#noticed.get(key);
    if (noticed === undefined) this.#noticed.set(key, now);
    return Math.max(0, (noticed ?? now) + this.#windowMs - now);
  }

  /** There is no difference any more: it was written, or it went away. */
  settle(key: ObjectKey): void {
    this.#noticed.delete(key);
  }
}
