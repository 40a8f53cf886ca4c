import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageStore } from '../src/images/image-store.ts';
import { formatReference, parseReference } from '../src/images/reference.ts';
import { makeScratch, type Scratch } from './support/scratch.ts';

let scratch: Scratch;
let store: ImageStore;

beforeEach(async () => {
  scratch = await makeScratch();
  store = new ImageStore(join(scratch.folder, 'images'));
});
afterEach(() => scratch[Symbol.asyncDispose]());

interface TestEntry {
  name: string;
  content?: string;
  linkname?: string;
  type?: 'file' | 'directory' | 'symlink' | 'link';
}

async function tarOf(entries: readonly TestEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, content = '', type = 'file', linkname } of entries)
    tar.entry(
      {
        name,
        type,
        mode: type === 'directory' ? 0o755 : 0o644,
        ...(linkname === undefined ? {} : { linkname }),
      },
      content,
    );
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Writes an OCI archive with these layers; `spoil` changes a blob after it got its name. */
async function archive(
  layers: readonly { tar: Buffer; mediaType: string }[],
  options: { name?: string; spoil?: boolean } = {},
): Promise<string> {
  const blobs = new Map<string, Buffer>();
  const add = (content: Buffer, mediaType: string) => {
    const digest = digestOf(content);
    blobs.set(digest, content);
    return { mediaType, digest, size: content.length };
  };
  const described = layers.map(({ tar, mediaType }) => add(tar, mediaType));
  const config = add(
    Buffer.from(JSON.stringify({ architecture: 'amd64', config: { Cmd: ['run'] } })),
    'application/vnd.oci.image.config.v1+json',
  );
  const manifest = add(
    Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: described })),
    'application/vnd.oci.image.manifest.v1+json',
  );
  const annotations = { 'org.opencontainers.image.ref.name': options.name ?? 'example.com/test:1' };
  if (options.spoil === true) blobs.set(described[0]!.digest, Buffer.from('something else'));
  const path = join(scratch.folder, 'archive.tar');
  const tar = pack();
  tar.entry({ name: 'oci-layout' }, '{"imageLayoutVersion":"1.0.0"}');
  tar.entry(
    { name: 'index.json' },
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  for (const [digest, content] of blobs) tar.entry({ name: `blobs/sha256/${digest.slice(7)}` }, content);
  tar.finalize();
  await pipeline(tar, createWriteStream(path));
  return path;
}

const layerType = 'application/vnd.oci.image.layer.v1.tar';

describe('references of images', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['user/app:1', 'docker.io/user/app:1'],
    ['localhost/app', 'localhost/app:latest'],
    ['registry:5000/a/b:tag', 'registry:5000/a/b:tag'],
    [`quay.io/a/b@sha256:${'a'.repeat(64)}`, `quay.io/a/b@sha256:${'a'.repeat(64)}`],
  ])('%s means %s', (text, full) => expect(formatReference(parseReference(text))).toBe(full));

  it.each(['', 'UPPER', 'a:b:c', 'a@sha256:12', '../x', 'a b'])('%j is none', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'InvalidImageName' }));
  });
});

describe('the image store', () => {
  it('makes an image of a folder and gives its files back, the same digest each time', async () => {
    const files = join(scratch.folder, 'files');
    await mkdir(join(files, 'disk'), { recursive: true });
    await writeFile(join(files, 'disk', 'disk.img'), 'content of the disk');
    await symlink('disk.img', join(files, 'disk', 'link'));
    const first = await store.write({ reference: 'example.com/disk:1', files });
    expect(await store.write({ reference: 'example.com/disk:1', files })).toEqual(first);
    const image = await store.unpack('example.com/disk:1');
    expect(await readFile(join(image.path, 'disk', 'disk.img'), 'utf8')).toBe('content of the disk');
    expect(await readlink(join(image.path, 'disk', 'link'))).toBe('disk.img');
    if (process.getuid?.() === 0) expect((await lstat(join(image.path, 'disk', 'disk.img'))).uid).toBe(107);
    expect(await store.list()).toEqual([first]);
    expect((await store.resolve(`example.com/disk@${first.digest}`))?.reference).toBe('example.com/disk:1');
  });

  it('loads layers in any compression, and applies whiteouts', async () => {
    const lower = await tarOf([
      { name: 'a/', type: 'directory' },
      { name: 'a/kept', content: 'kept' },
      { name: 'a/gone', content: 'gone' },
      { name: 'b/old', content: 'old' },
      { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
    ]);
    const middle = await tarOf([
      { name: 'a/.wh.gone' },
      { name: 'b/.wh..wh..opq' },
      { name: 'b/new', content: 'new' },
    ]);
    const upper = await tarOf([
      { name: 'lib/through', content: 'link' },
      { name: 'hard', type: 'link', linkname: 'a/kept' },
    ]);
    const path = await archive([
      { tar: lower, mediaType: layerType },
      { tar: gzipSync(middle), mediaType: `${layerType}+gzip` },
      { tar: zstdCompressSync(upper), mediaType: `${layerType}+zstd` },
    ]);
    expect(await store.load(path)).toMatchObject([{ reference: 'example.com/test:1' }]);
    const { path: root, configuration } = await store.unpack('example.com/test:1');
    expect(await readdir(join(root, 'a'))).toEqual(['kept']);
    expect(await readdir(join(root, 'b'))).toEqual(['new']);
    expect(await readFile(join(root, 'usr/lib/through'), 'utf8')).toBe('link');
    expect(await readFile(join(root, 'hard'), 'utf8')).toBe('kept');
    expect(configuration.config?.Cmd).toEqual(['run']);
  });

  it.each<[string, TestEntry[]]>([
    ['a name with ..', [{ name: '../outside', content: 'x' }]],
    [
      'an absolute link',
      [
        { name: 'l', type: 'symlink', linkname: '/' },
        { name: 'l/outside', content: 'x' },
      ],
    ],
    [
      'a link upwards',
      [
        { name: 'l', type: 'symlink', linkname: '../../..' },
        { name: 'l/outside', content: 'x' },
      ],
    ],
    ['a hard link to outside', [{ name: 'h', type: 'link', linkname: '../../../secret' }]],
  ])('never leaves the folder of the image: %s', async (_what, entries) => {
    await writeFile(join(scratch.folder, 'secret'), 'secret');
    const path = await archive([{ tar: await tarOf(entries), mediaType: layerType }]);
    await store.load(path);
    let root: string | undefined;
    try {
      root = (await store.unpack('example.com/test:1')).path;
    } catch (error) {
      expect(error).toMatchObject({ code: 'ImageInvalid' });
    }
    expect(await readdir(scratch.folder)).not.toContain('outside');
    await expect(lstat('/outside')).rejects.toMatchObject({ code: 'ENOENT' });
    if (root !== undefined) expect(await readdir(root)).not.toContain('h');
  });

  it('refuses a blob that is not what it is called, and an archive that is none', async () => {
    const layer = { tar: await tarOf([{ name: 'a', content: 'a' }]), mediaType: layerType };
    await expect(store.load(await archive([layer], { spoil: true }))).rejects.toMatchObject({
      code: 'ImageInvalid',
    });
    const broken = join(scratch.folder, 'broken');
    await writeFile(broken, 'no tar at all');
    await expect(store.load(broken)).rejects.toMatchObject({ code: 'ImageInvalid' });
    expect(await store.list()).toEqual([]);
  });

  it('needs a name when the archive has only a tag', async () => {
    const path = await archive([{ tar: await tarOf([{ name: 'a' }]), mediaType: layerType }], {
      name: 'latest',
    });
    await expect(store.load(path)).rejects.toMatchObject({ code: 'InvalidImageName' });
    expect(await store.load(path, { reference: 'mine' })).toMatchObject([
      { reference: 'docker.io/library/mine:latest' },
    ]);
  });

  it('removes what no other image needs', async () => {
    const files = join(scratch.folder, 'files');
    await mkdir(files);
    await writeFile(join(files, 'a'), 'a');
    await store.write({ reference: 'x/one:1', files });
    await store.write({ reference: 'x/two:1', files });
    await store.unpack('x/one:1');
    expect(await store.remove('x/one:1')).toBe(true);
    expect(await readFile(join((await store.unpack('x/two:1')).path, 'a'), 'utf8')).toBe('a');
    expect(await store.remove('x/two:1')).toBe(true);
    expect(await store.remove('x/two:1')).toBe(false);
    expect(await readdir(join(scratch.folder, 'images/blobs/sha256'))).toEqual([]);
    await expect(store.unpack('x/two:1')).rejects.toMatchObject({ code: 'ImageNotFound' });
  });
});
