import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pack } from 'tar-stream';
import { z } from 'zod';
import { addEntry, writeLayer, type EntryHeader, type Layer } from './layer.ts';
import type { LayerCache } from './layer-cache.ts';

/** A file of a layer: its content, where to read it, or what it links to. */
export type LayerFile = {
  /** In the image, without a slash at the start. */
  readonly path: string;
} & (
  | { readonly content: string; readonly mode?: number }
  | { readonly source: string; readonly mode?: number }
  | { readonly link: string }
);

/** What a layer of files is to hold. */
export interface FileLayerOptions {
  readonly files: readonly LayerFile[];
  /** Owner of the files and of folders below the top level that only this layer has. Default: root. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Seconds since 1970: every file's time. */
  readonly epoch: number;
}

/**
 * Makes a layer of single files. Entries are sorted, folders come before what is in them, and times are all the same, so equal
 * content gives an equal layer.
 */
export async function fileLayer(
  { files, owner = { uid: 0, gid: 0 }, epoch }: FileLayerOptions,
  cache: LayerCache,
): Promise<Layer> {
  const entries = await Promise.all(files.map(readEntry));
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const inputs = { owner, epoch, entries: entries.map(({ content, ...entry }) => [entry, digest(content)]) };
  const { layer } = await cache.get({
    inputs,
    notes: z.null(),
    make: async (folder) => {
      const tar = pack();
      const common = { ...owner, mtime: new Date(epoch * 1000) };
      const made = await writeLayer(join(folder, 'layer.tar.gz'), tar, async () => {
        for (const path of foldersOf(entries.map((entry) => entry.path)))
          await addEntry(tar, { ...common, name: path, type: 'directory', mode: 0o755 });
        for (const { path, link, mode, content } of entries) {
          const header: EntryHeader =
            link === undefined
              ? { ...common, name: path, type: 'file', mode }
              : { ...common, name: path, type: 'symlink', linkname: link, mode: 0o777 };
          await addEntry(tar, header, content);
        }
      });
      return { layer: made, notes: null };
    },
  });
  return layer;
}

interface Entry {
  path: string;
  mode: number;
  link?: string;
  content?: Buffer;
}

async function readEntry(file: LayerFile): Promise<Entry> {
  if ('link' in file) return { path: file.path, mode: 0o777, link: file.link };
  const { path, mode = 0o644 } = file;
  return 'content' in file
    ? { path, mode, content: Buffer.from(file.content) }
    : { path, mode, content: await readFile(file.source) };
}

function digest(content: Buffer | undefined): string {
  return createHash('sha256')
    .update(content ?? '')
    .digest('hex');
}

/** Folders above these files, the outer ones first. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(folder);
  return [...folders].sort();
}
