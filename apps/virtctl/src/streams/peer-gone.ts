import { systemCodeOf } from '../errors.ts';

const codes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Whether an error only says that a program at the other end of a pipe or connection went away. */
export function isPeerGone(error: unknown): boolean {
  return codes.has(systemCodeOf(error));
}
