import { watch } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { offsetSince, readMarks, timeOf, type LogMark } from './log-index.ts';

/** Which part of a log; names and meaning as in the `log` subresource of Kubernetes. */
export interface LogSelection {
  /** Only so many lines from the end. */
  readonly tailLines?: number | undefined;
  /** Only what was written at or after this time, milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** At most so many bytes. */
  readonly limitBytes?: number | undefined;
  /** Put the time before each line, RFC 3339. */
  readonly timestamps?: boolean;
  /** Go on until this says that the container has ended; a last read follows. */
  readonly follow?: () => Promise<boolean>;
}

const chunkSize = 64 * 1024;
const followInterval = 500;

/** Gives a log in pieces. @throws system error `ENOENT` when there is no such log */
export async function* readLog(
  path: string,
  selection: LogSelection,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  await using file = await open(path);
  const marks = await readMarks(path);
  const { size } = await file.stat();
  let offset = await startOf(file, size, marks, selection);
  let left = selection.limitBytes ?? Infinity;
  let rest: Buffer = Buffer.alloc(0);
  const changes = new ChangeSignal(path, selection.follow !== undefined);
  try {
    for (let last = selection.follow === undefined; ;) {
      const ended = !last && (await selection.follow!());
      for (let chunk = await readAt(file, offset); chunk.length > 0; chunk = await readAt(file, offset)) {
        const piece = selection.timestamps === true ? Buffer.concat([rest, chunk]) : chunk;
        const cut = selection.timestamps === true ? piece.lastIndexOf(10) + 1 : piece.length;
        const output =
          selection.timestamps === true
            ? stamped(piece.subarray(0, cut), offset - rest.length, marks)
            : piece;
        rest = piece.subarray(cut);
        offset += chunk.length;
        const limited = output.subarray(0, Math.min(left, output.length));
        left -= limited.length;
        if (limited.length > 0) yield limited;
        if (left <= 0 || signal.aborted) return;
      }
      if (last) break;
      if (ended) last = true;
      else await changes.next(signal);
      if (signal.aborted) return;
    }
    if (rest.length > 0) yield stamped(rest, offset - rest.length, marks);
  } finally {
    changes.close();
  }
}

async function readAt(file: FileHandle, offset: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(chunkSize), 0, chunkSize, offset);
  return buffer.subarray(0, bytesRead);
}

/** Where to begin. The hole that is left of old lines reads as zeros and is skipped. */
async function startOf(
  file: FileHandle,
  size: number,
  marks: readonly LogMark[],
  { since, tailLines }: LogSelection,
): Promise<number> {
  const first = await firstByte(file, size);
  const from = Math.max(first, since === undefined ? 0 : offsetSince(marks, since));
  return tailLines === undefined ? from : Math.max(from, await tailOffset(file, size, tailLines));
}

async function firstByte(file: FileHandle, size: number): Promise<number> {
  for (let offset = 0; offset < size; offset += chunkSize) {
    const chunk = await readAt(file, offset);
    const data = chunk.findIndex((byte) => byte !== 0);
    if (data < 0) continue;
    if (offset + data === 0) return 0;
    // The hole ends at a block, in the middle of a line.
    const line = chunk.indexOf(10, data);
    return line < 0 ? offset + data : offset + line + 1;
  }
  return size;
}

async function tailOffset(file: FileHandle, size: number, lines: number): Promise<number> {
  if (lines === 0) return size;
  let found = 0;
  for (let end = size; end > 0; end -= chunkSize) {
    const start = Math.max(0, end - chunkSize);
    const chunk = (await readAt(file, start)).subarray(0, end - start);
    for (let at = chunk.length - 1; at >= 0; at--) {
      // The newline at the very end closes the last line.
      if (chunk[at] !== 10 || start + at === size - 1) continue;
      if (++found === lines) return start + at + 1;
    }
  }
  return 0;
}

function stamped(piece: Buffer, offset: number, marks: readonly LogMark[]): Buffer {
  const now = Date.now();
  const parts: Buffer[] = [];
  for (let start = 0; start < piece.length;) {
    const newline = piece.indexOf(10, start);
    const end = newline < 0 ? piece.length : newline + 1;
    const time = new Date(timeOf(marks, offset + start, now)).toISOString();
    parts.push(Buffer.from(`${time} `), piece.subarray(start, end));
    start = end;
  }
  return Buffer.concat(parts);
}

/** Wakes at a change of a file, and now and then in case one was missed. */
class ChangeSignal {
  readonly #watcher;
  #wake = Promise.withResolvers<void>();

  constructor(path: string, active: boolean) {
    this.#watcher = active ? watch(path, () => this.#wake.resolve()) : undefined;
  }

  async next(signal: AbortSignal): Promise<void> {
    const timer = setTimeout(() => this.#wake.resolve(), followInterval);
    const abort = () => this.#wake.resolve();
    signal.addEventListener('abort', abort, { once: true });
    await this.#wake.promise;
    signal.removeEventListener('abort', abort);
    clearTimeout(timer);
    this.#wake = Promise.withResolvers<void>();
  }

  close(): void {
    this.#watcher?.close();
  }
}
