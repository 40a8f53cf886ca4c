import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import { ControllerError } from './errors.ts';
import { keyOf } from './object-key.ts';
import { ObjectStore, type Change, type IndexFunction, type Store } from './store.ts';
import { Watcher, type WatcherCounters, type WatcherOptions } from './watcher.ts';

/**
 * What an informer follows: a kind, and the namespace and selectors of {@link WatcherOptions}. Indexes may be added
 * later too.
 */
export type InformerOptions<T extends KubernetesObject> = Omit<
  WatcherOptions<T>,
  'store' | 'onChange' | 'onSynced'
> & {
  readonly definition: ResourceDefinition<T>;
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
};

/** A store that follows the API server, and whom to tell about it. Shared by all controllers that read this kind. */
export interface Informer<T extends KubernetesObject> {
  readonly definition: ResourceDefinition<T>;
  readonly store: Store<T>;
  readonly synced: boolean;
  readonly counters: WatcherCounters;
  /** Adds an index to the store. @throws ControllerError `misconfigured` when another index has this name. */
  addIndex(name: string, of: IndexFunction<T>): void;
  /** Calls `listener` for each change; for what the store already holds it is called at once, as additions. */
  listen(listener: (change: Change<T>) => void): Disposable;
  /** Resolves when the first list is in the store. @throws ControllerError `not-synced` when the signal aborts first. */
  waitForSync(options?: { signal?: AbortSignal }): Promise<void>;
  /** Follows the server until the signal aborts. To be called once. */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes an informer; nothing is read until `run`. */
export function createInformer<T extends KubernetesObject>(options: InformerOptions<T>): Informer<T> {
  return new SharedInformer(options);
}

class SharedInformer<T extends KubernetesObject> implements Informer<T> {
  readonly definition: ResourceDefinition<T>;
  readonly store: ObjectStore<T>;
  readonly #watcher: Watcher<T>;
  readonly #listeners = new Set<(change: Change<T>) => void>();
  readonly #firstList = Promise.withResolvers<void>();

  constructor({ definition, indexes, ...options }: InformerOptions<T>) {
    this.definition = definition;
    this.store = new ObjectStore<T>(indexes);
    this.#watcher = new Watcher({
      ...options,
      store: this.store,
      onChange: (change) => this.#tell(change),
      onSynced: () => this.#firstList.resolve(),
    });
  }

  get synced(): boolean {
    return this.#watcher.synced;
  }

  get counters(): WatcherCounters {
    return this.#watcher.counters;
  }

  addIndex(name: string, of: IndexFunction<T>): void {
    this.store.addIndex(name, of);
  }

  listen(listener: (change: Change<T>) => void): Disposable {
    this.#listeners.add(listener);
    for (const object of this.store.list()) {
      listener({ kind: 'added', key: keyOf(object), object });
    }
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  async waitForSync({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.synced) return;
    const aborted = Promise.withResolvers<never>();
    const onAbort = () =>
      aborted.reject(
        new ControllerError('not-synced', 'the first list did not complete', { cause: signal?.reason }),
      );
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([this.#firstList.promise, aborted.promise]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#watcher.run(signal);
  }

  // Each listener is called whatever the others do; the first error goes to the watcher, which counts and logs it.
  #tell(change: Change<T>): void {
    const errors: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} listener(s) failed`);
  }
}
