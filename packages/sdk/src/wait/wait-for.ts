import type { KubernetesObject } from '@virtkit/core-types';
import { ApiError, isApiError } from '../errors.ts';
import type { ScopeOptions } from '../resource/options.ts';
import type { ResourceClient } from '../resource/resource-client.ts';
import { observe } from './observe.ts';

/** Where the object is, and how long to wait for it. */
export interface WaitOptions extends ScopeOptions {
  /** Seconds to wait at most; without it the wait ends only by its condition or its signal. */
  readonly timeoutSeconds?: number | undefined;
}

/**
 * Waits until `condition` holds for the object `name`, and returns the object as it then was. The condition is asked about
 * the present state first and then about every change; it gets undefined while the object does not exist. It watches, it
 * does not poll, and goes on over lost connections and restarts of the server.
 *
 * @throws ApiError `wait-timeout` with `lastSeen`; `aborted`; whatever repeating does not cure, such as `forbidden`
 */
export async function waitFor<T extends KubernetesObject, Found extends T | undefined>(
  client: ResourceClient<T>,
  name: string,
  condition: (object: T | undefined) => object is Found,
  options?: WaitOptions,
): Promise<Found>;
export async function waitFor<T extends KubernetesObject>(
  client: ResourceClient<T>,
  name: string,
  condition: (object: T | undefined) => boolean,
  options?: WaitOptions,
): Promise<T | undefined>;
export async function waitFor<T extends KubernetesObject>(
  client: ResourceClient<T>,
  name: string,
  condition: (object: T | undefined) => boolean,
  options: WaitOptions = {},
): Promise<T | undefined> {
  const { timeoutSeconds, signal } = options;
  const deadline = new AbortController();
  const timer =
    timeoutSeconds === undefined ? undefined : setTimeout(() => deadline.abort(), timeoutSeconds * 1000);
  let lastSeen: T | undefined;
  try {
    const either = signal === undefined ? deadline.signal : AbortSignal.any([signal, deadline.signal]);
    for await (const object of observe(client, name, { ...options, signal: either })) {
      lastSeen = object;
      if (condition(object)) return object;
    }
    throw new ApiError('internal', 'an observation ended, which it never does by itself');
  } catch (error) {
    if (!isApiError(error, 'aborted') || signal?.aborted === true) throw error;
    throw timeoutError(client, name, timeoutSeconds ?? 0, lastSeen);
  } finally {
    clearTimeout(timer);
  }
}

function timeoutError<T extends KubernetesObject>(
  client: ResourceClient<T>,
  name: string,
  seconds: number,
  lastSeen: T | undefined,
): ApiError {
  const { kind } = client.definition;
  const seen = lastSeen === undefined ? 'it did not exist' : `last seen: ${summary(lastSeen)}`;
  return new ApiError(
    'wait-timeout',
    `${kind} ${name} did not reach the condition within ${seconds} s; ${seen}`,
    {
      lastSeen,
    },
  );
}

interface Summarised {
  readonly status?: {
    readonly phase?: unknown;
    readonly printableStatus?: unknown;
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly reason?: string;
    }[];
  };
}

/** Phase or printable status, and the conditions that do not hold, for a message. */
function summary(object: KubernetesObject & Summarised): string {
  const { status } = object;
  const word = status?.printableStatus ?? status?.phase;
  const conditions = (status?.conditions ?? []).map(
    ({ type, status: value, reason }) => `${type ?? '?'}=${value ?? '?'}${reason ? ` (${reason})` : ''}`,
  );
  const parts = [typeof word === 'string' ? word : undefined, ...conditions].filter(
    (part) => part !== undefined,
  );
  return `resourceVersion ${object.metadata.resourceVersion ?? '?'}${parts.length === 0 ? '' : `, ${parts.join(', ')}`}`;
}
