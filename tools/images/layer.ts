import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Header, Pack } from 'tar-stream';

/** A layer of an image: a gzip-compressed tar archive in a file. */
export interface Layer {
  /** The file. */
  readonly path: string;
  /** Of the file: `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Of the file, bytes. */
  readonly size: number;
  /** Digest of the archive before compression, which identifies the content. */
  readonly diffId: string;
  /** Of the archive before compression, bytes. */
  readonly unpackedSize: number;
}

/** Header of an archive entry without what would differ from build to build. */
export type EntryHeader = Pick<Header, 'name' | 'type'> & Partial<Header>;

/**
 * Writes a layer to a file. The same entries give the same file: gzip's header has neither name nor time.
 *
 * @param tar whose entries `fill` adds; it is finalised here
 */
export async function writeLayer(path: string, tar: Pack, fill: () => Promise<void>): Promise<Layer> {
  const plain = measured();
  const compressed = measured();
  const filled = (async () => {
    try {
      await fill();
      tar.finalize();
    } catch (error) {
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  })();
  const written = pipeline(
    tar,
    plain.stream,
    createGzip({ level: 6 }),
    compressed.stream,
    createWriteStream(path),
  );
  const [first, second] = await Promise.allSettled([filled, written]);
  // What filled the archive knows the cause; the other then says no more than that the stream ended early.
  for (const result of [first, second]) if (result.status === 'rejected') throw result.reason;
  return {
    path,
    digest: compressed.digest(),
    size: compressed.size(),
    diffId: plain.digest(),
    unpackedSize: plain.size(),
  };
}

/** Passes bytes on, and knows afterwards how many and which. */
function measured(): { stream: Transform; digest: () => string; size: () => number } {
  const hash = createHash('sha256');
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      size += chunk.length;
      callback(null, chunk);
    },
  });
  return { stream, digest: () => `sha256:${hash.digest('hex')}`, size: () => size };
}

/** Adds a file, folder or link to an archive, and waits until there is room for more. */
export async function addEntry(tar: Pack, header: EntryHeader, content?: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const done = (error?: Error | null) => (error === null || error === undefined ? resolve() : reject(error));
  if (content === undefined) tar.entry(header, done);
  else tar.entry({ ...header, size: content.byteLength }, content, done);
  await promise;
}
