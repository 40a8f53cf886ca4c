import { ApiError } from '../errors.ts';

/** Longest line that is accepted, in bytes. etcd refuses objects above 1.5 MiB; the rest is margin for other stores. */
const longestLine = 64 * 1024 * 1024;

const newline = 0x0a;

/**
 * Splits a byte stream at line feeds and decodes each line as UTF-8. Chunks may end anywhere, also within a character.
 * Empty lines are left out.
 *
 * @throws ApiError `connection` when the stream ends within a line, `protocol` when a line is too long
 */
export async function* lines(
  source: AsyncIterable<Uint8Array>,
  limit = longestLine,
): AsyncGenerator<string, void, void> {
  // Parts of the line that is not complete yet; joined once, so a line of many chunks costs linear time.
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      parts.push(chunk.subarray(start, end));
      start = end + 1;
      const line = decode(parts);
      parts = [];
      size = 0;
      if (line !== '') yield line;
    }
    if (start < chunk.length) {
      parts.push(chunk.subarray(start));
      size += chunk.length - start;
      if (size > limit) throw new ApiError('protocol', `the server sent a line of more than ${limit} bytes`);
    }
  }
  const rest = decode(parts);
  if (rest !== '') throw new ApiError('connection', 'the stream ended in the middle of an event');
}

function decode(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('utf8').trim();
}
