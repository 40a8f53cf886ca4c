import { HalError } from '@virtkit/hal';

/** Where a mock host gets its time from. */
export interface Scheduler {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` once, `delayMs` from now. The returned function cancels it. */
  schedule(delayMs: number, action: () => void): () => void;
}

/** Real time. Timers keep no process alive: a mock guest is no reason to stay. */
export const realTime: Scheduler = {
  now: () => Date.now(),
  schedule(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

/** Time that moves only when it is told to: every boot stage, delay and incident happens at a moment of the test's choice. */
export class StepScheduler implements Scheduler {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  /** @param startMs The first moment, in milliseconds since the epoch; default 2026-01-01. */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, action: () => void): () => void {
    const pending = { at: this.#now + Math.max(0, delayMs), order: this.#order++, action };
    this.#pending.add(pending);
    return () => void this.#pending.delete(pending);
  }

  /** How many actions wait. */
  get size(): number {
    return this.#pending.size;
  }

  /** Moves time to the next action and runs it alone. False when nothing waits. */
  step(): boolean {
    const next = this.#next();
    if (!next) return false;
    this.#run(next);
    return true;
  }

  /** Moves time on by `ms`, running everything that falls due, in order, including what those actions schedule. */
  advance(ms: number): void {
    const target = this.#now + ms;
    for (let next = this.#next(); next && next.at <= target; next = this.#next()) this.#run(next);
    this.#now = target;
  }

  #run(pending: Pending): void {
    this.#pending.delete(pending);
    this.#now = Math.max(this.#now, pending.at);
    pending.action();
  }

  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (!first || pending.at < first.at || (pending.at === first.at && pending.order < first.order))
        first = pending;
    }
    return first;
  }
}

/** Resolves `delayMs` from now by the scheduler's clock. @throws HalError `aborted`. */
export function delay(scheduler: Scheduler, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(new HalError('aborted', 'the call was aborted while it waited', { cause: signal?.reason }));
    };
    const cancel = scheduler.schedule(delayMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
