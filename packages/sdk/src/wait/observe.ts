import type { KubernetesObject } from '@virtkit/core-types';
import { isApiError } from '../errors.ts';
import type { ScopeOptions } from '../resource/options.ts';
import type { ResourceClient } from '../resource/resource-client.ts';
import { pause } from '../transport/retry.ts';

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/**
 * One object over time: its present state first, then each change; undefined while it does not exist. Never ends by
 * itself. A watch that the server ends, a lost connection and an expired version are resumed with back-off; states between
 * two observations may be left out, the newest never is.
 *
 * @throws ApiError that repeating does not cure, and `aborted`
 */
export async function* observe<T extends KubernetesObject>(
  client: ResourceClient<T>,
  name: string,
  options: ScopeOptions = {},
): AsyncGenerator<T | undefined, never, void> {
  const selection = { ...options, fieldSelector: `metadata.name=${name}` };
  let resourceVersion: string | undefined;
  /** Requests in a row that brought no news. */
  let fruitless = 0;
  for (;;) {
    if (fruitless > 0)
      await pause(Math.min(longestDelayMs, firstDelayMs * 2 ** (fruitless - 1)), options.signal);
    fruitless++;
    try {
      if (resourceVersion === undefined) {
        const list = await client.list(selection);
        resourceVersion = list.metadata.resourceVersion;
        yield list.items[0];
      }
      for await (const event of client.watch({ ...selection, resourceVersion })) {
        resourceVersion = event.object.metadata.resourceVersion;
        fruitless = 0;
        if (event.type !== 'BOOKMARK') yield event.type === 'DELETED' ? undefined : event.object;
      }
    } catch (error) {
      if (isApiError(error, 'gone')) resourceVersion = undefined;
      else if (!isApiError(error) || error.retry !== 'backoff') throw error;
    }
  }
}
