import type { StatusCause } from '../errors.ts';
import type { JsonObject } from '../object/json.ts';
import type { GroupVersionResource, KubeObject } from '../object/types.ts';

/** Who makes a request. */
export interface UserInfo {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  /** What the authenticator knows besides, as TokenReview and AdmissionReview call it. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What a request does to an object. `CONNECT` is a subresource that streams, such as exec. */
export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** One request on its way to the store. Objects are copies: changing them changes nothing. */
export interface AdmissionRequest {
  readonly operation: AdmissionOperation;
  readonly resource: GroupVersionResource;
  readonly kind: string;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  /** Empty while a name is still to be generated. */
  readonly name: string;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** The new object; absent for `DELETE` and `CONNECT`. */
  readonly object: KubeObject | undefined;
  /** The present object; absent for `CREATE`. */
  readonly oldObject: KubeObject | undefined;
  /** CreateOptions, UpdateOptions or DeleteOptions of the request. */
  readonly options?: JsonObject;
  /** Group and version of `kind`, where they are not those of the resource (`policy/v1 Eviction` of a Pod). */
  readonly kindVersion?: { readonly group: string; readonly version: string };
  /** Set where a subresource has a kind of its own: what webhooks see in the place of the object. */
  readonly view?: AdmissionView;
}

/** How a subresource shows an object, such as `autoscaling/v1 Scale`. */
export interface AdmissionView {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  show(object: KubeObject): KubeObject;
  /** The object after a change of what was shown of it. */
  apply(object: KubeObject, shown: KubeObject): KubeObject;
}

/** One operation of a JSON patch (RFC 6902); paths are JSON pointers. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string };

/** What a mutating plugin wants changed: a whole object or a JSON patch (RFC 6902) of it. */
export interface AdmissionMutation {
  object?: KubeObject;
  patch?: readonly JsonPatchOperation[];
  /** Refuses the request instead: no plugin after this one is asked. */
  denied?: AdmissionDenial;
  warnings?: readonly string[];
}

/** A refusal, sent to the client as a Status. */
export interface AdmissionDenial {
  message: string;
  /** HTTP status, 403 unless given. */
  code?: number;
  /** `Status.reason`, `Forbidden` unless given (`Invalid` with code 422). */
  reason?: string;
  causes?: readonly StatusCause[];
}

/** The answer of a validating plugin. */
export interface AdmissionVerdict {
  denied?: AdmissionDenial;
  warnings?: readonly string[];
}

/** Subject of a match: the resource and, for a subresource, its name. */
export interface AdmissionTarget extends GroupVersionResource {
  subresource: string | undefined;
}

type Awaitable<T> = T | Promise<T>;

/**
 * Admission in process. Mutations run in the order of the plugins, then all validations. A thrown `ApiServerError` also
 * denies; any other thrown error fails the request with 500.
 */
export interface AdmissionPlugin {
  readonly name: string;
  /** Whether the plugin is asked about such requests at all; must not depend on anything else. */
  matches(target: AdmissionTarget, operation: AdmissionOperation): boolean;
  /** Changes the object before it is validated; undefined leaves it as it is. */
  mutate?(request: AdmissionRequest): Awaitable<AdmissionMutation | undefined>;
  /** Allows or refuses the object as it would be stored; undefined allows. */
  validate?(request: AdmissionRequest): Awaitable<AdmissionVerdict | undefined>;
}

/** What comes after the plugins: admission that is configured by objects of the API, such as webhooks and policies. */
export interface AdmissionStep {
  /**
   * The object after this step's mutations.
   * @param again asks everything before this step once more, as Kubernetes does after a webhook has changed something.
   */
  mutate?(
    request: AdmissionRequest,
    object: KubeObject | undefined,
    warnings: string[],
    again: (object: KubeObject | undefined) => Promise<KubeObject | undefined>,
  ): Promise<KubeObject | undefined>;
  /** @throws ApiServerError when the request is refused */
  validate?(request: AdmissionRequest, warnings: string[]): Promise<void>;
}
