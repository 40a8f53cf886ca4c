import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock whose time passes only when `advance` is called. For tests of anything that takes a `Clock`. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  /** @param startMs the time it starts at, in milliseconds since the Unix epoch. */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  schedule(callback: () => void, delayMs: number): Timer {
    const pending: Pending = { dueAt: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#pending.add(pending);
    const cancel = () => void this.#pending.delete(pending);
    return { cancel, [Symbol.dispose]: cancel };
  }

  async sleep(delayMs: number, options: { signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = this.schedule(resolve, delayMs);
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#pending.size;
  }

  /** Milliseconds until the next timer is due; undefined when none waits. */
  get untilNext(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next.dueAt - this.#now;
  }

  /**
   * Lets `milliseconds` pass: fires the timers that fall due, in order, and after each lets promises settle.
   */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (let next = this.#next(); next !== undefined && next.dueAt <= end; next = this.#next()) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (first === undefined || pending.dueAt < first.dueAt) first = pending;
      else if (pending.dueAt === first.dueAt && pending.order < first.order) first = pending;
    }
    return first;
  }
}

/** Lets everything that is already resolved run: a macrotask comes after all microtasks. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
