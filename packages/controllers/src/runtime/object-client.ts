import type { JsonPatch, KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import type { ObjectSource } from './object-source.ts';

/** The patches that controllers send. */
export type ObjectPatch =
  | { readonly type: 'json'; readonly operations: JsonPatch }
  | { readonly type: 'merge'; readonly body: object }
  | { readonly type: 'strategic'; readonly body: object };

export interface WriteScope {
  readonly namespace?: string;
  readonly signal?: AbortSignal;
}

/** What controllers need of the API for one kind. The SDK's `ResourceClient<T>` is one; errors carry its codes. */
export interface ObjectClient<T extends KubernetesObject> extends ObjectSource<T> {
  get(name: string, options?: WriteScope): Promise<T>;
  create(object: T, options?: WriteScope): Promise<T>;
  patch(name: string, patch: ObjectPatch, options?: WriteScope & { subresource?: string }): Promise<T>;
  delete(
    name: string,
    options?: WriteScope & {
      gracePeriodSeconds?: number;
      propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
      preconditions?: { uid?: string; resourceVersion?: string };
    },
  ): Promise<unknown>;
}

/** Gives the client of a kind. The SDK's `Client` is one. */
export interface ClientSet {
  resource<T extends KubernetesObject>(definition: ResourceDefinition<T>): ObjectClient<T>;
}
