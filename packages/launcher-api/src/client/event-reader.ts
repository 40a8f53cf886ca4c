import { setTimeout as wait } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { EventQueue } from '@virtkit/hal';
import { limits } from '../contract/limits.ts';
import { WireEventSchema, type LauncherEvent, type WireEvent } from '../contract/schemas.ts';
import { LauncherApiError } from '../errors.ts';
import type { Transport } from './transport.ts';

const firstPauseMs = 50;
const longestPauseMs = 2000;

/**
 * Follows a launcher's event stream into a queue until the queue closes. The connection is made anew whenever it ends
 * or stays silent for too long; each loss and each new beginning puts a `resync` into the queue, because what happened
 * in between is unknown.
 */
export function followEvents<Event extends LauncherEvent>(
  transport: Transport,
  { signal, idleMs, select }: FollowOptions<Event>,
): EventQueue<Event> {
  const closed = new AbortController();
  const queue = new EventQueue<Event>({
    signal: signal ? AbortSignal.any([signal, transport.closed]) : transport.closed,
    onClose: () => closed.abort(),
  });
  if (!closed.signal.aborted) void follow(transport, queue, closed.signal, { idleMs, select });
  return queue;
}

interface FollowOptions<Event> {
  signal?: AbortSignal;
  /** Milliseconds of silence after which the connection is taken for dead. */
  idleMs: number;
  /** The event as the subscriber wants it; undefined for one that it does not want. */
  select: (event: LauncherEvent) => Event | undefined;
}

async function follow<Event extends LauncherEvent>(
  transport: Transport,
  queue: EventQueue<Event>,
  closed: AbortSignal,
  { idleMs, select }: FollowOptions<Event>,
): Promise<void> {
  let pauseMs = firstPauseMs;
  while (!closed.aborted) {
    try {
      const response = await transport.stream('events', closed);
      queue.push({ kind: 'resync' });
      pauseMs = firstPauseMs;
      for await (const event of readEvents(response, idleMs)) {
        const wanted = event.kind === 'heartbeat' ? undefined : select(event);
        if (wanted) queue.push(wanted);
      }
    } catch (error) {
      // Whatever broke the stream, the answer is the same: say that events may be missing, and connect again. The
      // calls that the subscriber then makes name the trouble, with a typed error.
      if (!(error instanceof Error)) throw error;
    }
    if (closed.aborted) return;
    queue.push({ kind: 'resync' });
    await pause(pauseMs, closed);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function pause(ms: number, closed: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal: closed, ref: false });
  } catch (error) {
    if (!closed.aborted) throw error;
  }
}

/** @throws LauncherApiError `protocol` (a line too long or not an event), `unreachable` (silence). */
async function* readEvents(response: IncomingMessage, idleMs: number): AsyncGenerator<WireEvent> {
  const silence = setTimeout(
    () => response.destroy(new LauncherApiError('unreachable', `no heartbeat for ${idleMs} ms`)),
    idleMs,
  );
  silence.unref();
  let rest = '';
  try {
    response.setEncoding('utf8');
    for await (const chunk of response) {
      silence.refresh();
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > limits.eventLineBytes) throw new LauncherApiError('protocol', 'an event is too long');
      for (const line of lines) yield parseEvent(line);
    }
  } finally {
    clearTimeout(silence);
    response.destroy();
  }
}

/** An event of a kind that this version does not know counts as "something changed". */
function parseEvent(line: string): WireEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new LauncherApiError('protocol', 'an event is not JSON', { cause });
  }
  const result = WireEventSchema.safeParse(value);
  return result.success ? result.data : { kind: 'resync' };
}
