import type { Server, Socket } from 'node:net';
import { isApiError, type WebSocketStream } from '@virtkit/sdk';
import { messageOf, VirtctlError } from '../errors.ts';
import { runLocalProgram } from '../local-program.ts';
import type { Session } from '../session.ts';
import { acceptOne } from './accept.ts';
import { join } from './join.ts';

/** A stream of a machine that one client of this computer is to be connected with. */
export interface LocalStream {
  /** Where the client connects to. */
  readonly server: Server;
  readonly stream: WebSocketStream;
  readonly session: Session;
  /** What the stream is, for people: `the display`. */
  readonly what: string;
}

/** A client to start. */
export interface LocalClient {
  readonly program: string;
  readonly args: readonly string[];
  /** Debian's package of the program, for the advice when it is missing. */
  readonly package?: string;
}

/** How long a program that was started may take to connect, in milliseconds. */
const patienceMs = 60_000;

/** Serves one client that somebody starts, and ends with it; ends normally also when interrupted. */
export async function serveOneClient(local: LocalStream): Promise<void> {
  const { session, stream } = local;
  const client = await acceptWhileOpen(local, session.interrupted);
  if (client === undefined) return;
  try {
    await join(client, stream);
  } catch (error) {
    if (!session.interrupted.aborted || !isApiError(error, 'aborted')) throw error;
  }
}

/** Runs a client, serves it and ends with it. @throws VirtctlError `local-program` or `timeout` when it does not connect */
export async function runClient(
  local: LocalStream,
  { program, args, package: packageName }: LocalClient,
): Promise<void> {
  const { session, stream } = local;
  const over = new AbortController();
  const signal = AbortSignal.any([session.interrupted, over.signal]);
  const running = runLocalProgram(program, args, {
    signal,
    ...(packageName !== undefined && { package: packageName }),
  });
  // A program that cannot start or ends early ends the wait for its connection.
  const early = new AbortController();
  const settled = running.then(
    () => early.abort(new VirtctlError('local-program', `${program} ended without connecting`)),
    (error: unknown) => early.abort(error),
  );
  const patience = AbortSignal.timeout(patienceMs);
  try {
    const waiting = AbortSignal.any([session.interrupted, early.signal, patience]);
    const client = await acceptWhileOpen(local, waiting);
    if (client === undefined) throw endedEarly(program, early.signal, session.interrupted);
    await join(client, stream);
  } finally {
    over.abort();
    await settled;
  }
}

function endedEarly(program: string, early: AbortSignal, interrupted: AbortSignal): unknown {
  if (interrupted.aborted) return interrupted.reason;
  if (early.aborted) return early.reason;
  return new VirtctlError('timeout', `${program} did not connect within ${patienceMs / 1000} s`);
}

/**
 * The first client, or undefined when the signal aborts before.
 * @throws VirtctlError `stream-lost` when the stream is closed before
 */
async function acceptWhileOpen(
  { server, stream, what }: LocalStream,
  signal: AbortSignal,
): Promise<Socket | undefined> {
  const lost = new AbortController();
  // 'end' and 'close' would wait until somebody reads; the outcome does not.
  void stream.outcome.then(({ reason }) => lost.abort(streamLost(what, reason)));
  // Says why before the outcome says that; without a listener an error would end the process.
  stream.on('error', (error) => lost.abort(streamLost(what, messageOf(error))));
  try {
    return await acceptOne(server, AbortSignal.any([signal, lost.signal]));
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function streamLost(what: string, reason: string): VirtctlError {
  const why = reason === '' ? 'the server closed the connection' : reason;
  return new VirtctlError('stream-lost', `${what} was closed before a client connected: ${why}`, {
    nextStep: `look whether the machine still runs, and whether someone else opened ${what}`,
  });
}
