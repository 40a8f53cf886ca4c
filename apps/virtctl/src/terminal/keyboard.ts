import type { Writable } from 'node:stream';
import type { SessionInput } from '../session.ts';

/** Ctrl-] and, on most keyboards, Ctrl-5. */
const escapeByte = 29;

/** Why input is over. */
type InputEnd = 'escape' | 'end-of-input';

/** Input that is being sent to a guest. */
export interface Keyboard extends Disposable {
  /** Resolves once, when no more input will be sent. Rejects when reading fails. */
  readonly ended: Promise<InputEnd>;
}

/**
 * Sends input to `guest`. From a terminal, the escape key is seen even while the guest takes nothing, or nobody could
 * leave the console of a guest that hangs: what a person types meanwhile is kept. Other input is read only as fast as
 * the guest takes it, and the escape byte counts only at the start of a chunk, as it may be data elsewhere.
 *
 * @param escapes whether the escape byte ends the input; else all bytes are data
 */
export function sendInput(input: SessionInput, guest: Writable, escapes: boolean): Keyboard {
  const { promise, resolve, reject } = Promise.withResolvers<InputEnd>();
  const terminal = input.isTTY === true;
  const onData = (chunk: Buffer): void => {
    const at = escapes ? escapeAt(chunk, terminal) : -1;
    const keys = at < 0 ? chunk : chunk.subarray(0, at);
    const accepted = keys.length === 0 || !guest.writable || guest.write(keys);
    if (at >= 0) return resolve('escape');
    if (!accepted && !terminal) input.pause();
  };
  const onDrain = () => void input.resume();
  const onEnd = () => resolve('end-of-input');
  input.on('data', onData).once('end', onEnd).once('error', reject);
  guest.on('drain', onDrain);
  return {
    ended: promise,
    [Symbol.dispose]() {
      input.off('data', onData).off('end', onEnd).off('error', reject);
      guest.off('drain', onDrain);
      input.pause();
    },
  };
}

function escapeAt(chunk: Buffer, anywhere: boolean): number {
  if (anywhere) return chunk.indexOf(escapeByte);
  return chunk[0] === escapeByte ? 0 : -1;
}
