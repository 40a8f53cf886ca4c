import { pipeline } from 'node:stream/promises';
import { isApiError, type WebSocketStream } from '@virtkit/sdk';
import type { Session } from '../session.ts';
import { closeStream } from '../streams/close.ts';
import { interruption } from '../streams/interruption.ts';
import { sendInput } from './keyboard.ts';
import { enterRawMode } from './raw-mode.ts';

/** Who ended an attached stream. */
export type AttachEnd = 'escape' | 'end-of-input' | 'other-side' | 'interrupted';

export interface AttachOptions {
  /** Whether a person sits there: raw mode and the escape key. */
  readonly interactive: boolean;
}

/**
 * Connects standard input and output with a stream until the person leaves, one side ends or the program is told to
 * stop. The stream is closed and the terminal is as before in every case.
 *
 * @throws ApiError `stream-closed` when the server ends the stream with an error
 * @throws Error `EPIPE` when nobody reads the output any more
 */
export async function attach(
  session: Session,
  stream: WebSocketStream,
  { interactive }: AttachOptions,
): Promise<AttachEnd> {
  using _terminal = interactive ? enterRawMode(session.input) : undefined;
  using keyboard = sendInput(session.input, stream, interactive);
  const received = pipeline(stream, session.output, { end: false });
  const end = await Promise.race([
    keyboard.ended,
    received.then((): AttachEnd => 'other-side'),
    interruption(session.interrupted).then((): AttachEnd => 'interrupted'),
  ])
    .catch((error: unknown): AttachEnd => {
      // The stream itself may be what hears of the signal first.
      if (session.interrupted.aborted && isApiError(error, 'aborted')) return 'interrupted';
      throw error;
    })
    .finally(() => closeStream(stream));
  // Input that ended leaves an answer to wait for; a person who left, or a signal, does not.
  if (end === 'end-of-input') await received;
  else await Promise.allSettled([received]);
  return end;
}
