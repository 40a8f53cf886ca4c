import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HalError, type Machine } from '@virtkit/hal';
import { createWebSocketStream, type WebSocket } from 'ws';

/** Byte streams of a machine by the last part of their path. */
export const streams: ReadonlyMap<string, (machine: Machine, signal: AbortSignal) => Promise<Duplex>> =
  new Map([
    ['console', (machine, signal) => machine.facet('consoles').open(0, { signal })],
    ['vnc', (machine, signal) => machine.facet('display').openVnc({ signal })],
  ]);

/** Most bytes of one message that a client may send. */
export const maxMessageBytes = 1024 * 1024;

/**
 * Copies bytes both ways until either side ends; then both are closed. Back-pressure holds in both directions. The close
 * code tells a takeover (4409) from an ordinary end (1000) and a failure (1011).
 */
export async function joinStreams(socket: WebSocket, stream: Duplex): Promise<void> {
  const client = createWebSocketStream(socket, { highWaterMark: 64 * 1024 });
  const both = new AbortController();
  const copy = async (from: Duplex, to: Duplex): Promise<void> => {
    try {
      await pipeline(from, to, { signal: both.signal });
    } finally {
      both.abort();
    }
  };
  const results = await Promise.allSettled([copy(stream, client), copy(client, stream)]);
  const failure = results
    .map((result) => (result.status === 'rejected' ? (result.reason as unknown) : undefined))
    .find((reason) => reason instanceof HalError);
  if (failure === undefined) socket.close(1000);
  else socket.close(failure.code === 'conflict' ? 4409 : 1011, failure.message.slice(0, 120));
  stream.destroy();
}
