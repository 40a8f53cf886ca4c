import type { KubernetesObject } from '@virtkit/core-types';
import { isApiError, type ResourceClient } from '@virtkit/sdk';

/** An object as a watch told of it, and when by this process's monotonic clock (`performance.now()`). */
export interface Sighting<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: T;
  at: number;
}

/**
 * Tells of every change in the namespace from now on, as it arrives, until the signal aborts.
 * @returns once nothing that happens later can be missed; `ended` then rejects if the watch breaks.
 */
export async function watchObjects<T extends KubernetesObject>(
  client: ResourceClient<T>,
  namespace: string,
  signal: AbortSignal,
  seen: (sighting: Sighting<T>) => void,
): Promise<{ ended: Promise<void> }> {
  const { metadata } = await client.list({ namespace, signal });
  const follow = async (): Promise<void> => {
    const options = { namespace, signal, resourceVersion: metadata.resourceVersion };
    for await (const { type, object } of client.watch(options))
      if (type !== 'BOOKMARK') seen({ type, object, at: performance.now() });
  };
  const ended = follow().catch((error: unknown) => {
    if (!signal.aborted && !isApiError(error, 'aborted')) throw error;
  });
  return { ended };
}
