import type { Server, Socket } from 'node:net';
import { isApiError, isPaused, type Client, type WebSocketStream } from '@virtkit/sdk';
import { Option, type Command } from 'commander';
import { wholeNumber } from '../arguments/numbers.ts';
import { messageOf, VirtctlError } from '../errors.ts';
import { runLocalProgram } from '../local-program.ts';
import { note, printLine, type Session } from '../session.ts';
import { acceptOne } from '../streams/accept.ts';
import { join } from '../streams/join.ts';
import { listenTcp, portOf } from '../streams/listen.ts';
import { findViewer, viewerArguments, viewerTypes, type Viewer, type ViewerType } from '../viewer/viewers.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';
import { vncScreenshotCommand } from './vnc-screenshot.ts';

/** How long a viewer may take to connect, in milliseconds. */
const viewerPatienceMs = 60_000;

interface VncFlags {
  readonly address: string;
  readonly port: number;
  readonly proxyOnly?: boolean;
  readonly preserveSession?: boolean;
  readonly vncType?: ViewerType;
  readonly vncPath?: string;
}

/** `virtctl vnc VMI`, and below it `virtctl vnc screenshot VMI`. */
export function vncCommand(session: Session): Command {
  return createCommand<VncFlags>(
    {
      name: 'vnc',
      summary: 'Open the display of a machine in a VNC viewer',
      operands: 'VMI',
      count: { exactly: 1 },
      flags: [
        new Option('--proxy-only', 'start no viewer; print the port to connect one to, as JSON'),
        new Option('--address <address>', 'local address to listen on, with --proxy-only').default(
          '127.0.0.1',
        ),
        new Option('--port <port>', 'local port to listen on; 0 takes a free one')
          .default(0)
          .argParser(wholeNumber('port', 0, 65_535)),
        new Option('--preserve-session', 'give up when someone else has the display open'),
        new Option('--vnc-type <type>', 'kind of viewer to start').choices(viewerTypes),
        new Option('--vnc-path <file>', 'viewer to start'),
      ],
      examples: [
        'virtctl vnc web',
        'virtctl vnc web --proxy-only --port 5900',
        'virtctl vnc screenshot web -f web.png',
      ],
      async run({ operands: [name = ''], flags, globals, withClient }) {
        const viewer =
          flags.proxyOnly === true
            ? undefined
            : await findViewer({
                type: flags.vncType,
                program: flags.vncPath,
                path: session.environment.path,
                platform: process.platform,
              });
        await withClient(async (client) => {
          await warnWhenPaused(client, session, name);
          const host = viewer === undefined ? flags.address : '127.0.0.1';
          await using server = await listenTcp(host, flags.port);
          // Opened last: from here on somebody listens to its errors.
          const stream = await openDisplay(client, session, name, flags.preserveSession);
          if (viewer === undefined) await proxy(session, server, stream);
          else await view(session, server, stream, viewer, globals.v);
        });
      },
    },
    session,
  ).addCommand(vncScreenshotCommand(session));
}

function openDisplay(
  client: Client,
  session: Session,
  name: string,
  preserveSession: boolean | undefined,
): Promise<WebSocketStream> {
  return describing(
    (error) => `can't access VMI ${name}: ${error.message}`,
    () => client.virtualMachineInstances.vnc(name, { preserveSession, signal: session.interrupted }),
  );
}

async function warnWhenPaused(client: Client, session: Session, name: string): Promise<void> {
  const instance = await describing(
    (error) => `can't access VMI ${name}: ${error.message}`,
    () => client.virtualMachineInstances.get(name, { signal: session.interrupted }),
  );
  if (isPaused(instance))
    note(session, `VMI ${name} is paused: its display stands still until it is unpaused.`);
}

/** Serves one client and ends with it; ends normally also when interrupted. */
async function proxy(session: Session, server: Server, stream: WebSocketStream): Promise<void> {
  printLine(session, JSON.stringify({ port: portOf(server) }));
  const client = await acceptWhileOpen(server, stream, session.interrupted);
  if (client === undefined) return;
  try {
    await join(client, stream);
  } catch (error) {
    if (!session.interrupted.aborted || !isApiError(error, 'aborted')) throw error;
  }
}

async function view(
  session: Session,
  server: Server,
  stream: WebSocketStream,
  viewer: Viewer,
  verbosity: number,
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([session.interrupted, over.signal]);
  const args = viewerArguments(viewer.type, portOf(server), verbosity);
  const viewing = runLocalProgram(viewer.program, args, { signal });
  // A viewer that cannot start or ends early ends the wait for its connection.
  const early = new AbortController();
  const settled = viewing.then(
    () => early.abort(new VirtctlError('local-program', `${viewer.program} ended without connecting`)),
    (error: unknown) => early.abort(error),
  );
  const patience = AbortSignal.timeout(viewerPatienceMs);
  try {
    const waiting = AbortSignal.any([session.interrupted, early.signal, patience]);
    const client = await acceptWhileOpen(server, stream, waiting);
    if (client === undefined) throw endedEarly(viewer, early.signal, session.interrupted);
    await join(client, stream);
  } finally {
    over.abort();
    await settled;
  }
}

function endedEarly(viewer: Viewer, early: AbortSignal, interrupted: AbortSignal): unknown {
  if (interrupted.aborted) return interrupted.reason;
  if (early.aborted) return early.reason;
  return new VirtctlError('timeout', `${viewer.program} did not connect within ${viewerPatienceMs / 1000} s`);
}

/**
 * The first client, or undefined when the signal aborts before.
 * @throws VirtctlError `stream-lost` when the display is closed before
 */
async function acceptWhileOpen(
  server: Server,
  stream: WebSocketStream,
  signal: AbortSignal,
): Promise<Socket | undefined> {
  const lost = new AbortController();
  // 'end' and 'close' would wait until somebody reads; the outcome does not.
  void stream.outcome.then(({ reason }) => lost.abort(displayLost(reason)));
  // Says why before the outcome says that; without a listener an error would end the process.
  stream.on('error', (error) => lost.abort(displayLost(messageOf(error))));
  try {
    return await acceptOne(server, AbortSignal.any([signal, lost.signal]));
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function displayLost(reason: string): VirtctlError {
  const why = reason === '' ? 'the server closed the connection' : reason;
  return new VirtctlError('stream-lost', `the display was closed before a viewer connected: ${why}`, {
    nextStep: 'look whether the machine still runs, and whether someone else opened its display',
  });
}
