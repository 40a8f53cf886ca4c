// Keeps a store equal to what the API server has: list once, then watch from the list's version for ever.
//
//   listing --ok--> connecting --open--> watching --event--> watching
//      ^                |                   |--server ended it--> connecting   (resumes after the last version seen)
//      |                |                   |--connection lost--> backing-off --> connecting
//      +----------------+----- gone (410): the versions in between are lost, so list again and tell the difference
//
// The store is committed before anybody hears of a change, and whatever a listener does, the watch goes on.
import type { KubernetesObject } from '@virtkit/core-types';
import { backoffDelay, type BackoffOptions } from './backoff.ts';
import { systemClock, type Clock } from './clock.ts';
import { ControllerError, errorCode, errorMessage } from './errors.ts';
import { silentLogger, type Logger } from './log.ts';
import { keyOf } from './object-key.ts';
import type { ObjectEvent, ObjectPage, ObjectSelection, ObjectSource } from './object-source.ts';
import type { Change, ObjectStore } from './store.ts';

/** Where the watcher stands; `step` takes it to the next state. */
export type WatcherState<T> =
  | { readonly kind: 'listing' }
  | { readonly kind: 'connecting'; readonly resourceVersion: string }
  | {
      readonly kind: 'watching';
      readonly resourceVersion: string;
      readonly events: AsyncIterator<ObjectEvent<T>>;
      readonly openedAt: number;
      /** Whether this watch has delivered anything yet. */
      readonly delivered: boolean;
    }
  | { readonly kind: 'backing-off'; readonly delayMs: number; readonly next: WatcherState<T> };

/** What a watcher reads, where it keeps it, and how patient it is. */
export interface WatcherOptions<T extends KubernetesObject> extends ObjectSelection {
  readonly source: ObjectSource<T>;
  readonly store: ObjectStore<T>;
  /** Hears of each change after the store has it. What it throws is logged and counted, and changes nothing here. */
  readonly onChange: (change: Change<T>) => void;
  /** Hears once that the first list is in the store. */
  readonly onSynced?: () => void;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Objects per page of a list; default 500. */
  readonly pageSize?: number;
  /** Default: 0.8 s doubling to 30 s, with up to 100 % jitter. */
  readonly backoff?: BackoffOptions;
  /** Numbers in [0, 1), for the jitter. */
  readonly random?: () => number;
}

/** What went on, for metrics and soak tests. */
export interface WatcherCounters {
  readonly lists: number;
  readonly watches: number;
  readonly events: number;
  readonly errors: number;
  /**
   * Changes that the watch did not deliver: found only by listing again, or an event that contradicts the store (an
   * update of an unknown object, the addition of a known one). Zero unless the server compacted its history.
   */
  readonly missedEvents: number;
  readonly listenerErrors: number;
}

const defaultBackoff: BackoffOptions = { baseMs: 800, maxMs: 30_000, jitter: 1 };

// Errors after which the same version is still good: the server or the way to it had a problem, not our position.
const resumable = new Set([
  'connection',
  'timeout',
  'unavailable',
  'too-many-requests',
  'internal',
  'aborted',
]);

// A watch that ends this soon without an event is a server that does not want us; asking again at once would spin.
const shortestWatchMs = 1_000;

/** The continuation of a list is no longer there. */
class ExpiredPage extends Error {}

/** The watcher as a step function; `run` steps until its signal aborts. */
export class Watcher<T extends KubernetesObject> {
  readonly #options: WatcherOptions<T>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #state: WatcherState<T> = { kind: 'listing' };
  #synced = false;
  #failures = 0;
  readonly #counters = { lists: 0, watches: 0, events: 0, errors: 0, missedEvents: 0, listenerErrors: 0 };

  constructor(options: WatcherOptions<T>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
  }

  get state(): WatcherState<T> {
    return this.#state;
  }

  get synced(): boolean {
    return this.#synced;
  }

  get counters(): WatcherCounters {
    return { ...this.#counters };
  }

  /** Steps until the signal aborts; then closes the watch and returns. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.step(signal);
    if (this.#state.kind === 'watching') await this.#close(this.#state.events);
  }

  /** Does one thing (a list, one connection, one event, one wait) and moves to the next state. Never throws. */
  async step(signal: AbortSignal): Promise<WatcherState<T>> {
    const state = this.#state;
    try {
      this.#state = await this.#next(state, signal);
    } catch (error) {
      if (state.kind === 'watching') await this.#close(state.events);
      this.#state = signal.aborted ? this.#position(state) : this.#afterError(state, error);
    }
    return this.#state;
  }

  #next(state: WatcherState<T>, signal: AbortSignal): Promise<WatcherState<T>> {
    switch (state.kind) {
      case 'listing':
        return this.#list(signal);
      case 'connecting':
        return this.#connect(state.resourceVersion, signal);
      case 'watching':
        return this.#receive(state);
      case 'backing-off':
        return this.#clock.sleep(state.delayMs, { signal }).then(() => state.next);
    }
  }

  async #list(signal: AbortSignal): Promise<WatcherState<T>> {
    this.#counters.lists++;
    const { items, resourceVersion } = await this.#listAll(signal);
    const changes = this.#options.store.replace(items);
    if (this.#synced) this.#counters.missedEvents += changes.length;
    for (const change of changes) this.#tell(change);
    if (!this.#synced) {
      this.#synced = true;
      this.#options.onSynced?.();
    }
    return { kind: 'connecting', resourceVersion };
  }

  async #listAll(signal: AbortSignal): Promise<{ items: T[]; resourceVersion: string }> {
    try {
      return await this.#listPages(signal, this.#options.pageSize ?? 500);
    } catch (error) {
      if (!(error instanceof ExpiredPage)) throw error;
      // The snapshot behind the token expired half way: take everything in one answer instead.
      return await this.#listPages(signal, undefined);
    }
  }

  async #listPages(
    signal: AbortSignal,
    limit: number | undefined,
  ): Promise<{ items: T[]; resourceVersion: string }> {
    const items: T[] = [];
    let token: string | undefined;
    let resourceVersion: string | undefined;
    do {
      const page = await this.#listPage(signal, limit, token);
      items.push(...page.items);
      // All pages show one snapshot; should they not, the oldest version is the safe one to watch from.
      resourceVersion ??= page.metadata.resourceVersion;
      token = page.metadata.continue === '' ? undefined : page.metadata.continue;
    } while (token !== undefined);
    if (resourceVersion === undefined || resourceVersion === '') {
      throw new ControllerError('protocol', 'a list came without resourceVersion');
    }
    return { items, resourceVersion };
  }

  async #listPage(
    signal: AbortSignal,
    limit: number | undefined,
    token: string | undefined,
  ): Promise<ObjectPage<T>> {
    try {
      return await this.#options.source.list({ ...this.#selection(), limit, continue: token, signal });
    } catch (error) {
      if (errorCode(error) === 'gone' && token !== undefined) throw new ExpiredPage();
      throw error;
    }
  }

  async #connect(resourceVersion: string, signal: AbortSignal): Promise<WatcherState<T>> {
    this.#counters.watches++;
    const random = this.#options.random ?? Math.random;
    const events = this.#options.source.watch({
      ...this.#selection(),
      resourceVersion,
      allowWatchBookmarks: true,
      // Spread over five minutes, so that not all watchers reconnect at once.
      timeoutSeconds: 300 + Math.floor(300 * random()),
      signal,
    });
    return {
      kind: 'watching',
      resourceVersion,
      events: events[Symbol.asyncIterator](),
      openedAt: this.#clock.now(),
      delivered: false,
    };
  }

  async #receive(state: WatcherState<T> & { kind: 'watching' }): Promise<WatcherState<T>> {
    const result = await state.events.next();
    if (result.done !== true) {
      const resourceVersion = this.#apply(result.value);
      this.#failures = 0;
      return { ...state, resourceVersion, delivered: true };
    }
    const next: WatcherState<T> = { kind: 'connecting', resourceVersion: state.resourceVersion };
    if (state.delivered || this.#clock.now() - state.openedAt >= shortestWatchMs) return next;
    return { kind: 'backing-off', delayMs: this.#delay(), next };
  }

  /** Commits one event and tells it; returns the version to resume after. */
  #apply(event: ObjectEvent<T>): string {
    const resourceVersion = event.object.metadata.resourceVersion;
    if (resourceVersion === undefined || resourceVersion === '') {
      throw new ControllerError('protocol', `a watch event ${event.type} came without resourceVersion`);
    }
    if (event.type === 'BOOKMARK') return resourceVersion;
    const { type, object } = event;
    this.#counters.events++;
    const { store } = this.#options;
    const known = store.get(keyOf(object));
    if ((type === 'ADDED') === (known !== undefined) && known?.metadata.resourceVersion !== resourceVersion) {
      this.#counters.missedEvents++;
    }
    if (type === 'DELETED') this.#tell(store.remove(keyOf(object), object));
    else {
      const replaced = known !== undefined && known.metadata.uid !== object.metadata.uid;
      if (replaced) this.#tell(store.remove(keyOf(object)));
      this.#tell(store.put(object));
    }
    return resourceVersion;
  }

  #tell(change: Change<T> | undefined): void {
    if (change === undefined) return;
    try {
      this.#options.onChange(change);
    } catch (error) {
      this.#counters.listenerErrors++;
      this.#logger.error('a listener of a watch failed', { key: change.key, error: errorMessage(error) });
    }
  }

  #afterError(state: WatcherState<T>, error: unknown): WatcherState<T> {
    this.#counters.errors++;
    const code = errorCode(error);
    const position = this.#position(state);
    const next: WatcherState<T> =
      position.kind === 'connecting' && code !== undefined && resumable.has(code)
        ? position
        : { kind: 'listing' };
    this.#logger.warn('a watch was interrupted', { code, error: errorMessage(error), then: next.kind });
    // Losing the position once is ordinary; only a server that keeps saying so is waited for.
    if (code === 'gone' && this.#failures++ === 0) return next;
    return { kind: 'backing-off', delayMs: this.#delay(), next };
  }

  #position(state: WatcherState<T>): WatcherState<T> {
    switch (state.kind) {
      case 'listing':
        return state;
      case 'connecting':
      case 'watching':
        return { kind: 'connecting', resourceVersion: state.resourceVersion };
      case 'backing-off':
        return this.#position(state.next);
    }
  }

  #delay(): number {
    this.#failures++;
    return backoffDelay(this.#options.backoff ?? defaultBackoff, this.#failures, this.#options.random);
  }

  #selection(): ObjectSelection {
    const { namespace = 'all', labelSelector, fieldSelector } = this.#options;
    return { namespace, labelSelector, fieldSelector };
  }

  async #close(events: AsyncIterator<ObjectEvent<T>>): Promise<void> {
    try {
      await events.return?.();
    } catch (error) {
      // The stream is given up in any case; how it ended changes nothing but is worth knowing.
      this.#logger.debug('a watch did not close cleanly', { error: errorMessage(error) });
    }
  }
}
