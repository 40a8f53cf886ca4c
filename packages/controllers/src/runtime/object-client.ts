import type { JsonPatch, KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import type { ObjectSource } from './object-source.ts';

/** The patches that controllers send. */
export type ObjectPatch =
  | { readonly type: 'json'; readonly operations: JsonPatch }
  | { readonly type: 'merge'; readonly body: object }
  | { readonly type: 'strategic'; readonly body: object };

/** Where an object is; `namespace` is needed for kinds that have one, unless the client has a default. */
export interface WriteScope {
  readonly namespace?: string;
  readonly signal?: AbortSignal;
}

/** What controllers need of the API for one kind. The SDK's `ResourceClient<T>` is one; errors carry its codes. */
export interface ObjectClient<T extends KubernetesObject> extends ObjectSource<T> {
  /** The object as the server has it now. @throws the client's error with code `not-found` */
  get(name: string, options?: WriteScope): Promise<T>;
  /** Stores a new object. @throws the client's error with code `already-exists` or `invalid` */
  create(object: T, options?: WriteScope): Promise<T>;
  /** Changes a part of the object, returns the whole. @throws the client's error with code `not-found`, `conflict` or `invalid` */
  patch(name: string, patch: ObjectPatch, options?: WriteScope & { subresource?: string }): Promise<T>;
  /**
   * Resolves when the deletion is accepted; finalizers may keep the object longer.
   * @throws the client's error with code `not-found`, or `conflict` when a precondition fails
   */
  delete(
    name: string,
    options?: WriteScope & {
      gracePeriodSeconds?: number;
      propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
      preconditions?: { uid?: string; resourceVersion?: string };
    },
  ): Promise<unknown>;
  /**
   * A request to a subresource of an object, with any method; the parsed body of the answer.
   * @throws the client's error, for example with code `too-many-requests` where an eviction is not allowed now
   */
  subresource(
    name: string,
    subresource: string,
    request?: WriteScope & { readonly method?: 'GET' | 'POST' | 'PUT'; readonly body?: unknown },
  ): Promise<unknown>;
}

/** Gives the client of a kind. The SDK's `Client` is one. */
export interface ClientSet {
  /** The client of a kind; cheap, so it need not be kept. */
  resource<T extends KubernetesObject>(definition: ResourceDefinition<T>): ObjectClient<T>;
}
