import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { isSystemError } from './errors.ts';
import { addEntry, type Layer } from './layer.ts';

/** What an image is made of. */
export interface ImageContent {
  /** In full, for example `virtkit.dev/virt-api:0.1.0`. */
  readonly reference: string;
  /** From the lowest to the uppermost, each with what its history says. */
  readonly layers: readonly { readonly layer: Layer; readonly comment: string }[];
  /** Part `config` of the image configuration. */
  readonly config: {
    readonly User?: string;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>>;
  };
}

/** An image in the layout. */
export interface WrittenImage {
  readonly reference: string;
  /** Digest of its manifest. */
  readonly digest: string;
  /** Of all layers as they are transferred, bytes. */
  readonly size: number;
  /** Of all layers as archives, bytes: about what they take when unpacked. */
  readonly unpackedSize: number;
}

const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** Node's names of architectures in the terms of Go, which images use. */
const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Writes images into a folder that is an OCI image layout (image specification 1.1), which they share their layers in. What was
 * there before and is part of none of them is removed.
 *
 * @param options.epoch when the images were made, as they say, in seconds since 1970
 */
export async function writeLayout(
  folder: string,
  images: readonly ImageContent[],
  { epoch }: { epoch: number },
): Promise<WrittenImage[]> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const used = new Set<string>();
  const put = async (mediaType: string, document: unknown): Promise<Descriptor> => {
    const content = Buffer.from(JSON.stringify(document));
    const hex = createHash('sha256').update(content).digest('hex');
    await replaceFile(join(blobs, hex), (path) => writeFile(path, content));
    used.add(hex);
    return { mediaType, digest: `sha256:${hex}`, size: content.byteLength };
  };
  const entries = [];
  const written: WrittenImage[] = [];
  for (const image of images) {
    const layers = image.layers.map(({ layer }) => layer);
    for (const { path, digest, size } of layers) {
      const hex = digest.slice('sha256:'.length);
      used.add(hex);
      if ((await sizeOf(join(blobs, hex))) !== size)
        await replaceFile(join(blobs, hex), (target) => copyFile(path, target));
    }
    const config = await put(mediaTypes.config, configurationOf(image, epoch));
    const manifest = await put(mediaTypes.manifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config,
      layers: layers.map(({ digest, size }) => ({ mediaType: mediaTypes.layer, digest, size })),
    });
    entries.push({
      ...manifest,
      annotations: {
        // The first is what skopeo and others look for, the second is containerd's own.
        'org.opencontainers.image.ref.name': image.reference,
        'io.containerd.image.name': image.reference,
      },
      platform: { architecture: architectures[process.arch] ?? process.arch, os: 'linux' },
    });
    const sum = (key: 'size' | 'unpackedSize') => layers.reduce((total, layer) => total + layer[key], 0);
    written.push({
      reference: image.reference,
      digest: manifest.digest,
      size: sum('size'),
      unpackedSize: sum('unpackedSize'),
    });
  }
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: entries };
  await replaceFile(join(folder, 'oci-layout'), (path) => writeFile(path, '{"imageLayoutVersion":"1.0.0"}'));
  await replaceFile(join(folder, 'index.json'), (path) => writeFile(path, JSON.stringify(index)));
  for (const name of await readdir(blobs)) if (!used.has(name)) await rm(join(blobs, name));
  return written;
}

function configurationOf({ layers, config }: ImageContent, epoch: number): unknown {
  const created = new Date(epoch * 1000).toISOString();
  return {
    created,
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ layer }) => layer.diffId) },
    history: layers.map(({ comment }) => ({ created, created_by: comment })),
  };
}

/** Packs a layout into one file, as `ctr images import` and `virtkit image load` take it. */
export async function writeArchive(
  layout: string,
  path: string,
  { epoch }: { epoch: number },
): Promise<void> {
  const tar = pack();
  const common = { uid: 0, gid: 0, mtime: new Date(epoch * 1000) };
  const blobs = (await readdir(join(layout, 'blobs', 'sha256'))).sort();
  const fill = async () => {
    for (const name of ['blobs', 'blobs/sha256'])
      await addEntry(tar, { ...common, name, type: 'directory', mode: 0o755 });
    for (const name of [...blobs.map((blob) => `blobs/sha256/${blob}`), 'index.json', 'oci-layout']) {
      const { size } = await stat(join(layout, name));
      const entry = tar.entry({ ...common, name, type: 'file', mode: 0o644, size });
      await pipeline(createReadStream(join(layout, name)), entry);
    }
    tar.finalize();
  };
  await replaceFile(path, async (target) => {
    await Promise.all([fill(), pipeline(tar, createWriteStream(target))]);
  });
}

/** A reader sees the old file or the new one. */
async function replaceFile(path: string, write: (path: string) => Promise<void>): Promise<void> {
  const fresh = `${path}.${process.pid}.new`;
  try {
    await write(fresh);
    await rename(fresh, path);
  } finally {
    await rm(fresh, { force: true });
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The images of a layout, with their digests. */
export async function readLayout(folder: string): Promise<{ reference: string; digest: string }[]> {
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as {
    manifests: { digest: string; annotations: Record<string, string> }[];
  };
  return index.manifests.map(({ digest, annotations }) => ({
    reference: annotations['org.opencontainers.image.ref.name']!,
    digest,
  }));
}
