import { once } from 'node:events';
import type { Duplex } from 'node:stream';

/** Reads from a stream until the condition holds of everything read, leaving the stream open and paused. */
export async function readUntil(
  stream: Duplex,
  timeoutMs: number,
  condition: (bytes: Buffer) => boolean,
): Promise<Buffer> {
  const signal = AbortSignal.timeout(timeoutMs);
  let bytes: Buffer = Buffer.alloc(0);
  while (!condition(bytes)) {
    const chunk: unknown = stream.read();
    if (chunk instanceof Uint8Array) bytes = Buffer.concat([bytes, chunk]);
    else if (stream.readableEnded || stream.destroyed)
      throw new Error(`the stream ended after ${bytes.length} bytes`);
    else await Promise.race([once(stream, 'readable', { signal }), once(stream, 'close', { signal })]);
  }
  return bytes;
}

/** The outcome of `promise`, or an error that names what was waited for. */
export async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`waited ${timeoutMs} ms in vain for ${what}`)),
    timeoutMs,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
