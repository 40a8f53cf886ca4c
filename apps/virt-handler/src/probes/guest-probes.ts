import type { Clock } from '@virtkit/controllers/runtime';
import type { ProbePlan, ProbePlans } from '@virtkit/machine-plan';
import { runProbe, type ProbeTarget } from './probe-action.ts';
import { Prober, type Failure, type Probing } from './prober.ts';
import type { Verdict } from './probe-state.ts';

export interface GuestProbesOptions {
  clock: Clock;
  /** A verdict about this guest changed. */
  onChange: (key: string) => void;
  /** How a probe is done; default: over the network and the guest agent. */
  probe?: Probing;
}

/** What the probes of a guest say. A probe that the instance does not have says `unknown`. */
export interface GuestHealth {
  readiness: Verdict;
  liveness: Verdict;
  /** The last failure of each. */
  readinessFailure: Failure | undefined;
  livenessFailure: Failure | undefined;
}

const nothingKnown: GuestHealth = {
  readiness: 'unknown',
  liveness: 'unknown',
  readinessFailure: undefined,
  livenessFailure: undefined,
};

interface Probed {
  target: ProbeTarget | undefined;
  readiness: Prober | undefined;
  liveness: Prober | undefined;
}

/**
 * The probes of all guests of this node, carried out beside reconciliation. They count from nothing after a restart of this
 * program; until they have a verdict again, what was reported before stands.
 */
export class GuestProbes implements Disposable {
  readonly #options: GuestProbesOptions;
  readonly #guests = new Map<string, Probed>();

  constructor(options: GuestProbesOptions) {
    this.#options = options;
  }

  /** Begins to probe a running guest, or goes on. `startedAt` in milliseconds since the epoch. */
  follow(key: string, plans: ProbePlans, target: ProbeTarget, startedAt: number): void {
    const known = this.#guests.get(key);
    if (known !== undefined) {
      known.target = target;
      return;
    }
    if (plans.readiness === undefined && plans.liveness === undefined) return;
    const fresh: Probed = { target, readiness: undefined, liveness: undefined };
    const { clock, onChange, probe = runProbe } = this.#options;
    const begin = (plan: ProbePlan | undefined): Prober | undefined =>
      plan &&
      new Prober({
        plan,
        clock,
        probe,
        target: () => fresh.target,
        delayMs: Math.max(0, startedAt + plan.initialDelaySeconds * 1000 - clock.now()),
        onVerdict: () => onChange(key),
      });
    fresh.readiness = begin(plans.readiness);
    fresh.liveness = begin(plans.liveness);
    this.#guests.set(key, fresh);
  }

  /** The guest's CPUs stand still: its probes wait and keep what they know. */
  suspend(key: string): void {
    const known = this.#guests.get(key);
    if (known !== undefined) known.target = undefined;
  }

  /** The guest is gone. */
  end(key: string): void {
    const known = this.#guests.get(key);
    known?.readiness?.[Symbol.dispose]();
    known?.liveness?.[Symbol.dispose]();
    this.#guests.delete(key);
  }

  health(key: string): GuestHealth {
    const known = this.#guests.get(key);
    if (known === undefined) return nothingKnown;
    return {
      readiness: known.readiness?.verdict ?? 'unknown',
      liveness: known.liveness?.verdict ?? 'unknown',
      readinessFailure: known.readiness?.failure,
      livenessFailure: known.liveness?.failure,
    };
  }

  [Symbol.dispose](): void {
    for (const key of [...this.#guests.keys()]) this.end(key);
  }
}
