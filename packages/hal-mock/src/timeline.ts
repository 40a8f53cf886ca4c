import type { Scheduler } from './scheduler.ts';

interface Entry {
  /** On the timeline's own clock. */
  readonly at: number;
  readonly action: () => void;
  cancel: (() => void) | undefined;
}

/** A guest's own time: it stands still while the guest is paused, and ends with the run. */
export class Timeline {
  readonly #scheduler: Scheduler;
  readonly #entries = new Set<Entry>();
  /** Guest milliseconds that had passed at `#resumedAt`. */
  #elapsed: number;
  /** Host moment of the last resume; undefined while paused. */
  #resumedAt: number | undefined;

  /** `elapsedMs` is guest time that has passed already (a guest that is adopted); what lies before it never runs. */
  constructor(scheduler: Scheduler, options: { elapsedMs?: number; paused?: boolean } = {}) {
    this.#scheduler = scheduler;
    this.#elapsed = options.elapsedMs ?? 0;
    this.#resumedAt = options.paused ? undefined : scheduler.now();
  }

  /** Guest milliseconds since the timeline began. */
  elapsed(): number {
    return this.#elapsed + (this.#resumedAt === undefined ? 0 : this.#scheduler.now() - this.#resumedAt);
  }

  /** Runs `action` at this guest time, or as soon as possible when it has passed. */
  at(guestMs: number, action: () => void): void {
    const entry: Entry = { at: guestMs, action, cancel: undefined };
    this.#entries.add(entry);
    if (this.#resumedAt !== undefined) this.#arm(entry);
  }

  after(delayMs: number, action: () => void): void {
    this.at(this.elapsed() + delayMs, action);
  }

  pause(): void {
    if (this.#resumedAt === undefined) return;
    this.#elapsed = this.elapsed();
    this.#resumedAt = undefined;
    for (const entry of this.#entries) entry.cancel?.();
  }

  resume(): void {
    if (this.#resumedAt !== undefined) return;
    this.#resumedAt = this.#scheduler.now();
    for (const entry of this.#entries) this.#arm(entry);
  }

  /** Forgets everything that was to come. */
  end(): void {
    for (const entry of this.#entries) entry.cancel?.();
    this.#entries.clear();
  }

  #arm(entry: Entry): void {
    entry.cancel = this.#scheduler.schedule(Math.max(0, entry.at - this.elapsed()), () => {
      this.#entries.delete(entry);
      entry.action();
    });
  }
}
