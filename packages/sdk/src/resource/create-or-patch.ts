import { applyMergePatch, diffMergePatch, type KubernetesObject } from '@virtkit/core-types';
import { isApiError } from '../errors.ts';
import type { WriteOptions } from './options.ts';
import type { ResourceClient } from './resource-client.ts';

/** Metadata that the server owns: never part of what the caller wants. */
const serverOwned = ['uid', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'] as const;

/** How often the object may appear or vanish between the read and the write before the race is given up. */
const attempts = 5;

/** See `ResourceClient.createOrPatch`. */
export async function createOrPatch<T extends KubernetesObject>(
  client: ResourceClient<T>,
  name: string,
  desired: T,
  options: WriteOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const live = await find(client, name, options);
      return live === undefined
        ? await client.create(withoutVersion(desired), options)
        : await patchDifference(client, name, live, desired, options);
    } catch (error) {
      if (attempt >= attempts || !isApiError(error, 'not-found', 'already-exists')) throw error;
      // A missing namespace or kind is reported as not-found too, and does not heal.
      if (error.code === 'not-found' && error.status?.details?.name !== name) throw error;
    }
  }
}

async function find<T extends KubernetesObject>(
  client: ResourceClient<T>,
  name: string,
  options: WriteOptions,
): Promise<T | undefined> {
  try {
    return await client.get(name, { namespace: options.namespace, signal: options.signal });
  } catch (error) {
    if (isApiError(error, 'not-found')) return undefined;
    throw error;
  }
}

async function patchDifference<T extends KubernetesObject>(
  client: ResourceClient<T>,
  name: string,
  live: T,
  desired: T,
  options: WriteOptions,
): Promise<T> {
  const { resourceVersion } = desired.metadata;
  const wanted = applyMergePatch(live, withoutVersion(desired));
  const difference = diffMergePatch(live, wanted);
  if (difference === undefined) return live;
  const body =
    resourceVersion === undefined
      ? difference
      : applyMergePatch(difference, { metadata: { resourceVersion } });
  return client.patch(name, { type: 'merge', body: body as object }, options);
}

/** What the caller wants of the object; the status is left to its own subresource. */
function withoutVersion<T extends KubernetesObject>(object: T): T {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const field of [...serverOwned, 'resourceVersion']) Reflect.deleteProperty(metadata, field);
  const copy = { ...object, metadata };
  Reflect.deleteProperty(copy, 'status');
  return copy;
}
