import type { Readable } from 'node:stream';
import type { KubernetesObject } from '@virtkit/core-types';
import { ApiError } from '../errors.ts';
import { errorOfStatus, isKubernetesStatus } from '../status.ts';
import { errorOfNetwork } from '../transport/network-error.ts';
import { lines } from './lines.ts';
import type { WatchEvent } from './options.ts';

/**
 * The events of a watch's body. Leaving the loop early, or an abort, closes the connection.
 *
 * @throws ApiError of an ERROR event (`gone` for an expired version), `connection` when the stream breaks off
 */
export async function* readWatch<T extends KubernetesObject>(
  body: Readable,
  signal?: AbortSignal,
): AsyncGenerator<WatchEvent<T>, void, void> {
  // Destroying a body that has not ended raises an error event after the loop has let go of it.
  body.on('error', () => undefined);
  try {
    for await (const line of lines(body)) yield parseEvent<T>(line);
  } catch (error) {
    throw errorOfNetwork(error, signal);
  } finally {
    body.destroy();
  }
  if (signal?.aborted === true) throw errorOfNetwork(signal.reason, signal);
}

function parseEvent<T extends KubernetesObject>(line: string): WatchEvent<T> {
  const event = parse(line);
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: event.type, object: event.object as T };
    case 'BOOKMARK':
      return { type: 'BOOKMARK', object: event.object as KubernetesObject };
    case 'ERROR':
      if (isKubernetesStatus(event.object)) throw errorOfStatus(event.object);
      throw new ApiError('protocol', 'the watch ended with an ERROR event without a Status');
    default:
      throw new ApiError('protocol', `the watch sent an event of unknown type ${JSON.stringify(event.type)}`);
  }
}

function parse(line: string): { type: unknown; object: object } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new ApiError('protocol', 'the watch sent a line that is not JSON', { cause });
  }
  if (typeof value === 'object' && value !== null && 'type' in value && 'object' in value) {
    if (typeof value.object === 'object' && value.object !== null)
      return { type: value.type, object: value.object };
  }
  throw new ApiError('protocol', 'the watch sent a line that is not an event');
}
