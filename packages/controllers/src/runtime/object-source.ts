import type { KubernetesObject } from '@virtkit/core-types';

/** One page of a list. */
export interface ObjectPage<T> {
  readonly metadata: {
    readonly resourceVersion?: string | undefined;
    readonly continue?: string | undefined;
  };
  readonly items: readonly T[];
}

/** One event of a watch. A BOOKMARK's object carries only a resourceVersion. */
export type ObjectEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: KubernetesObject };

/** Which objects to list and watch. */
export interface ObjectSelection {
  /** A namespace, or `all` (the default of an informer). */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/**
 * What the watcher needs of the API server: a paged list and one HTTP watch. The SDK's `ResourceClient<T>` is one.
 * Both throw an error whose `code` is `gone` when the server no longer has the asked version.
 */
export interface ObjectSource<T extends KubernetesObject> {
  /** One page, of at most `limit` objects; `metadata.continue` leads to the next. */
  list(
    options: ObjectSelection & { limit?: number; continue?: string; signal?: AbortSignal },
  ): Promise<ObjectPage<T>>;
  /**
   * Changes after `resourceVersion`, until the server ends the watch (normal, every few minutes) or `signal` aborts.
   */
  watch(
    options: ObjectSelection & {
      resourceVersion?: string;
      allowWatchBookmarks?: boolean;
      timeoutSeconds?: number;
      signal?: AbortSignal;
    },
  ): AsyncIterable<ObjectEvent<T>>;
}
