import type { StoreEvent } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';

/** Receives the committed events of one stored resource, in revision order. */
export interface WatchSubscriber {
  onEvents(events: readonly StoreEvent[]): void;
  /** The resource is no longer served. */
  onResourceRemoved(): void;
}

/** Hands each committed event to the watchers of its resource, and to no others. */
export class WatchHub {
  readonly #subscribers = new Map<string, Set<WatchSubscriber>>();
  readonly #stop: () => void;

  constructor(store: Store) {
    this.#stop = store.onCommit((events) => this.#dispatch(events));
  }

  /** @returns the function that ends the subscription. */
  subscribe(resource: string, subscriber: WatchSubscriber): () => void {
    let subscribers = this.#subscribers.get(resource);
    if (subscribers === undefined) {
      subscribers = new Set();
      this.#subscribers.set(resource, subscribers);
    }
    subscribers.add(subscriber);
    const own = subscribers;
    return () => {
      own.delete(subscriber);
      if (own.size === 0 && this.#subscribers.get(resource) === own) this.#subscribers.delete(resource);
    };
  }

  /** The number of open watches. */
  get size(): number {
    return [...this.#subscribers.values()].reduce((sum, subscribers) => sum + subscribers.size, 0);
  }

  /** Ends the watches of a resource that is no longer served. */
  resourceRemoved(resource: string): void {
    for (const subscriber of [...(this.#subscribers.get(resource) ?? [])]) subscriber.onResourceRemoved();
  }

  #dispatch(events: readonly StoreEvent[]): void {
    const byResource = Map.groupBy(events, (event) => event.resource);
    for (const [resource, own] of byResource)
      for (const subscriber of [...(this.#subscribers.get(resource) ?? [])]) subscriber.onEvents(own);
  }

  close(): void {
    this.#stop();
    for (const resource of [...this.#subscribers.keys()]) this.resourceRemoved(resource);
  }
}
