import type { Clock, Timer } from '@virtkit/controllers/runtime';
import type { ProbePlan } from '@virtkit/machine-plan';
import type { ProbeFailure, ProbeResult, ProbeTarget } from './probe-action.ts';
import { afterResult, initialProbeState, type ProbeState, type Verdict } from './probe-state.ts';

/** Does a probe once. */
export type Probing = (plan: ProbePlan, target: ProbeTarget, signal: AbortSignal) => Promise<ProbeResult>;

export interface ProberOptions {
  plan: ProbePlan;
  clock: Clock;
  probe: Probing;
  /** Whom to probe; undefined while nobody can be, for example because the guest is paused: then nothing is counted. */
  target: () => ProbeTarget | undefined;
  /** Milliseconds until the first probe. */
  delayMs: number;
  /** The verdict changed, or why it is `unhealthy`. */
  onVerdict: () => void;
}

/** A failure that is told; the message may differ each time, so it alone is no news. */
export interface Failure {
  reason: ProbeFailure;
  message: string;
}

const noFailure: Failure = { reason: 'ProbeFailed', message: '' };

/** One probe of one guest, repeated until it is disposed. */
export class Prober implements Disposable {
  readonly #options: ProberOptions;
  readonly #stop = new AbortController();
  #state: ProbeState = initialProbeState;
  #failure: Failure = noFailure;
  #timer: Timer | undefined;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#schedule(options.delayMs);
  }

  get verdict(): Verdict {
    return this.#state.verdict;
  }

  /** What the last failure was. */
  get failure(): Failure {
    return this.#failure;
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    this.#timer?.cancel();
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#options.clock.schedule(() => void this.#run(), delayMs);
  }

  async #run(): Promise<void> {
    const { plan, probe, target, onVerdict } = this.#options;
    const guest = target();
    if (guest !== undefined) {
      const result = await probe(plan, guest, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      // A guest that was paused during the probe could not answer.
      if (target() !== undefined) this.#count(result, onVerdict);
    }
    this.#schedule(plan.periodSeconds * 1000);
  }

  #count(result: ProbeResult, onVerdict: () => void): void {
    const before = this.#state.verdict;
    const { reason } = this.#failure;
    this.#state = afterResult(this.#state, result.ok, this.#options.plan);
    if (!result.ok) this.#failure = { reason: result.reason, message: result.message };
    const { verdict } = this.#state;
    if (verdict !== before || (verdict === 'unhealthy' && this.#failure.reason !== reason)) onVerdict();
  }
}
