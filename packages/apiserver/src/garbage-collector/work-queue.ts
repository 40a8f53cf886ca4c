/** How a queue works. */
export interface WorkQueueOptions {
  /** Does the work of one key. A rejection makes the key come back later. */
  process: (key: string) => Promise<void>;
  /** Keys worked on at the same time. */
  concurrency: number;
  /** Told of every failed attempt. */
  onError: (key: string, error: unknown) => void;
}

const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 10_000;

/**
 * Works through keys: each at most once at a time, again if it was added while being worked on, and after a failure with
 * a delay that doubles up to ten seconds.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  add(key: string): void {
    if (this.#closed) return;
    this.#waiting.add(key);
    // Work starts after the caller is done: keys are added from within a commit.
    setImmediate(() => this.#startMore());
  }

  /** Starts nothing more and waits for what is running. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.allSettled(this.#running.values());
  }

  #startMore(): void {
    for (const key of this.#waiting) {
      if (this.#closed || this.#running.size >= this.#options.concurrency) return;
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      this.#running.set(key, this.#run(key));
    }
  }

  async #run(key: string): Promise<void> {
    try {
      await this.#options.process(key);
      this.#failures.delete(key);
    } catch (error) {
      this.#retryLater(key, error);
    } finally {
      this.#running.delete(key);
      setImmediate(() => this.#startMore());
    }
  }

  #retryLater(key: string, error: unknown): void {
    if (this.#closed) return;
    this.#options.onError(key, error);
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.add(key);
      },
      Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS),
    );
    timer.unref();
    this.#timers.add(timer);
  }
}
