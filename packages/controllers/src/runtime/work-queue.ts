// A queue of keys in which a key waits at most once and is worked on by at most one worker.
//
//   add --> waiting --take--> in work --done--> (nothing, or waiting again when it was added meanwhile)
import { backoffDelay, type BackoffOptions } from './backoff.ts';
import { systemClock, type Clock, type Timer } from './clock.ts';

/** Hears what the queue does, for metrics. Durations in seconds. */
export interface WorkQueueObserver {
  /** A key came that did not wait already. */
  added?(): void;
  /** How many keys wait now; called whenever that changes. */
  depth?(length: number): void;
  /** A key comes again after a failure. */
  retried?(): void;
  /** From when a key was added until a worker took it. */
  waited?(seconds: number): void;
  /** From when a worker took a key until it was done with it. */
  worked?(seconds: number): void;
  /** Called once, with what tells for how long each key that is in work has been there, in seconds. */
  attached?(agesInWork: () => readonly number[]): void;
}

/** Everything has a default: the machine's clock, no observer. */
export interface WorkQueueOptions {
  readonly clock?: Clock;
  /** Delay of `addRateLimited` by failures of the key in a row; default 5 ms doubling to 1000 s. */
  readonly backoff?: BackoffOptions;
  readonly observer?: WorkQueueObserver;
}

const defaultBackoff: BackoffOptions = { baseMs: 5, maxMs: 1_000_000 };

/** First come, first served; a key that was added while in work goes to the end, so no key starves the others. */
export class WorkQueue<K = string> {
  readonly #clock: Clock;
  readonly #backoff: BackoffOptions;
  readonly #observer: WorkQueueObserver;
  readonly #waiting = new Map<K, { since: number }>();
  readonly #inWork = new Map<K, { since: number }>();
  readonly #again = new Set<K>();
  readonly #delayed = new Map<K, { dueAt: number; timer: Timer }>();
  readonly #failures = new Map<K, number>();
  readonly #takers: ((key: K | undefined) => void)[] = [];
  readonly #drained = Promise.withResolvers<void>();
  #closed = false;

  constructor(options: WorkQueueOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#backoff = options.backoff ?? defaultBackoff;
    this.#observer = options.observer ?? {};
    this.#observer.attached?.(() => {
      const now = this.#clock.now();
      return [...this.#inWork.values()].map(({ since }) => (now - since) / 1000);
    });
  }

  /** Keys that wait to be taken now. */
  get length(): number {
    return this.#waiting.size;
  }

  /** Keys that are in work. */
  get inWork(): number {
    return this.#inWork.size;
  }

  /** Keys that will be added later. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** Neither waiting, nor in work, nor due later. */
  get idle(): boolean {
    return this.#waiting.size === 0 && this.#inWork.size === 0 && this.#delayed.size === 0;
  }

  /** Adds a key now; does nothing when it already waits or the queue is shut down. */
  add(key: K): void {
    if (this.#closed || this.#waiting.has(key)) return;
    this.#observer.added?.();
    if (this.#inWork.has(key)) {
      this.#again.add(key);
      return;
    }
    const taker = this.#takers.shift();
    if (taker === undefined) this.#waiting.set(key, { since: this.#clock.now() });
    else this.#hand(key, this.#clock.now(), taker);
    this.#observer.depth?.(this.#waiting.size);
  }

  /** Adds a key after `delayMs` milliseconds; of several delays the earliest counts. */
  addAfter(key: K, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueAt = this.#clock.now() + delayMs;
    const existing = this.#delayed.get(key);
    if (existing !== undefined && existing.dueAt <= dueAt) return;
    existing?.timer.cancel();
    const timer = this.#clock.schedule(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, delayMs);
    this.#delayed.set(key, { dueAt, timer });
  }

  /** Adds a key after its back-off, which grows with each call until `forget`. */
  addRateLimited(key: K): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#observer.retried?.();
    this.addAfter(key, backoffDelay(this.#backoff, failures));
  }

  /** Ends the back-off of a key. */
  forget(key: K): void {
    this.#failures.delete(key);
  }

  /** How often `addRateLimited` was called for the key since `forget`. */
  failures(key: K): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The next key, to be given back with `done`; undefined when the queue is shut down and empty. */
  async take(): Promise<K | undefined> {
    for (const [key, { since }] of this.#waiting) {
      this.#waiting.delete(key);
      this.#observer.depth?.(this.#waiting.size);
      const { promise, resolve } = Promise.withResolvers<K | undefined>();
      this.#hand(key, since, resolve);
      return promise;
    }
    if (this.#closed) return undefined;
    const { promise, resolve } = Promise.withResolvers<K | undefined>();
    this.#takers.push(resolve);
    return promise;
  }

  /** Ends the work on a key that `take` gave; if it was added meanwhile, it now waits. */
  done(key: K): void {
    const work = this.#inWork.get(key);
    if (work === undefined) return;
    this.#inWork.delete(key);
    this.#observer.worked?.((this.#clock.now() - work.since) / 1000);
    if (this.#again.delete(key)) this.add(key);
    this.#settleDrain();
  }

  /**
   * Takes nothing more in. With `drain`, what already waits is still given out, else it is dropped.
   * Resolves when nothing is in work any more.
   */
  async shutdown({ drain = false }: { drain?: boolean } = {}): Promise<void> {
    this.#closed = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#again.clear();
    if (!drain) this.#waiting.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
    this.#settleDrain();
    await this.#drained.promise;
  }

  #hand(key: K, since: number, taker: (key: K | undefined) => void): void {
    const now = this.#clock.now();
    this.#inWork.set(key, { since: now });
    this.#observer.waited?.((now - since) / 1000);
    taker(key);
  }

  #settleDrain(): void {
    if (this.#closed && this.#inWork.size === 0 && this.#waiting.size === 0) this.#drained.resolve();
  }
}
