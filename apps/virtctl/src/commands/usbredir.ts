import type { Client, WebSocketStream } from '@virtkit/sdk';
import { Option, type Command } from 'commander';
import { VirtctlError } from '../errors.ts';
import { findProgram } from '../find-program.ts';
import { printLine, type Session } from '../session.ts';
import { listenTcp, portOf } from '../streams/listen.ts';
import { runClient, serveOneClient } from '../streams/local-client.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

/** The program that owns the device on this machine, and Debian's package of it. */
const program = 'usbredirect';

interface UsbRedirFlags {
  readonly launch: boolean;
}

/** `virtctl usbredir (VENDOR:PRODUCT|BUS-DEVICE) VMI` */
export function usbRedirCommand(session: Session): Command {
  return createCommand<UsbRedirFlags>(
    {
      name: 'usbredir',
      summary: 'Plug a USB device of this machine into a guest',
      operands: '(VENDOR:PRODUCT|BUS-DEVICE) VMI',
      count: { atLeast: 1 },
      flags: [
        new Option('--no-launch', 'start no client; print the address to connect one to, and take only VMI'),
      ],
      examples: [
        'virtctl usbredir 0951:1666 web',
        'virtctl usbredir 1-4 web',
        'virtctl usbredir web --no-launch',
      ],
      async run({ operands, flags, withClient }) {
        const [first = '', second, ...more] = operands;
        if (more.length > 0 || (flags.launch && second === undefined))
          throw new VirtctlError('usage', `accepts 2 arg(s), received ${operands.length}`);
        if (flags.launch) await requireProgram(session);
        const name = second ?? first;
        await withClient(async (client) => {
          await using server = await listenTcp('127.0.0.1', 0);
          const stream = await openSlot(client, session, name);
          const local = { server, stream, session, what: 'the USB connection' };
          const address = `127.0.0.1:${portOf(server)}`;
          if (flags.launch) {
            const args = ['--device', first, '--to', address];
            await runClient(local, { program, args, package: program });
            return;
          }
          printLine(session, `User can connect usbredir client at: ${address}`);
          await serveOneClient(local);
        });
      },
    },
    session,
  );
}

async function requireProgram({ environment }: Session): Promise<void> {
  if ((await findProgram(program, environment.path)) !== undefined) return;
  throw new VirtctlError('local-program', `cannot run ${program}: it was not found in PATH`, {
    nextStep: `install it (Debian: apt install ${program}), or connect a client of your own with --no-launch`,
  });
}

function openSlot(client: Client, session: Session, name: string): Promise<WebSocketStream> {
  return describing(
    (error) => `can't access VMI ${name}: ${error.message}`,
    () => client.virtualMachineInstances.usbRedirection(name, { signal: session.interrupted }),
  );
}
