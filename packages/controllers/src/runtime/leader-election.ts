// At most one holder of a Lease acts. Who does not hold it looks every `retryMs`; the holder renews every `retryMs` too
// and gives up when it could not for `renewDeadlineMs`, which is earlier than anybody else may take over
// (`leaseMs` after the last renewal that they saw, measured by their own clock).
import { resources, type Lease } from '@virtkit/core-types';
import { systemClock, type Clock } from './clock.ts';
import { ControllerError, errorCode, errorMessage } from './errors.ts';
import { silentLogger, type Logger } from './log.ts';
import type { ClientSet, ObjectClient } from './object-client.ts';

/**
 * The Lease, the candidate, and the times. `retryMs` < `renewDeadlineMs` < `leaseMs` keeps two from leading at once.
 */
export interface LeaderElectionOptions {
  readonly client: ClientSet;
  /** Name and namespace of the Lease. */
  readonly name: string;
  readonly namespace: string;
  /** Who we are; must differ between replicas and between starts of one replica. */
  readonly identity: string;
  /** Others may take over this many milliseconds after the last renewal they saw; default 15000. */
  readonly leaseMs?: number;
  /** The holder stops leading after this many milliseconds without renewal; default 10000. */
  readonly renewDeadlineMs?: number;
  /** Milliseconds between attempts; default 2000. */
  readonly retryMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Hears of gained and lost leadership, for a metric. */
  readonly onChange?: (leading: boolean) => void;
}

/**
 * Waits for leadership, then runs `lead` once. Its signal aborts when the caller's does or when leadership is lost.
 * On a graceful end the lease is released, so that another can take over at once.
 * @throws ControllerError `leadership-lost`; the process should end then, because others act already.
 */
export async function leaderElection(
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  await new LeaderElector(options).run(lead, signal);
}

class LeaderElector {
  readonly #options: LeaderElectionOptions;
  readonly #leases: ObjectClient<Lease>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #leaseMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  /** The lease as last seen, and when: other machines' clocks are not trusted. */
  #seen: { readonly version: string | undefined; readonly at: number } | undefined;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#leases = options.client.resource(resources.leases);
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#leaseMs = options.leaseMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryMs = options.retryMs ?? 2_000;
    if (this.#renewDeadlineMs >= this.#leaseMs || this.#retryMs >= this.#renewDeadlineMs) {
      throw new ControllerError(
        'misconfigured',
        'leader election needs retry < renew deadline < lease duration',
      );
    }
  }

  async run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!(await this.#attempt(signal))) {
      if (signal.aborted) return;
      await this.#pause(signal);
    }
    if (signal.aborted) return;
    this.#options.onChange?.(true);
    this.#logger.info('became leader', { lease: this.#options.name, identity: this.#options.identity });
    try {
      await this.#lead(lead, signal);
    } finally {
      this.#options.onChange?.(false);
    }
  }

  async #lead(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const lost = new AbortController();
    const ended = new AbortController();
    const work = lead(AbortSignal.any([signal, lost.signal])).finally(() => ended.abort());
    const renewal = this.#renew(ended.signal).catch((error: unknown) => {
      lost.abort(error);
      throw error;
    });
    const [worked, renewed] = await Promise.allSettled([work, renewal]);
    if (renewed.status === 'rejected') throw renewed.reason;
    await this.#release();
    if (worked.status === 'rejected') throw worked.reason;
  }

  async #renew(ended: AbortSignal): Promise<void> {
    let renewedAt = this.#clock.now();
    for (;;) {
      await this.#pause(ended);
      if (ended.aborted) return;
      // A renewal that hangs must not outlive the deadline.
      const left = renewedAt + this.#renewDeadlineMs - this.#clock.now();
      const deadline = new AbortController();
      const timer = this.#clock.schedule(() => deadline.abort(), Math.max(0, left));
      try {
        if (await this.#attempt(AbortSignal.any([ended, deadline.signal]))) renewedAt = this.#clock.now();
      } finally {
        timer.cancel();
      }
      if (!ended.aborted && this.#clock.now() - renewedAt >= this.#renewDeadlineMs) {
        throw new ControllerError('leadership-lost', `the lease ${this.#options.name} could not be renewed`);
      }
    }
  }

  /** Takes or renews the lease if that is ours to do; false when it is not or the server did not let us. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    try {
      const lease = await this.#read(signal);
      if (lease === undefined) return await this.#create(signal);
      if (!this.#mayTake(lease)) return false;
      await this.#write(lease, this.#claim(lease), signal);
      return true;
    } catch (error) {
      if (!signal.aborted) {
        this.#logger.warn('the lease could not be read or written', {
          lease: this.#options.name,
          code: errorCode(error),
          error: errorMessage(error),
        });
      }
      return false;
    }
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    const { name, namespace } = this.#options;
    try {
      return await this.#leases.get(name, { namespace, signal });
    } catch (error) {
      if (errorCode(error) === 'not-found') return undefined;
      throw error;
    }
  }

  #mayTake(lease: Lease): boolean {
    const holder = lease.spec?.holderIdentity;
    if (holder === undefined || holder === '' || holder === this.#options.identity) return true;
    const version = lease.metadata.resourceVersion;
    const now = this.#clock.now();
    if (this.#seen === undefined || this.#seen.version !== version) this.#seen = { version, at: now };
    return now - this.#seen.at >= this.#leaseMs;
  }

  async #create(signal: AbortSignal): Promise<boolean> {
    const { name, namespace } = this.#options;
    const lease: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace },
      spec: this.#claim(undefined),
    };
    await this.#leases.create(lease, { namespace, signal });
    return true;
  }

  #claim(previous: Lease | undefined): NonNullable<Lease['spec']> {
    const now = new Date(this.#clock.now()).toISOString().replace(/Z$/, '000Z');
    const kept = previous?.spec?.holderIdentity === this.#options.identity;
    const transitions = previous?.spec?.leaseTransitions ?? 0;
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.round(this.#leaseMs / 1000),
      acquireTime: kept ? (previous.spec?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: previous === undefined || kept ? transitions : transitions + 1,
    };
  }

  async #write(
    lease: Lease,
    spec: Partial<NonNullable<Lease['spec']>>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { name, namespace } = this.#options;
    const body = { metadata: { resourceVersion: lease.metadata.resourceVersion }, spec };
    await this.#leases.patch(name, { type: 'merge', body }, { namespace, signal });
  }

  async #release(): Promise<void> {
    try {
      const signal = AbortSignal.timeout(this.#retryMs);
      const lease = await this.#read(signal);
      if (lease?.spec?.holderIdentity !== this.#options.identity) return;
      await this.#write(lease, { holderIdentity: '', leaseDurationSeconds: 1 }, signal);
    } catch (error) {
      // Not released is only slower: the lease expires by itself.
      this.#logger.warn('the lease was not released', { error: errorMessage(error) });
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    try {
      await this.#clock.sleep(this.#retryMs, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
