import type { Clock, Logger, Timer } from '@virtkit/controllers/runtime';
import type {
  CallOptions,
  GuestAgentFacet,
  GuestFilesystem,
  GuestInfo,
  GuestUser,
  Machine,
} from '@virtkit/hal';

export interface GuestPollerOptions {
  clock: Clock;
  logger: Logger;
  /** How long a first answer is worth waiting for, in milliseconds. */
  firstAnswerMs: number;
  /** The guest said something new about itself that its status tells. */
  onChange(key: string): void;
}

/** What a guest last said about itself; absent is what it has not said yet. */
export interface GuestSaid {
  info?: GuestInfo;
  users?: GuestUser[];
  filesystems?: GuestFilesystem[];
  /** Whether its file systems are frozen. */
  frozen?: boolean;
}

/** One thing that guests are asked again and again. */
interface Question<T extends keyof GuestSaid> {
  ask(agent: GuestAgentFacet, options: CallOptions): Promise<Required<GuestSaid>[T]>;
  /** KubeVirt: pauses begin with 10 s and double up to this, in milliseconds. */
  longestPause: number;
  /** Its answer is part of the instance's status. */
  told: boolean;
}

type Topic = keyof GuestSaid;
type Questions = { readonly [T in Topic]: Question<T> };

const questions: Questions = {
  info: { ask: (agent, options) => agent.info(options), longestPause: 120_000, told: true },
  frozen: { ask: (agent, options) => agent.frozen(options), longestPause: 5_000, told: true },
  users: { ask: (agent, options) => agent.users(options), longestPause: 10_000, told: false },
  filesystems: { ask: (agent, options) => agent.filesystems(options), longestPause: 300_000, told: false },
};

interface Poll {
  machine: Machine;
  readonly said: GuestSaid;
  readonly timers: Map<Topic, Timer>;
  /** Until when its first answer about itself is worth waiting for; undefined once it came, or was refused. */
  awaitedUntil: number | undefined;
  /** Ends the questions that are asked now, and the asking. */
  stop: AbortController;
}

/** First pause between two questions, in milliseconds. */
const firstPause = 10_000;
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

  /** What the guest last said. */
  said(key: string): Readonly<GuestSaid> {
    return this.#polls.get(key)?.said ?? {};
  }

  /** Begins to ask, or goes on. */
  connected(key: string, machine: Machine): void {
    const { clock, firstAnswerMs } = this.#options;
    let poll = this.#polls.get(key);
    if (poll === undefined) {
      poll = {
        machine,
        said: {},
        timers: new Map(),
        awaitedUntil: clock.now() + firstAnswerMs,
        stop: new AbortController(),
      };
      this.#polls.set(key, poll);
    } else {
      poll.machine = machine;
      if (!poll.stop.signal.aborted) return;
      poll.stop = new AbortController();
    }
    void this.#begin(key, poll);
  }

  /** Milliseconds for which the first answer of a guest that is asked is still worth waiting for; 0 when it came, or is late. */
  patience(key: string): number {
    const { awaitedUntil, stop } = this.#polls.get(key) ?? {};
    if (awaitedUntil === undefined || stop?.signal.aborted === true) return 0;
    return Math.max(0, awaitedUntil - this.#options.clock.now());
  }

  /** Stops asking a guest that stands still, and remembers what it said. */
  suspended(key: string): void {
    const poll = this.#polls.get(key);
    if (poll !== undefined) end(poll);
  }

  /** Stops asking and forgets what was said. */
  disconnected(key: string): void {
    this.suspended(key);
    this.#polls.delete(key);
  }

  /** Asks at once whether file systems are frozen, after something was done about it. */
  async askFrozen(key: string): Promise<void> {
    const poll = this.#polls.get(key);
    if (poll !== undefined && !poll.stop.signal.aborted) await this.#askOnce(key, poll, 'frozen');
  }

  [Symbol.dispose](): void {
    for (const key of [...this.#polls.keys()]) this.disconnected(key);
  }

  /** Addresses are what people wait for; the other questions follow the first answer. */
  async #begin(key: string, poll: Poll): Promise<void> {
    const { signal } = poll.stop;
    await this.#ask(key, poll, 'info', firstPause, eagerQuestions);
    if (signal.aborted) return;
    for (const topic of ['frozen', 'users', 'filesystems'] as const)
      await this.#ask(key, poll, topic, firstPause);
  }

  async #ask(key: string, poll: Poll, topic: Topic, pause: number, eager = 0): Promise<void> {
    const { signal } = poll.stop;
    if (signal.aborted) return;
    // Frozen, an agent answers nothing but whether it is.
    if (topic === 'frozen' || poll.said.frozen !== true) await this.#askOnce(key, poll, topic);
    if (signal.aborted) return;
    const wanting = eager > 0 && !hasAddress(poll.said.info);
    const longest = questions[topic].longestPause;
    const next = wanting ? pause : Math.min(longest, pause * 2);
    poll.timers.set(
      topic,
      this.#options.clock.schedule(
        () => void this.#ask(key, poll, topic, next, eager - 1),
        wanting ? eagerPause : Math.min(longest, pause),
      ),
    );
  }

  async #askOnce<T extends Topic>(key: string, poll: Poll, topic: T): Promise<void> {
    const { stop, said, machine } = poll;
    const question: Questions[T] = questions[topic];
    try {
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(longestAnswer)]);
      const answer: GuestSaid[T] = await question.ask(machine.facet('guestAgent'), { signal });
      if (stop.signal.aborted) return;
      if (topic === 'info') poll.awaitedUntil = undefined;
      const news = JSON.stringify(answer) !== JSON.stringify(said[topic]);
      said[topic] = answer;
      if (news && question.told) this.#options.onChange(key);
    } catch (error) {
      if (stop.signal.aborted) return;
      if (topic === 'info') poll.awaitedUntil = undefined;
      this.#options.logger.debug('a guest agent does not answer', { key, topic, error: String(error) });
    }
  }
}

function end(poll: Poll): void {
  poll.stop.abort();
  for (const timer of poll.timers.values()) timer.cancel();
  poll.timers.clear();
}

const hasAddress = (info: GuestInfo | undefined): boolean =>
  info?.interfaces.some(
    (nic) => nic.name !== 'lo' && nic.addresses.some(({ family }) => family === 'ipv4'),
  ) ?? false;
