import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import { systemClock, type Clock } from './clock.ts';
import { createInformer, type Informer } from './informer.ts';
import { silentLogger, type Logger } from './log.ts';
import type { ClientSet } from './object-client.ts';
import type { ObjectSelection } from './object-source.ts';
import type { IndexFunction } from './store.ts';

/** What all informers of a cache have in common. */
export interface InformerCacheOptions {
  readonly client: ClientSet;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Only objects of this namespace, where a kind has namespaces; default all. */
  readonly namespace?: string;
}

/** Informers that several controllers share: each kind and selection is listed and watched once. */
export class InformerCache {
  readonly #options: InformerCacheOptions;
  readonly #informers = new Map<string, Informer<KubernetesObject>>();

  constructor(options: InformerCacheOptions) {
    this.#options = options;
  }

  /** The informer of a kind; asking again with the same selection gives the same one, with the indexes added. */
  informer<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    options: ObjectSelection & { indexes?: Readonly<Record<string, IndexFunction<T>>> } = {},
  ): Informer<T> {
    const { client, clock = systemClock, logger = silentLogger } = this.#options;
    const { indexes = {}, ...selection } = options;
    const namespace =
      selection.namespace ?? (definition.namespaced ? this.#options.namespace : undefined) ?? 'all';
    const id = JSON.stringify([
      definition.group,
      definition.version,
      definition.plural,
      namespace,
      selection.labelSelector,
      selection.fieldSelector,
    ]);
    // The id names the kind, so an informer found under it is of type T.
    const existing = this.#informers.get(id) as Informer<T> | undefined;
    if (existing !== undefined) {
      for (const [name, of] of Object.entries(indexes)) existing.addIndex(name, of);
      return existing;
    }
    const informer = createInformer<T>({
      definition,
      source: client.resource(definition),
      ...selection,
      namespace,
      clock,
      logger,
      indexes,
    });
    this.#informers.set(id, informer);
    return informer;
  }

  /** Every informer asked for so far. */
  informers(): readonly Informer<KubernetesObject>[] {
    return [...this.#informers.values()];
  }

  /** Follows the server with every informer asked for so far, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.informers().map((informer) => informer.run(signal)));
  }

  /** Resolves when the first lists of all informers are in their stores. */
  async waitForSync(options: { signal?: AbortSignal } = {}): Promise<void> {
    await Promise.all(this.informers().map((informer) => informer.waitForSync(options)));
  }
}
