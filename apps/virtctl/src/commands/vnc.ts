import { isPaused, type Client, type WebSocketStream } from '@virtkit/sdk';
import { Option, type Command } from 'commander';
import { wholeNumber } from '../arguments/numbers.ts';
import { note, printLine, type Session } from '../session.ts';
import { listenTcp, portOf } from '../streams/listen.ts';
import { runClient, serveOneClient } from '../streams/local-client.ts';
import { findViewer, viewerArguments, viewerTypes, type ViewerType } from '../viewer/viewers.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';
import { vncScreenshotCommand } from './vnc-screenshot.ts';

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
          const local = { server, stream, session, what: 'the display' };
          if (viewer === undefined) {
            printLine(session, JSON.stringify({ port: portOf(server) }));
            await serveOneClient(local);
            return;
          }
          const args = viewerArguments(viewer.type, portOf(server), globals.v);
          await runClient(local, { program: viewer.program, args });
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
