import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Header, type Pack } from 'tar-stream';
import { EmbeddedNodeError } from '../errors.ts';

/** Numeric owner of every file in a layer. */
export interface LayerOwner {
  readonly uid: number;
  readonly gid: number;
}

/** A tar of a folder's content: paths sorted, times zero, so that equal content gives an equal digest. */
export function packFolder(folder: string, owner: LayerOwner): Pack {
  const tar = pack();
  addFolder(tar, folder, '', owner).then(
    () => tar.finalize(),
    (error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return tar;
}

async function addFolder(tar: Pack, folder: string, prefix: string, owner: LayerOwner): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const stat = await lstat(path);
    const common = { name: prefix + name, mode: stat.mode & 0o7777, mtime: new Date(0), ...owner };
    if (stat.isDirectory()) {
      await addEntry(tar, { ...common, type: 'directory' });
      await addFolder(tar, path, `${prefix}${name}/`, owner);
    } else if (stat.isSymbolicLink()) {
      await addEntry(tar, { ...common, type: 'symlink', linkname: await readlink(path) });
    } else if (stat.isFile()) {
      await pipeline(createReadStream(path), tar.entry({ ...common, type: 'file', size: stat.size }));
    } else {
      throw new EmbeddedNodeError(
        'ImageInvalid',
        `${path} is neither file, folder nor link and cannot be in an image`,
      );
    }
  }
}

function addEntry(tar: Pack, header: Partial<Header> & { name: string }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  tar.entry(header, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  return promise;
}
