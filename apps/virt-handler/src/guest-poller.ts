import type { Clock, Logger, Timer } from '@virtkit/controllers/runtime';
import type { GuestInfo, Machine } from '@virtkit/hal';

export interface GuestPollerOptions {
  clock: Clock;
  logger: Logger;
  /** The guest said something new about itself. */
  onChange(key: string): void;
}

interface Poll {
  machine: Machine;
  info: GuestInfo | undefined;
  timer: Timer | undefined;
  pause: number;
  stop: AbortController;
}

/** First and longest pause between two questions (KubeVirt: 10 s doubling to 120 s), in milliseconds. */
const firstPause = 10_000;
const longestPause = 120_000;
/** A guest agent that just connected may not know its addresses yet: it is asked soon again. */
const eagerPause = 1_000;
const eagerQuestions = 10;
/** How long a guest may take to answer, in milliseconds. */
const longestAnswer = 30_000;

/** Asks guest agents about their guests, beside reconciliation, so that a slow guest never holds anybody up. */
export class GuestPoller implements Disposable {
  readonly #options: GuestPollerOptions;
  readonly #polls = new Map<string, Poll>();

  constructor(options: GuestPollerOptions) {
    this.#options = options;
  }

  /** What the guest last said; undefined until it has. */
  info(key: string): GuestInfo | undefined {
    return this.#polls.get(key)?.info;
  }

  /** Begins to ask, or goes on. */
  connected(key: string, machine: Machine): void {
    const poll = this.#polls.get(key);
    if (poll !== undefined) {
      poll.machine = machine;
      return;
    }
    const fresh: Poll = {
      machine,
      info: undefined,
      timer: undefined,
      pause: firstPause,
      stop: new AbortController(),
    };
    this.#polls.set(key, fresh);
    void this.#ask(key, fresh, eagerQuestions);
  }

  /** Stops asking and forgets what was said. */
  disconnected(key: string): void {
    const poll = this.#polls.get(key);
    if (poll === undefined) return;
    poll.stop.abort();
    poll.timer?.cancel();
    this.#polls.delete(key);
  }

  [Symbol.dispose](): void {
    for (const key of [...this.#polls.keys()]) this.disconnected(key);
  }

  async #ask(key: string, poll: Poll, eager: number): Promise<void> {
    try {
      const before = JSON.stringify(poll.info);
      const signal = AbortSignal.any([poll.stop.signal, AbortSignal.timeout(longestAnswer)]);
      const info = await poll.machine.facet('guestAgent').info({ signal });
      if (poll.stop.signal.aborted) return;
      poll.info = info;
      if (JSON.stringify(info) !== before) this.#options.onChange(key);
    } catch (error) {
      if (poll.stop.signal.aborted) return;
      this.#options.logger.debug('a guest agent does not answer', { key, error: String(error) });
    }
    const wanting = eager > 0 && !hasAddress(poll.info);
    const pause = wanting ? eagerPause : poll.pause;
    if (!wanting) poll.pause = Math.min(longestPause, poll.pause * 2);
    poll.timer = this.#options.clock.schedule(() => void this.#ask(key, poll, eager - 1), pause);
  }
}

const hasAddress = (info: GuestInfo | undefined): boolean =>
  info?.interfaces.some(
    (nic) => nic.name !== 'lo' && nic.addresses.some(({ family }) => family === 'ipv4'),
  ) ?? false;
