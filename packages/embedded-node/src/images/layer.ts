import { createWriteStream } from 'node:fs';
import { chmod, lchown, link, lstat, mkdir, readdir, rm, symlink, utimes } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import { placeInRoot } from './path-in-root.ts';
import type { TarEntry } from './tar-entry.ts';

/** OCI image specification 1.1, "Image Layer Filesystem Changeset": whiteouts. */
const whiteoutPrefix = '.wh.';
const opaqueMarker = '.wh..wh..opq';

/**
 * Applies one layer to a folder.
 *
 * @param mediaType says how the layer is compressed
 * @throws EmbeddedNodeError `ImageInvalid`
 */
export async function applyLayer(
  source: Readable,
  mediaType: string,
  root: string,
  options: { readonly keepOwners: boolean },
): Promise<void> {
  const tar = extract();
  const apply = async () => {
    for await (const entry of tar) await applyEntry(entry, root, options.keepOwners);
  };
  try {
    // A failure of either side destroys the stream and so ends the other.
    await Promise.all([apply(), feed(source, mediaType, tar)]);
  } catch (cause) {
    if (cause instanceof EmbeddedNodeError || isSystemError(cause, 'ENOSPC', 'EDQUOT', 'EACCES', 'EPERM'))
      throw cause;
    throw new EmbeddedNodeError('ImageInvalid', 'a layer of the image cannot be unpacked', { cause });
  }
}

async function feed(source: Readable, mediaType: string, tar: NodeJS.WritableStream): Promise<void> {
  if (/[+.]gzip$/.test(mediaType)) await pipeline(source, createGunzip(), tar);
  else if (/[+.]zstd$/.test(mediaType)) await pipeline(source, createZstdDecompress(), tar);
  else if (/\.tar$/.test(mediaType)) await pipeline(source, tar);
  else throw new EmbeddedNodeError('ImageInvalid', `layers of type ${mediaType} are not known`);
}

async function applyEntry(entry: TarEntry, root: string, keepOwners: boolean): Promise<void> {
  const { header } = entry;
  if (posix.normalize(header.name).split('/').includes('..'))
    throw new EmbeddedNodeError(
      'ImageInvalid',
      `the layer names ${header.name}, which is outside of the image`,
    );
  const place = await placeInRoot(root, header.name);
  const name = basename(place);
  if (place !== root && name.startsWith(whiteoutPrefix)) await applyWhiteout(place, name);
  else if (await makeEntry(entry, place, root)) await setAttributes(header, place, keepOwners);
  entry.resume();
}

async function applyWhiteout(place: string, name: string): Promise<void> {
  const folder = dirname(place);
  if (name === opaqueMarker) {
    for (const child of await readdir(folder))
      await rm(join(folder, child), { recursive: true, force: true });
    return;
  }
  const hidden = name.slice(whiteoutPrefix.length);
  if (hidden === '' || hidden === '.' || hidden === '..')
    throw new EmbeddedNodeError('ImageInvalid', `the layer holds the whiteout ${name}, which hides nothing`);
  await rm(join(folder, hidden), { recursive: true, force: true });
}

/** Gives false for what an image may hold and a sandbox never takes from it. */
async function makeEntry(entry: TarEntry, place: string, root: string): Promise<boolean> {
  const { header } = entry;
  switch (header.type) {
    case 'directory':
      await makeFolder(place);
      return true;
    case 'file':
    case 'contiguous-file':
      await rm(place, { recursive: true, force: true });
      await pipeline(entry, createWriteStream(place, { flags: 'wx', mode: 0o600 }));
      return true;
    case 'symlink':
      await rm(place, { recursive: true, force: true });
      await symlink(header.linkname ?? '', place);
      return true;
    case 'link': {
      const target = await placeInRoot(root, header.linkname ?? '');
      await rm(place, { recursive: true, force: true });
      await link(target, place);
      return false;
    }
    default:
      // Device nodes and pipes: a sandbox has its own /dev.
      return false;
  }
}

async function makeFolder(place: string): Promise<void> {
  try {
    if ((await lstat(place)).isDirectory()) return;
    await rm(place, { force: true });
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
  }
  await mkdir(place, { mode: 0o755 });
}

async function setAttributes(header: Header, place: string, keepOwners: boolean): Promise<void> {
  if (keepOwners) await lchown(place, header.uid ?? 0, header.gid ?? 0);
  if (header.type === 'symlink') return;
  // Without root the folder must stay writable for its owner, who unpacks into it.
  const mode = (header.mode ?? 0o755) & 0o7777;
  await chmod(place, keepOwners ? mode : mode | (header.type === 'directory' ? 0o700 : 0o400));
  if (header.mtime !== undefined) await utimes(place, header.mtime, header.mtime);
}
