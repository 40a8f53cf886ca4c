import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';

export interface StoredBlob {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** Content by its digest, laid out as in an OCI image layout (`blobs/sha256/...`). */
export class BlobStore {
  readonly #folder: string;

  constructor(root: string) {
    this.#folder = join(root, 'blobs', 'sha256');
  }

  /**
   * Stores content. It appears under its digest only when it is complete.
   *
   * @throws EmbeddedNodeError `ImageInvalid` when it has not the expected digest
   */
  async add(content: AsyncIterable<unknown> | Buffer, expected?: string): Promise<StoredBlob> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const temporary = join(this.#folder, `.${randomUUID()}`);
    const hash = createHash('sha256');
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, callback) {
        hash.update(chunk);
        size += chunk.length;
        callback(null, chunk);
      },
    });
    try {
      const source = Buffer.isBuffer(content) ? Readable.from([content]) : content;
      await pipeline(source, measure, createWriteStream(temporary, { mode: 0o600, flags: 'wx' }));
      const digest = `sha256:${hash.digest('hex')}`;
      if (expected !== undefined && digest !== expected)
        throw new EmbeddedNodeError(
          'ImageInvalid',
          `a blob of the image should be ${expected} and is ${digest}`,
        );
      await rename(temporary, this.path(digest));
      return { digest, size };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Where the blob is, or would be. */
  path(digest: string): string {
    const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
    if (hex === undefined)
      throw new EmbeddedNodeError('ImageInvalid', `${JSON.stringify(digest)} is not a digest`);
    return join(this.#folder, hex);
  }

  async has(digest: string): Promise<boolean> {
    try {
      await access(this.path(digest));
      return true;
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** @throws EmbeddedNodeError `ImageInvalid` when it is not stored */
  async text(digest: string): Promise<string> {
    try {
      return await readFile(this.path(digest), 'utf8');
    } catch (cause) {
      if (isSystemError(cause, 'ENOENT'))
        throw new EmbeddedNodeError('ImageInvalid', `blob ${digest} of the image is missing`, { cause });
      throw cause;
    }
  }

  stream(digest: string): Readable {
    return createReadStream(this.path(digest));
  }

  /** Removes everything but `kept`. */
  async retain(kept: ReadonlySet<string>): Promise<void> {
    let names: string[];
    try {
      names = await readdir(this.#folder);
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return;
      throw error;
    }
    for (const name of names)
      if (!name.startsWith('.') && !kept.has(`sha256:${name}`))
        await rm(join(this.#folder, name), { force: true });
  }
}
