import { appendFile, rename } from 'node:fs/promises';
import { readText } from '../state/file.ts';

/**
 * When the bytes of a log were written. Containers append to their log directly, so that nothing stands between them
 * and the file that could block them or be killed; the kubelet notes beside it how far the log had grown by when.
 */
export interface LogMark {
  /** Bytes from the start of the log that were there at `time`. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** The marks of a log, oldest first. */
export async function readMarks(log: string): Promise<LogMark[]> {
  const text = (await readText(markFile(log))) ?? '';
  return text.split('\n').flatMap((line) => {
    const match = /^(\d+) (\d+)$/.exec(line);
    return match === null ? [] : [{ size: Number(match[1]), time: Number(match[2]) }];
  });
}

export async function addMark(log: string, { size, time }: LogMark): Promise<void> {
  await appendFile(markFile(log), `${size} ${time}\n`, { mode: 0o600 });
}

/** Moves the marks along with their log. */
export async function moveMarks(from: string, to: string): Promise<void> {
  await rename(markFile(from), markFile(to));
}

/** When the byte at `offset` was written, as far as is known; `now` for bytes that are too new for a mark. */
export function timeOf(marks: readonly LogMark[], offset: number, now: number): number {
  return marks.find(({ size }) => size > offset)?.time ?? now;
}

/** Offset of the first byte written at or after `time`. */
export function offsetSince(marks: readonly LogMark[], time: number): number {
  return marks.findLast((mark) => mark.time < time)?.size ?? 0;
}

function markFile(log: string): string {
  return `${log}.times`;
}
