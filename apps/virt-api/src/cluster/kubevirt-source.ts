import { ApiServerError } from '@virtkit/apiserver';
import { resources, type KubeVirt } from '@virtkit/core-types';
import { InformerCache, type Informer, type Logger } from '@virtkit/controllers/runtime';
import type { Client } from '@virtkit/sdk';

/** Longest that admission waits for the first list, in milliseconds. */
const syncTimeout = 10_000;

/**
 * The cluster's KubeVirt objects, followed with one watch. Nothing is read before the first question, because admission is
 * built before the API server that it reads from listens.
 */
export class KubeVirtSource implements AsyncDisposable {
  readonly #client: () => Client | Promise<Client>;
  readonly #logger: Logger;
  readonly #stopped = new AbortController();
  #informer: Promise<Informer<KubeVirt>> | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(client: () => Client | Promise<Client>, logger: Logger) {
    this.#client = client;
    this.#logger = logger;
  }

  /** The KubeVirt objects; one at most in a well-kept cluster. @throws ApiServerError `ServiceUnavailable` */
  async list(): Promise<readonly KubeVirt[]> {
    try {
      const informer = await this.#started();
      const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(syncTimeout)]);
      if (!informer.synced) await informer.waitForSync({ signal });
      return informer.store.list();
    } catch (cause) {
      throw new ApiServerError('ServiceUnavailable', 'the KubeVirt objects could not be read', { cause });
    }
  }

  /** Calls `listener` with the objects, at once if there are any and after each change, until disposed of. */
  follow(listener: (kubeVirts: readonly KubeVirt[]) => void): Disposable {
    const subscription = new DisposableStack();
    this.#started().then(
      (informer) => {
        if (!subscription.disposed) subscription.use(informer.listen(() => listener(informer.store.list())));
      },
      (error: unknown) =>
        this.#logger.error('the KubeVirt objects are not followed', { error: String(error) }),
    );
    return subscription;
  }

  async #started(): Promise<Informer<KubeVirt>> {
    const starting = (this.#informer ??= this.#start());
    try {
      return await starting;
    } catch (error) {
      // The next question tries again.
      if (this.#informer === starting) this.#informer = undefined;
      throw error;
    }
  }

  async #start(): Promise<Informer<KubeVirt>> {
    const cache = new InformerCache({ client: await this.#client(), logger: this.#logger });
    const informer = cache.informer(resources.kubeVirts);
    this.#running = cache.run(this.#stopped.signal);
    return informer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }
}
