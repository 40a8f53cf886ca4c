import { setTimeout } from 'node:timers/promises';
import { isApiError, type ApiError, type Client, type WebSocketStream } from '@virtkit/sdk';
import { Option, type Command } from 'commander';
import { wholeNumber } from '../arguments/numbers.ts';
import { VirtctlError } from '../errors.ts';
import { note, type Session } from '../session.ts';
import { attach } from '../terminal/attach.ts';
import { createCommand } from './command.ts';

/** Time between two tries while the machine does not run yet, in milliseconds. */
const retryMs = 1000;

/** `virtctl console VMI` */
export function consoleCommand(session: Session): Command {
  return createCommand<{ timeout: number }>(
    {
      name: 'console',
      summary: 'Connect to the serial console of a machine; Ctrl+] leaves it',
      operands: 'VMI',
      count: { exactly: 1 },
      flags: [
        new Option('--timeout <minutes>', 'how long to wait for the machine to run')
          .default(5)
          .argParser(wholeNumber('timeout', 0)),
      ],
      examples: ['virtctl console web', 'virtctl console web -n shop --timeout 1'],
      async run({ operands: [name = ''], flags, withClient }) {
        await withClient(async (client) => {
          const stream = await openWhenRunning(client, session, name, flags.timeout);
          if (stream !== undefined) await talk(session, stream, name);
        });
      },
    },
    session,
  );
}

/** The console, or undefined when the person gave up waiting. @throws VirtctlError `timeout`; ApiError */
async function openWhenRunning(
  client: Client,
  session: Session,
  name: string,
  timeoutMinutes: number,
): Promise<WebSocketStream | undefined> {
  const { interrupted } = session;
  const deadline = performance.now() + timeoutMinutes * 60_000;
  for (let attempt = 1; !interrupted.aborted; attempt++) {
    try {
      return await client.virtualMachineInstances.console(name, { signal: interrupted });
    } catch (error) {
      if (interrupted.aborted) return undefined;
      // KubeVirt API: 400 is the answer for an instance that does not run yet.
      if (!isApiError(error) || error.httpStatus !== 400) throw error;
      if (performance.now() + retryMs > deadline) throw tooLate(name, timeoutMinutes, error);
      if (attempt === 1) note(session, `Waiting for ${name}, Ctrl+C gives up: ${error.message}`);
    }
    await pause(interrupted);
  }
  return undefined;
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(retryMs, undefined, { signal });
  } catch (error) {
    // Giving up while waiting ends the wait early.
    if (!signal.aborted) throw error;
  }
}

function tooLate(name: string, minutes: number, cause: ApiError): VirtctlError {
  const text = `the console of ${name} did not become available within ${minutes} minute(s): ${cause.message}`;
  return new VirtctlError('timeout', text, {
    cause,
    nextStep: `see why it does not run: kubectl describe vmi ${name}`,
  });
}

async function talk(session: Session, stream: WebSocketStream, name: string): Promise<void> {
  note(session, `Successfully connected to ${name} console. Press Ctrl+] or Ctrl+5 to exit console.`);
  const end = await attach(session, stream, { interactive: true });
  if (end === 'interrupted') session.interrupted.throwIfAborted();
  const { code } = await stream.outcome;
  if (end !== 'other-side' || code !== 1006) return;
  throw new VirtctlError('stream-lost', `the console of ${name} was disconnected`, {
    nextStep:
      'the machine was powered off, someone else opened its console, or the network failed: look at its state and connect again',
  });
}
