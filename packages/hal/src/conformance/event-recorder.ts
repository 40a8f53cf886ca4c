import type { MachineEvent } from '../events.ts';

/** Collects a hypervisor's events in the background, so that a test can ask what came after some moment. */
export class EventRecorder implements AsyncDisposable {
  readonly #events: MachineEvent[] = [];
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  readonly #timeoutMs: number;
  #wake = Promise.withResolvers<undefined>();
  #failure: unknown;

  constructor(open: (signal: AbortSignal) => AsyncIterable<MachineEvent>, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#done = this.#collect(open(this.#abort.signal));
  }

  /** How many events have come so far. */
  mark(): number {
    return this.#events.length;
  }

  since(mark: number): readonly MachineEvent[] {
    return this.#events.slice(mark);
  }

  /** Resolves with the first event after `mark` that satisfies the condition. */
  async next(mark: number, what: string, condition: (event: MachineEvent) => boolean): Promise<MachineEvent> {
    const expired = AbortSignal.timeout(this.#timeoutMs);
    const expiry = new Promise<undefined>((resolve) => {
      expired.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    for (;;) {
      const found = this.#events.slice(mark).find(condition);
      if (found) return found;
      if (this.#failure !== undefined)
        throw new Error(`the event stream failed before ${what}`, { cause: this.#failure });
      if (expired.aborted) throw new Error(`no event within ${this.#timeoutMs} ms: ${what}`);
      await Promise.race([this.#wake.promise, expiry]);
    }
  }

  /** Resolves when the stream has ended by itself; rejects when it failed. */
  async ended(): Promise<void> {
    await this.#done;
    if (this.#failure !== undefined) throw new Error('the event stream failed', { cause: this.#failure });
  }

  abort(): void {
    this.#abort.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async #collect(events: AsyncIterable<MachineEvent>): Promise<void> {
    try {
      for await (const event of events) {
        this.#events.push(event);
        this.#notify();
      }
    } catch (error) {
      this.#failure = error;
    }
    this.#notify();
  }

  #notify(): void {
    this.#wake.resolve(undefined);
    this.#wake = Promise.withResolvers();
  }
}
