import type { History, Operation, WatchSession } from '../history.ts';

/** Distributive `Omit`. */
type Started<T> = T extends Operation ? Omit<T, 'call' | 'returned' | 'outcome'> : never;

/** Writes down what clients do and see, on one clock. */
export class Recorder {
  readonly history: History;
  readonly #start = performance.now();
  readonly #waiting: { answered: number; resolve: () => void }[] = [];
  #answered = 0;
  #tokens = 0;

  constructor(seed: number, broken?: string) {
    this.history = {
      seed,
      ...(broken !== undefined && { broken }),
      operations: [],
      watches: [],
      faults: [],
      compactions: [],
      deaths: [],
      holes: [],
    };
  }

  /** Milliseconds since the start. */
  now(): number {
    return performance.now() - this.#start;
  }

  /** A value that nothing else writes. */
  token(client: string): string {
    this.#tokens += 1;
    return `${client}-${this.#tokens}`;
  }

  /** Runs an operation; one that has not returned at the end stays recorded as unknown. */
  async record<T extends Operation>(
    started: Started<T>,
    run: (operation: T) => Promise<T['outcome']>,
  ): Promise<T> {
    // The three members that `Started` leaves out are added here.
    const operation = { ...started, call: this.now(), outcome: 'unknown' } as unknown as T;
    this.history.operations.push(operation);
    operation.outcome = await run(operation);
    operation.returned = this.now();
    if (operation.kind === 'write' && operation.outcome === 'ok') this.#countAnswered();
    return operation;
  }

  watch(session: Omit<WatchSession, 'id' | 'call' | 'events' | 'end'>): WatchSession {
    const own: WatchSession = {
      ...session,
      id: this.history.watches.length,
      call: this.now(),
      events: [],
      end: 'open',
    };
    this.history.watches.push(own);
    return own;
  }

  /** Resolves after so many further acknowledged writes. */
  acknowledged(further: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#waiting.push({ answered: this.#answered + further, resolve: () => resolve(undefined) });
    return promise;
  }

  #countAnswered(): void {
    this.#answered += 1;
    for (let at = this.#waiting.length - 1; at >= 0; at -= 1) {
      const waiting = this.#waiting[at];
      if (waiting === undefined || waiting.answered > this.#answered) continue;
      this.#waiting.splice(at, 1);
      waiting.resolve();
    }
  }
}
