import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract, pack, type Extract, type Header } from 'tar-stream';
import { ImageBuildError } from './errors.ts';
import { addEntry, writeLayer, type EntryHeader, type Layer } from './layer.ts';

/** Files that say on which machine or when something was built, or that only an installation needs. */
const dropped = [
  /^dev\/./,
  /^var\/log\/./,
  /^var\/cache\/(?:apt|debconf|ldconfig)\/./,
  /^var\/lib\/apt\/./,
  /^var\/lib\/dpkg\/[^/]+-old$/,
  /^etc\/(?:passwd|group|shadow|gshadow|subuid|subgid)-$/,
];

/** Copied from the machine that builds; a container's own are mounted over them. */
const emptied = ['etc/hostname', 'etc/resolv.conf', 'etc/machine-id'];

/** What decides on how an archive becomes a layer; part of the key of cached layers. */
export const normalisation = { dropped: dropped.map(String), emptied };

/** Every file of a root file system by its path, with what tells it from another. */
export type FileSignatures = Readonly<Record<string, string>>;

/**
 * Makes a layer of a root file system in a tar archive: of what it has beside the one below, with whiteouts for what it lacks.
 *
 * @param below signatures of the root file system below; none for the lowest layer
 * @param epoch time of whiteouts, in seconds since 1970
 * @returns the layer, the signatures of the whole root file system, and dpkg's status file
 * @throws ImageBuildError `archive-invalid` for devices and the like outside of /dev
 */
export async function writeDifference(
  archive: string,
  target: string,
  below: FileSignatures,
  epoch: number,
): Promise<{ layer: Layer; files: Record<string, string>; status: string }> {
  const files: Record<string, string> = {};
  let status = '';
  const tar = pack();
  const layer = await writeLayer(target, tar, async () => {
    for await (const { header, content } of portableEntries(archive)) {
      if (header.name === 'var/lib/dpkg/status') status = content.toString('utf8');
      const signature = signatureOf(header, content);
      files[header.name] = signature;
      if (below[header.name] === signature) continue;
      await addEntry(tar, header, header.type === 'file' ? content : undefined);
    }
    for (const name of Object.keys(below))
      if (!(name in files)) await addEntry(tar, whiteout(name, epoch), Buffer.alloc(0));
  });
  return { layer, files, status };
}

type Entry = Extract extends AsyncIterable<infer One> ? One : never;

/** The entries of a root file system that are the same wherever and whenever it is made. */
async function* portableEntries(path: string): AsyncGenerator<{ header: EntryHeader; content: Buffer }> {
  const tar = extract();
  const read = pipeline(createReadStream(path), tar);
  // Whoever stops early, and whatever breaks the archive, is told by the loop below.
  read.catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  for await (const entry of tar) {
    const name = posix.relative('.', entry.header.name);
    const content = await contentOf(entry);
    if (name === '' || dropped.some((pattern) => pattern.test(name))) continue;
    yield {
      header: portable(name, entry.header),
      content: emptied.includes(name) ? Buffer.alloc(0) : content,
    };
  }
  await read;
}

async function contentOf(entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Programs run with the rights that a Pod is given: none gains another user's by being started. */
const withoutSetuid = 0o1777;

function portable(name: string, header: Header): EntryHeader {
  const { type, mode, uid, gid, mtime, linkname, pax } = header;
  if (!['file', 'link', 'symlink', 'directory'].includes(type))
    throw new ImageBuildError('archive-invalid', `${name} of the root file system is a ${type}`);
  return {
    name,
    type,
    mode: type === 'directory' ? mode : mode & withoutSetuid,
    uid,
    gid,
    mtime,
    // Links between files are named like the files themselves.
    ...(type === 'link' && { linkname: posix.relative('.', linkname) }),
    ...(type === 'symlink' && { linkname }),
    ...extendedAttributes(pax),
  };
}

/** File capabilities and the like; names and sizes are written anew. */
function extendedAttributes(pax: unknown): { pax?: Record<string, unknown> } {
  if (typeof pax !== 'object' || pax === null) return {};
  const kept = Object.entries(pax).filter(([key]) => key.startsWith('SCHILY.xattr.'));
  return kept.length === 0 ? {} : { pax: Object.fromEntries(kept) };
}

/** What tells a file from another of the same name; times do not. */
function signatureOf({ type, mode, uid, gid, linkname }: EntryHeader, content: Buffer): string {
  const what =
    type === 'file'
      ? createHash('sha256').update(content).digest('base64url').slice(0, 24)
      : (linkname ?? '');
  return [type, (mode ?? 0).toString(8), uid, gid, what].join(' ');
}

/** OCI image specification 1.1, "Image Layer Filesystem Changeset": says that a file of a lower layer is gone. */
function whiteout(name: string, epoch: number): EntryHeader {
  const slash = name.lastIndexOf('/') + 1;
  return {
    name: `${name.slice(0, slash)}.wh.${name.slice(slash)}`,
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: new Date(epoch * 1000),
  };
}
