import type { JsonPatchOperation } from '../admission/types.ts';
import type { KubeObject, ObjectMeta } from '../object/types.ts';

/** Which objects a client is for. */
export interface ClientKind {
  /** Such as `v1` or `example.com/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
}

/** What a type of objects must have; interfaces without an index signature fit too. */
export interface TypedObject {
  apiVersion?: string;
  kind?: string;
  metadata?: Partial<ObjectMeta>;
}

/** An object as the server answers it: with its type and all metadata. */
export type Served<T extends TypedObject> = T &
  Required<Pick<TypedObject, 'apiVersion' | 'kind'>> & {
    metadata: ObjectMeta & { name: string; uid: string; resourceVersion: string };
  };

/** What every call takes. */
export interface CallOptions {
  /** Of a namespaced object; default: the object's own, or else `default`. */
  readonly namespace?: string;
  readonly signal?: AbortSignal;
}

/** What a call takes that writes. */
export interface WriteOptions extends CallOptions {
  /** Goes through everything but storing. */
  readonly dryRun?: boolean;
  /** Default `Strict`: an unknown or duplicate field is an error. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** Such as `status` or `scale`; not for `create`. */
  readonly subresource?: string;
  /** Who owns the fields that are written. */
  readonly fieldManager?: string;
}

/** How an object is deleted. */
export interface DeleteOptions extends CallOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** Which objects are meant. `namespace: '*'` is all namespaces. */
export interface SelectOptions extends CallOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** What a list takes. */
export interface ListOptions extends SelectOptions {
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

/** What a watch takes. */
export interface WatchOptions extends SelectOptions {
  /** Starts with what happens after this revision; with all present objects, as `ADDED`, when absent. */
  readonly resourceVersion?: string;
}

/** One page of a list. */
export interface ObjectList<T> {
  readonly items: T[];
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

/** One event of a watch. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

/** A patch: members to merge (RFC 7396; null removes), or operations (RFC 6902). */
export type Patch = Readonly<Record<string, unknown>> | readonly JsonPatchOperation[];

/**
 * Reads and writes the objects of one kind. Every call goes over the network, as those of any other client do, and rejects with
 * an {@link ApiServerError} whose `code` is the reason that the server gave.
 */
export interface ResourceClient<T extends TypedObject = KubeObject> {
  /** The object of that name, as it is now. @throws ApiServerError `NotFound` */
  get(name: string, options?: CallOptions): Promise<Served<T>>;
  /** All objects that the selectors let through, of one namespace or of all, with the revision they are of. */
  list(options?: ListOptions): Promise<ObjectList<Served<T>>>;
  /** Makes an object. @throws ApiServerError `AlreadyExists`, `Invalid` */
  create(object: T, options?: Omit<WriteOptions, 'subresource'>): Promise<Served<T>>;
  /** Replaces an object; with a `metadata.resourceVersion` only if nobody else has changed it. */
  update(object: T, options?: WriteOptions): Promise<Served<T>>;
  /** Changes what the patch names and nothing else. @throws ApiServerError `NotFound`, `Invalid` */
  patch(name: string, patch: Patch, options?: WriteOptions): Promise<Served<T>>;
  /**
   * Server-side apply: makes the fields of `object`, and no others, those of `fieldManager`.
   * @param options `force` takes fields over from other managers instead of failing with `Conflict`.
   */
  apply(
    object: T,
    options: WriteOptions & { readonly fieldManager: string; readonly force?: boolean },
  ): Promise<Served<T>>;
  /** Asks for the deletion; finalizers may keep the object for a while. */
  delete(name: string, options?: DeleteOptions): Promise<void>;
  /**
   * The events until the signal is aborted or the loop is left. Bookmarks are not told.
   * @throws ApiServerError also in the middle, such as `Expired`
   */
  watch(options?: WatchOptions): AsyncIterableIterator<WatchEvent<Served<T>>>;
}
