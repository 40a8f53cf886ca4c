import { ApiServerError } from '../errors.ts';

/** How many may be in at once, and how the others wait. */
export interface GateOptions {
  /** What the refusal says there is too much of. */
  readonly what: string;
  readonly atOnce: number;
  readonly perUser: number;
  /** Waiting at the same time; 0 refuses at once. */
  readonly waiting: number;
  readonly waitMs: number;
}

/** Leaves the gate. Idempotent. */
export type Leave = () => void;

interface Waiter {
  readonly enter: () => void;
}

const RETRY_SECONDS = 1;

/**
 * Lets a number of requests in at once, and of one user only a part of them. The others wait: the users take turns, so that
 * a flood of one delays another by one request and not by the whole flood.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #inside = new Map<string, number>();
  /** In the order in which the users' turns come. */
  readonly #queues = new Map<string, Set<Waiter>>();
  #entered = 0;
  #waiting = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Requests inside and waiting. */
  get load(): { readonly inside: number; readonly waiting: number } {
    return { inside: this.#entered, waiting: this.#waiting };
  }

  /**
   * Enters, now or when it is the user's turn. Rejects with the reason of the signal when that comes first.
   * @throws ApiServerError `TooManyRequests` when too many wait already or the wait is too long.
   */
  async enter(user: string, signal: AbortSignal): Promise<Leave> {
    if (this.#admits(user) && !this.#queues.has(user)) return this.#take(user);
    if (this.#waiting >= this.#options.waiting) throw this.#refusal();
    return new Promise<Leave>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
        this.#forget(user, waiter);
      };
      const waiter: Waiter = {
        enter: () => {
          done();
          resolve(this.#take(user));
        },
      };
      const gone = (): void => {
        done();
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        done();
        reject(this.#refusal());
      }, this.#options.waitMs);
      signal.addEventListener('abort', gone);
      const queue = this.#queues.get(user) ?? new Set();
      queue.add(waiter);
      this.#queues.set(user, queue);
      this.#waiting += 1;
    });
  }

  #admits(user: string): boolean {
    const { atOnce, perUser } = this.#options;
    return this.#entered < atOnce && (this.#inside.get(user) ?? 0) < perUser;
  }

  #take(user: string): Leave {
    this.#entered += 1;
    this.#inside.set(user, (this.#inside.get(user) ?? 0) + 1);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#entered -= 1;
      const left = (this.#inside.get(user) ?? 1) - 1;
      if (left === 0) this.#inside.delete(user);
      else this.#inside.set(user, left);
      this.#next();
    };
  }

  /** Lets the next one in for whom there is room. */
  #next(): void {
    for (const [user, queue] of this.#queues) {
      const [waiter] = queue;
      if (waiter === undefined || !this.#admits(user)) continue;
      // The user's next turn comes after those of all others.
      this.#queues.delete(user);
      this.#queues.set(user, queue);
      waiter.enter();
      return;
    }
  }

  #forget(user: string, waiter: Waiter): void {
    const queue = this.#queues.get(user);
    if (queue?.delete(waiter) !== true) return;
    this.#waiting -= 1;
    if (queue.size === 0) this.#queues.delete(user);
  }

  #refusal(): ApiServerError {
    return new ApiServerError(
      'TooManyRequests',
      `there are too many ${this.#options.what} at the same time, please try again later`,
      { retryAfterSeconds: RETRY_SECONDS },
    );
  }
}
