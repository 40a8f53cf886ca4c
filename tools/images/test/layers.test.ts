import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fileLayer } from '../file-layer.ts';
import { addEntry, writeLayer, type EntryHeader, type Layer } from '../layer.ts';
import { LayerCache } from '../layer-cache.ts';
import { writeDifference } from '../root-archive.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtkit-layers-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Entries of a layer: name, type, mode in octal, owner, link, and content or what is in the place of it. */
async function entriesOf({ path }: Layer): Promise<string[]> {
  const tar = extract();
  const read = pipeline(createReadStream(path), createGunzip(), tar);
  const entries: string[] = [];
  for await (const entry of tar) {
    const { name, type, mode, uid, gid, linkname } = entry.header;
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    const what = type === 'file' ? Buffer.concat(chunks).toString('utf8') : (linkname ?? '');
    entries.push([name, type, mode.toString(8), `${uid}:${gid}`, what].join(' ').trim());
  }
  await read;
  return entries;
}

describe('a layer of files', () => {
  const files = [
    { path: 'usr/lib/b', content: 'b' },
    { path: 'usr/bin/a', content: '#!/bin/sh\n', mode: 0o755 },
    { path: 'usr/bin/c', link: 'a' },
  ];

  it('has folders before files, in order, of one owner', async () => {
    const layer = await fileLayer(
      { files, owner: { uid: 107, gid: 108 }, epoch: 1 },
      new LayerCache(join(folder, 'cache')),
    );
    expect(await entriesOf(layer)).toEqual([
      'usr directory 755 107:108',
      'usr/bin directory 755 107:108',
      'usr/lib directory 755 107:108',
      'usr/bin/a file 755 107:108 #!/bin/sh',
      'usr/bin/c symlink 777 107:108 a',
      'usr/lib/b file 644 107:108 b',
    ]);
  });

  it('is the same for the same content, wherever it is made and in whichever order it is given', async () => {
    const one = await fileLayer({ files, epoch: 1 }, new LayerCache(join(folder, 'one')));
    const other = await fileLayer(
      { files: [...files].reverse(), epoch: 1 },
      new LayerCache(join(folder, 'other')),
    );
    expect(other).toEqual({ ...one, path: other.path });
    const later = await fileLayer({ files, epoch: 2 }, new LayerCache(join(folder, 'one')));
    expect(later.digest).not.toBe(one.digest);
  });

  it('is what its digest, size and diff id say', async () => {
    const layer = await fileLayer({ files, epoch: 1 }, new LayerCache(join(folder, 'cache')));
    const content = await readFile(layer.path);
    const digest = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    expect(layer).toMatchObject({ digest: digest(content), size: content.byteLength });
    const chunks: Buffer[] = [];
    const plain = createReadStream(layer.path).pipe(createGunzip());
    for await (const chunk of plain as AsyncIterable<Buffer>) chunks.push(chunk);
    const archive = Buffer.concat(chunks);
    expect(layer).toMatchObject({ diffId: digest(archive), unpackedSize: archive.byteLength });
  });
});

describe('the cache', () => {
  const recipe = (content: string, made: string[]) => ({
    inputs: { content },
    notes: z.object({ content: z.string() }),
    make: async (scratch: string) => {
      made.push(content);
      const tar = pack();
      const layer = await writeLayer(join(scratch, 'x'), tar, () =>
        addEntry(tar, { name: 'x', type: 'file' }, Buffer.from(content)),
      );
      return { layer, notes: { content } };
    },
  });

  it('makes a layer once, and again when it is asked to or its inputs differ', async () => {
    const made: string[] = [];
    const cache = new LayerCache(folder);
    const first = await cache.get(recipe('a', made));
    expect(first).toMatchObject({ reused: false, notes: { content: 'a' } });
    expect(await cache.get(recipe('a', made))).toEqual({ ...first, reused: true });
    await cache.get(recipe('b', made));
    await cache.get(recipe('a', made), { fresh: true });
    expect(made).toEqual(['a', 'b', 'a']);
  });

  it('forgets layers that nobody asks for, and no others', async () => {
    const made: string[] = [];
    const cache = new LayerCache(folder);
    await cache.get(recipe('a', made));
    await cache.get(recipe('b', made));
    const long = new Date('2020-01-01');
    for (const name of await readdir(folder)) await utimes(join(folder, name), long, long);
    await cache.get(recipe('a', made));
    await cache.prune(new Date('2021-01-01'));
    expect(await cache.get(recipe('a', made))).toMatchObject({ reused: true });
    expect(await cache.get(recipe('b', made))).toMatchObject({ reused: false });
  });

  it('keeps nothing of a layer that could not be made', async () => {
    const cache = new LayerCache(folder);
    const failing = { ...recipe('a', []), make: () => Promise.reject(new Error('disk full')) };
    await expect(cache.get(failing)).rejects.toThrow('disk full');
    const made: string[] = [];
    expect(await cache.get(recipe('a', made))).toMatchObject({ reused: false });
  });
});

describe('the difference of a root file system to the one below', () => {
  const archive = async (name: string, entries: (EntryHeader & { content?: string })[]) => {
    const path = join(folder, name);
    const tar = pack();
    const written = pipeline(tar, createWriteStream(path));
    for (const { content, ...header } of entries)
      await addEntry(
        tar,
        { mtime: new Date(0), ...header },
        content === undefined ? undefined : Buffer.from(content),
      );
    tar.finalize();
    await written;
    return path;
  };
  const below: (EntryHeader & { content?: string })[] = [
    { name: './', type: 'directory', mode: 0o755 },
    { name: './etc/', type: 'directory', mode: 0o755 },
    { name: './etc/passwd', type: 'file', mode: 0o644, content: 'root' },
    { name: './etc/gone', type: 'file', mode: 0o644, content: 'old' },
    { name: './etc/same', type: 'file', mode: 0o644, content: 'same' },
    { name: './var/lib/dpkg/status', type: 'file', mode: 0o644, content: 'one package' },
  ];

  it('has what is new or different, and says what is gone', async () => {
    const base = await writeDifference(await archive('base.tar', below), join(folder, 'base.tar.gz'), {}, 0);
    const above = await archive('above.tar', [
      ...below.filter(({ name }) => name !== './etc/gone' && name !== './etc/passwd'),
      { name: './etc/passwd', type: 'file', mode: 0o644, content: 'root qemu' },
      { name: './usr/bin/tool', type: 'file', mode: 0o755, content: 'tool' },
      { name: './usr/bin/alias', type: 'link', mode: 0o755, linkname: './usr/bin/tool' },
    ]);
    const { layer } = await writeDifference(above, join(folder, 'above.tar.gz'), base.files, 0);
    expect(await entriesOf(layer)).toEqual([
      'etc/passwd file 644 0:0 root qemu',
      'usr/bin/tool file 755 0:0 tool',
      'usr/bin/alias link 755 0:0 usr/bin/tool',
      'etc/.wh.gone file 644 0:0',
    ]);
  });

  it('leaves out what tells of the machine that built it, and rights that come with a program', async () => {
    const { layer, status } = await writeDifference(
      await archive('root.tar', [
        { name: './dev/null', type: 'character-device', mode: 0o666 },
        { name: './etc/hostname', type: 'file', mode: 0o644, content: 'builder' },
        { name: './usr/bin/su', type: 'file', mode: 0o4755, content: 'su' },
        { name: './var/log/dpkg.log', type: 'file', mode: 0o644, content: 'today' },
        { name: './var/lib/dpkg/status', type: 'file', mode: 0o644, content: 'packages' },
      ]),
      join(folder, 'layer.tar.gz'),
      {},
      0,
    );
    expect(status).toBe('packages');
    expect(await entriesOf(layer)).toEqual([
      'etc/hostname file 644 0:0',
      'usr/bin/su file 755 0:0 su',
      'var/lib/dpkg/status file 644 0:0 packages',
    ]);
  });

  it('refuses what no image can have', async () => {
    const path = await archive('root.tar', [{ name: './run/pipe', type: 'fifo', mode: 0o600 }]);
    await expect(writeDifference(path, join(folder, 'layer.tar.gz'), {}, 0)).rejects.toMatchObject({
      code: 'archive-invalid',
    });
  });
});
