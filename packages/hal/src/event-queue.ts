import type { MachineEvent } from './events.ts';

/**
 * One subscriber's events, as `Hypervisor.events()` returns them: events are kept from construction on, in order, and
 * at most `capacity` of them. When a slow consumer lets it overflow, all that is kept becomes one `resync`, so memory
 * stays bounded and no loss goes unnoticed.
 */
export class EventQueue<Event extends { kind: string } = MachineEvent> implements AsyncIterableIterator<
  Event | { kind: 'resync' },
  undefined
> {
  readonly #capacity: number;
  readonly #onClose: ((queue: EventQueue<Event>) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #waiting: ((result: IteratorResult<Event | { kind: 'resync' }, undefined>) => void)[] = [];
  #events: (Event | { kind: 'resync' })[] = [];
  #closed = false;

  /**
   * @param options.signal Closes the queue when it aborts.
   * @param options.capacity Events kept for a consumer that does not ask for them; default 1024.
   * @param options.onClose Called once when the queue closes for whatever reason; the producer stops then.
   */
  constructor(
    options: { signal?: AbortSignal; capacity?: number; onClose?: (queue: EventQueue<Event>) => void } = {},
  ) {
    this.#capacity = options.capacity ?? 1024;
    this.#onClose = options.onClose;
    this.#signal = options.signal;
    if (this.#signal?.aborted) this.close();
    else this.#signal?.addEventListener('abort', this.close, { once: true });
  }

  /** Adds an event; without effect once closed. */
  push(event: Event | { kind: 'resync' }): void {
    if (this.#closed) return;
    const waiting = this.#waiting.shift();
    if (waiting) waiting({ done: false, value: event });
    else if (this.#events.length < this.#capacity) this.#events.push(event);
    else this.#events = [{ kind: 'resync' }];
  }

  /** Ends the iteration; what was kept is dropped, because the subscriber has left. Idempotent. */
  readonly close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#events = [];
    this.#signal?.removeEventListener('abort', this.close);
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
    this.#onClose?.(this);
  };

  /** The next event, or the end once the queue is closed. Waits as long as it takes. */
  next(): Promise<IteratorResult<Event | { kind: 'resync' }, undefined>> {
    const event = this.#events.shift();
    if (event) return Promise.resolve({ done: false, value: event });
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What leaving a `for await` loop calls: closes the queue. */
  return(): Promise<IteratorResult<Event | { kind: 'resync' }, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
