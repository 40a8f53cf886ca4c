import { applyMergePatch, diffMergePatch, type KubernetesObject } from '@virtkit/core-types';
import { ifFound } from '../admission/if-found.ts';
import { isApiError } from '../errors.ts';

/** Metadata that the server owns: never part of what the caller wants. */
const serverOwned = ['uid', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'] as const;

/** How often the object may appear or vanish between the read and the write before the race is given up. */
const attempts = 5;

/** Where the object is. */
export interface ObjectStore<T extends KubernetesObject> {
  /** @throws ApiError `not-found` */
  get(name: string): Promise<T>;
  /** @throws ApiError `already-exists` */
  create(object: T): Promise<T>;
  /** Sends a merge patch, which makes `changed` of `stored` unless that has changed meanwhile. @throws ApiError `not-found` */
  change(name: string, sides: { readonly stored: T; readonly changed: T }, patch: object): Promise<T>;
}

/** See `ResourceClient.createOrPatch`. */
export async function createOrPatch<T extends KubernetesObject>(
  store: ObjectStore<T>,
  name: string,
  desired: T,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const live = await ifFound(store.get(name));
      return live === undefined
        ? await store.create(withoutVersion(desired))
        : await patchDifference(store, name, live, desired);
    } catch (error) {
      if (attempt >= attempts || !isApiError(error, 'not-found', 'already-exists')) throw error;
      // A missing namespace or kind is reported as not-found too, and does not heal.
      if (error.code === 'not-found' && error.status?.details?.name !== name) throw error;
    }
  }
}

async function patchDifference<T extends KubernetesObject>(
  store: ObjectStore<T>,
  name: string,
  live: T,
  desired: T,
): Promise<T> {
  const { resourceVersion } = desired.metadata;
  const wanted = applyMergePatch(live, withoutVersion(desired));
  const difference = diffMergePatch(live, wanted);
  if (difference === undefined) return live;
  const body =
    resourceVersion === undefined
      ? difference
      : applyMergePatch(difference, { metadata: { resourceVersion } });
  return store.change(name, { stored: live, changed: wanted as T }, body as object);
}

/** What the caller wants of the object; the status is left to its own subresource. */
function withoutVersion<T extends KubernetesObject>(object: T): T {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const field of [...serverOwned, 'resourceVersion']) Reflect.deleteProperty(metadata, field);
  const copy = { ...object, metadata };
  Reflect.deleteProperty(copy, 'status');
  return copy;
}
