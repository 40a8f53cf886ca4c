import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { EventQueue, type Hypervisor } from '@virtkit/hal';
import { limits } from '../contract/limits.ts';
import type { LauncherEvent, WireEvent } from '../contract/schemas.ts';

/**
 * Writes events as lines of JSON until the client leaves or `signal` aborts, with a heartbeat so that either side
 * notices a dead peer. A client that does not read is disconnected; on its return it observes everything again.
 */
export async function streamEvents(
  response: ServerResponse,
  hypervisor: Hypervisor,
  queue: EventQueue<LauncherEvent>,
  { heartbeatMs, signal }: { heartbeatMs: number; signal: AbortSignal },
): Promise<void> {
  const write = (event: WireEvent): void => {
    if (response.writableLength > limits.unreadEventBytes) response.destroy();
    else response.write(`${JSON.stringify(event)}\n`);
  };
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  write({ kind: 'heartbeat' });
  const heartbeat = setInterval(() => write({ kind: 'heartbeat' }), heartbeatMs);
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const ended = AbortSignal.any([signal, closed.signal]);
  ended.addEventListener('abort', queue.close, { once: true });
  try {
    const pumped = pump(hypervisor, queue, ended);
    for await (const event of queue) write(event);
    await pumped;
    if (!response.destroyed) {
      response.end();
      await once(response, 'close');
    }
  } finally {
    clearInterval(heartbeat);
    queue.close();
  }
}

async function pump(
  hypervisor: Hypervisor,
  queue: EventQueue<LauncherEvent>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const event of hypervisor.events({ signal })) queue.push(event);
  } finally {
    queue.close();
  }
}
