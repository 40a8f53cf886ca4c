import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract } from 'tar-stream';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import type { BlobStore } from './blob-store.ts';
import type { TarEntry } from './tar-entry.ts';
import { indexSchema, parseDocument, type Descriptor } from './documents.ts';

/** Documents beside the blobs are small; a larger one is no OCI archive. Bytes. */
const documentLimit = 4 * 1024 * 1024;

/**
 * Takes the blobs of an OCI archive (a tar, also compressed, of an OCI image layout) into the store and gives the
 * entries of its index.
 *
 * @throws EmbeddedNodeError `ImageInvalid`, also for a blob whose content is not what its name says
 */
export async function readArchive(path: string, blobs: BlobStore): Promise<Descriptor[]> {
  const tar = extract();
  const found: { index?: string; docker?: boolean } = {};
  const take = async () => {
    for await (const entry of tar) {
      const name = entry.header.name.replace(/^(?:\.\/)+/, '');
      const blob = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name);
      if (blob !== null && entry.header.type === 'file') await blobs.add(entry, `sha256:${blob[1]!}`);
      else if (name === 'index.json') found.index = await smallText(entry);
      else if (name === 'manifest.json') found.docker = true;
      entry.resume();
    }
  };
  try {
    // A failure of either side destroys the stream and so ends the other.
    await Promise.all([take(), pipeline(createReadStream(path), await decompressor(path), tar)]);
  } catch (cause) {
    if (cause instanceof EmbeddedNodeError || isSystemError(cause, 'ENOENT', 'EACCES', 'ENOSPC', 'EDQUOT'))
      throw cause;
    throw new EmbeddedNodeError('ImageInvalid', `${path} cannot be read as a tar archive`, { cause });
  }
  if (found.index === undefined)
    throw new EmbeddedNodeError(
      'ImageInvalid',
      found.docker === true
        ? `${path} is a docker archive; make an OCI archive of it: skopeo copy docker-archive:${path} oci-archive:image.tar`
        : `${path} holds no index.json: it is no OCI archive`,
    );
  return parseDocument(indexSchema, found.index, 'the index').manifests;
}

async function smallText(entry: TarEntry): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > documentLimit)
      throw new EmbeddedNodeError('ImageInvalid', `${entry.header.name} is too large`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** By the first bytes of the file: gzip (RFC 1952), zstd (RFC 8878) or none. */
async function decompressor(path: string): Promise<NodeJS.ReadWriteStream> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
  const magic = buffer.subarray(0, bytesRead).toString('hex');
  if (magic.startsWith('1f8b')) return createGunzip();
  if (magic === '28b52ffd') return createZstdDecompress();
  return new PassThrough();
}
