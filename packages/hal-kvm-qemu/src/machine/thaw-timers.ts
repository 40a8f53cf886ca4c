/** Pause until a guest that could not be told to thaw is told again, in milliseconds. */
const retryPause = 5_000;

/** Thaws that are due at a time, one for each machine. They live as long as the connection that froze. */
export class ThawTimers implements Disposable {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** Replaces what was due for this machine. `thaw` resolves to whether it must be tried again. */
  set(id: string, afterMs: number, thaw: () => Promise<'done' | 'again'>): void {
    this.cancel(id);
    const timer = setTimeout(() => {
      void thaw().then((outcome) => {
        if (this.#timers.get(id) !== timer) return;
        this.#timers.delete(id);
        if (outcome === 'again') this.set(id, retryPause, thaw);
      });
    }, afterMs);
    timer.unref();
    this.#timers.set(id, timer);
  }

  cancel(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#timers.keys()]) this.cancel(id);
  }
}
