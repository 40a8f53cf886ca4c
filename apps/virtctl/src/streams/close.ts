import { setTimeout } from 'node:timers/promises';
import type { WebSocketStream } from '@virtkit/sdk';

/** How long the other side may take to say goodbye, in milliseconds. */
const graceMs = 2000;

/** Ends a stream: what was written is still sent, then it is closed, with or without the consent of the other side. */
export async function closeStream(stream: WebSocketStream): Promise<void> {
  if (!stream.destroyed) stream.end();
  const patience = new AbortController();
  await Promise.race([stream.outcome, expiry(patience.signal)]);
  patience.abort();
  stream.destroy();
}

async function expiry(signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(graceMs, undefined, { signal, ref: false });
  } catch (error) {
    // The stream was closed in time, so the timer was not needed.
    if (!signal.aborted) throw error;
  }
}
