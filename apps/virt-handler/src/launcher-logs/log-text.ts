import type { FileHandle } from 'node:fs/promises';

/** At most so many bytes from the end of a file. */
export async function endOf(file: FileHandle, bytes: number): Promise<Buffer> {
  const { size } = await file.stat();
  const length = Math.min(size, bytes);
  const end = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(end, filled, length - filled, size - length + filled);
    // It was cut while it was read.
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return wholeLines(end.subarray(0, filled), length < size);
}

/** Without the rest of a line whose beginning is missing, and without the zeros that a hole in a file reads as. */
function wholeLines(text: Buffer, isCut: boolean): Buffer {
  const data = text.findIndex((byte) => byte !== 0);
  if (data < 0) return Buffer.alloc(0);
  if (!isCut && data === 0) return text;
  const line = text.indexOf(10, data);
  return text.subarray(line < 0 ? data : line + 1);
}

/** An entry of a log as container runtimes write it: time, stream, whether the line ends with it, text. */
const entry = /^\d{4}-\d{2}-\d{2}T\S+ (?:stdout|stderr) (?<tags>[FP]\S*) (?<text>.*)$/;

/**
 * What a container wrote, from the log that its runtime kept of it (Kubernetes: CRI log format): lines that were split are
 * one again. Lines that are not in that format stay as they are, which is all of them where containers write files themselves.
 */
export function plainText(log: string): string {
  const lines = log.split('\n');
  const last = lines.length - 1;
  return lines
    .map((line, index) => {
      const { groups } = entry.exec(line) ?? {};
      const goesOn = index === last || groups?.['tags']?.startsWith('P') === true;
      return `${groups?.['text'] ?? line}${goesOn ? '' : '\n'}`;
    })
    .join('');
}
