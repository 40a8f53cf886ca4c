import { errorMessage, type Clock, type Logger, type Timer } from '@virtkit/controllers/runtime';
import { isApiError, type Client } from '@virtkit/sdk';
import type { ConnectionMetrics } from './connection-metrics.ts';

/** Pause between two looks, in milliseconds. */
export const lookEveryMs = 5 * 60_000;

export interface GoneInstancesOptions {
  readonly metrics: Pick<ConnectionMetrics, 'idle' | 'forget'>;
  readonly client: () => Promise<{
    readonly virtualMachineInstances: Pick<Client['virtualMachineInstances'], 'get'>;
  }>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Has metrics forget instances that are gone, until it is disposed of: otherwise they would tell of every instance that there has
 * ever been. virt-api follows no instances, and need not for this: now and then it asks for those that somebody was connected to,
 * one after the other, and for nothing when there are none.
 */
export class GoneInstances implements AsyncDisposable {
  readonly #options: GoneInstancesOptions;
  readonly #stop = new AbortController();
  #timer: Timer;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: GoneInstancesOptions) {
    this.#options = options;
    this.#timer = this.#schedule();
  }

  #schedule(): Timer {
    return this.#options.clock.schedule(() => {
      this.#looking = this.#pass();
    }, lookEveryMs);
  }

  async #pass(): Promise<void> {
    const { signal } = this.#stop;
    try {
      await this.#look(signal);
    } catch (error) {
      // The next look asks again.
      if (!signal.aborted)
        this.#options.logger.warn('whether instances are gone could not be found out', {
          error: errorMessage(error),
        });
    }
    if (!signal.aborted) this.#timer = this.#schedule();
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { client, metrics } = this.#options;
    for (const { namespace, name } of metrics.idle()) {
      const { virtualMachineInstances } = await client();
      try {
        await virtualMachineInstances.get(name, { namespace, signal });
      } catch (error) {
        if (!isApiError(error, 'not-found')) throw error;
        metrics.forget({ namespace, name });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#timer.cancel();
    await this.#looking;
  }
}
