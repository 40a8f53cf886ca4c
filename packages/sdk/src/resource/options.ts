import type { KubernetesObject } from '@virtkit/core-types';
import type { JsonPatchOperation } from '@virtkit/core-types';

/** Which object, and how long to wait for the answer. */
export interface ScopeOptions {
  /** The client's namespace when absent; ignored for kinds without namespaces. */
  readonly namespace?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which objects. */
export interface SelectionOptions {
  /** `all` is every namespace; the client's namespace when absent. */
  readonly namespace?: string | undefined;
  /** For example `app=db,tier notin (test)`. */
  readonly labelSelector?: string | undefined;
  /** For example `metadata.name=db`; what can be selected by is up to the kind. */
  readonly fieldSelector?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which objects, and how many at a time. */
export interface ListOptions extends SelectionOptions {
  /** Most objects in one answer; the rest is reached by `continue`. */
  readonly limit?: number | undefined;
  /** Token from the previous page's metadata. */
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan' | undefined;
}

/** Which objects, and from when on. */
export interface WatchOptions extends SelectionOptions {
  /** Report what happened after this version; when absent, all present objects come first as ADDED. */
  readonly resourceVersion?: string | undefined;
  /** Send BOOKMARK events, which carry nothing but a newer resource version. Default true. */
  readonly allowWatchBookmarks?: boolean | undefined;
  /** Seconds after which the server ends the watch. */
  readonly timeoutSeconds?: number | undefined;
  readonly sendInitialEvents?: boolean | undefined;
  readonly resourceVersionMatch?: 'NotOlderThan' | undefined;
}

/** Where an object is written and how the server treats it. */
export interface WriteOptions extends ScopeOptions {
  /** Do everything but store the result. */
  readonly dryRun?: boolean | undefined;
  /** Name under which the server books the fields that this request sets. */
  readonly fieldManager?: string | undefined;
  /** What the server does with unknown and repeated fields. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined;
}

/** The same for a write that may go to a part of the object. */
export interface SubresourceWriteOptions extends WriteOptions {
  /** For example `status`. */
  readonly subresource?: string | undefined;
}

/** Options of server-side apply; `fieldManager` names who owns the fields. */
export interface ApplyOptions extends SubresourceWriteOptions {
  readonly fieldManager: string;
  /** Take over fields that another manager owns. */
  readonly force?: boolean | undefined;
}

/** How an object goes: how long it may take, what goes with it, and whether it is still the one that was meant. */
export interface DeleteOptions extends ScopeOptions {
  /** Seconds that the object has to end; the kind's default when absent, 0 is at once. */
  readonly gracePeriodSeconds?: number | undefined;
  /** What happens to objects that this one owns: kept, deleted afterwards, or deleted before it. */
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined;
  /** Delete only if the object still is this one. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Which objects go, and how; without a selector all of the namespace. */
export interface DeleteCollectionOptions extends SelectionOptions, Omit<DeleteOptions, 'preconditions'> {}

/** A change of an object, in one of the forms that Kubernetes accepts. */
export type Patch =
  /** RFC 6902; fails as a whole when a `test` fails. */
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
  /** RFC 7396: null removes a field, lists are replaced. */
  | { readonly type: 'merge'; readonly body: object }
  /** Lists of built-in kinds merge by key; not for custom resources. */
  | { readonly type: 'strategic'; readonly body: object }
  /** Server-side apply; needs a field manager. */
  | { readonly type: 'apply'; readonly body: object; readonly force?: boolean | undefined };

/** A page of objects. */
export interface KubernetesList<T> {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata: {
    readonly resourceVersion?: string | undefined;
    /** Token of the next page; absent or empty on the last. */
    readonly continue?: string | undefined;
    readonly remainingItemCount?: number | undefined;
  };
  readonly items: T[];
}

/** One event of a watch. A BOOKMARK's object has nothing but its kind and `metadata.resourceVersion`. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: KubernetesObject };
