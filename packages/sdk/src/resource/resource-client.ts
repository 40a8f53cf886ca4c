import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import type { Judgement } from '../admission/judgement.ts';
import type {
  ApplyOptions,
  DeleteCollectionOptions,
  DeleteOptions,
  KubernetesList,
  ListOptions,
  Patch,
  ScopeOptions,
  SubresourceWriteOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './options.ts';
import type { HttpMethod, Query } from '../transport/request.ts';

/** A request to a subresource that has no method of its own. */
export interface SubresourceRequest extends ScopeOptions {
  /** GET when absent. */
  readonly method?: HttpMethod | undefined;
  readonly body?: unknown;
  readonly query?: Query | undefined;
}

/**
 * The objects of one kind. Every method raises only `ApiError`; those that write send exactly what they are given, so
 * fields that the types do not know survive.
 */
export interface ResourceClient<T extends KubernetesObject> {
  readonly definition: ResourceDefinition<T>;

  /** The object as the server has it now. @throws ApiError `not-found` */
  get(name: string, options?: ScopeOptions): Promise<T>;

  /** One page; the whole list when no `limit` is given. Items carry apiVersion and kind, also where the server omits them. */
  list(options?: ListOptions): Promise<KubernetesList<T>>;

  /** All pages of a list, each of at most `limit` objects (default 500), all of one resource version. */
  pages(options?: ListOptions): AsyncIterable<KubernetesList<T>>;

  /**
   * One watch request. Ends when the server ends it, which it does every few minutes: go on from the last resource version.
   *
   * @throws ApiError `gone` when the resource version is too old, `connection` when the stream broke
   */
  watch(options?: WatchOptions): AsyncIterable<WatchEvent<T>>;

  /** Stores a new object and returns it with what the server added (uid, defaults). @throws ApiError `already-exists`, `invalid` */
  create(object: T, options?: WriteOptions): Promise<T>;

  /** Replaces the whole object; with `metadata.resourceVersion` only if it still has that version. @throws ApiError `conflict` */
  replace(object: T, options?: SubresourceWriteOptions): Promise<T>;

  /** Changes a part of the object, returns the whole. @throws ApiError `not-found`, `invalid`, `conflict` (also when a JSON patch with a `test` does not apply) */
  patch(name: string, patch: Patch, options?: SubresourceWriteOptions): Promise<T>;

  /**
   * Server-side apply: the server merges by field ownership.
   *
   * @throws ApiError `conflict` when another manager owns a field and `force` is off; `unsupported-media-type` when the
   * server does not offer it (`createOrPatch` works everywhere)
   */
  apply(object: T, options: ApplyOptions): Promise<T>;

  /**
   * Creates the object or, when it exists, merge-patches what differs; nothing is written when nothing does. Fields that
   * the given object does not mention stay as they are, `null` removes one, lists are replaced. With
   * `metadata.resourceVersion` an existing object is changed only if it still has that version.
   */
  createOrPatch(object: T, options?: WriteOptions): Promise<T>;

  /**
   * What the server's admission would say of the object, without sending it: if it were created, or, where it exists,
   * replaced. Works on any client; `validate: 'admission'` of `connect` does this before every write. KubeVirt's own kinds are
   * judged by all of KubeVirt's rules, others by their schema.
   */
  validate(object: T, options?: ScopeOptions): Promise<Judgement<T>>;

  /** The object while finalizers or a grace period keep it, undefined when it is gone at once. @throws ApiError `not-found` */
  delete(name: string, options?: DeleteOptions): Promise<T | undefined>;

  /** Deletes everything that the options select. */
  deleteCollection(options?: DeleteCollectionOptions): Promise<void>;

  /** Any other subresource; the parsed body of the answer, undefined when empty, text when it is not JSON. */
  subresource(name: string, subresource: string, request?: SubresourceRequest): Promise<unknown>;
}
