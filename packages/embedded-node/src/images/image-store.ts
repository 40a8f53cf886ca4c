import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import { readJson, writeJson } from '../state/file.ts';
import { readArchive } from './archive.ts';
import { BlobStore } from './blob-store.ts';
import {
  imageConfigurationSchema,
  indexSchema,
  manifestSchema,
  mediaTypes,
  parseDocument,
  type Descriptor,
  type ImageConfiguration,
  type Manifest,
} from './documents.ts';
import { applyLayer } from './layer.ts';
import { formatReference, parseReference } from './reference.ts';
import { packFolder, type LayerOwner } from './single-layer.ts';

/** An image in the store. */
export interface StoredImage {
  /** In its full form, for example `docker.io/library/nginx:latest`. */
  readonly reference: string;
  /** Digest of the manifest for this machine's architecture. */
  readonly digest: string;
  /** Compressed size of the layers, bytes. */
  readonly size: number;
}

/** An image whose files can be used. */
export interface UnpackedImage extends StoredImage {
  /** Folder with the image's files; not to be changed. */
  readonly path: string;
  readonly configuration: ImageConfiguration;
}

const recordSchema = z.object({ reference: z.string(), digest: z.string(), size: z.number() });

/** Node's names of architectures in the terms of Go, which image indexes use. */
const architectures: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  s390x: 's390x',
};

/** Images on this machine. Several processes may use one folder at a time. */
export class ImageStore {
  readonly #folder: string;
  readonly #blobs: BlobStore;
  readonly #keepOwners: boolean;
  readonly #unpacking = new Map<string, Promise<string>>();

  /** @param folder made when missing. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#blobs = new BlobStore(folder);
    this.#keepOwners = process.getuid?.() === 0;
  }

  /**
   * Takes the images of an OCI archive into the store.
   *
   * @param options.reference what to call it; needed when the archive does not name its image in full
   * @throws EmbeddedNodeError `ImageInvalid`, `InvalidImageName`
   */
  async load(path: string, options: { reference?: string } = {}): Promise<StoredImage[]> {
    const entries = await readArchive(path, this.#blobs);
    if (options.reference !== undefined && entries.length !== 1)
      throw new EmbeddedNodeError(
        'ImageInvalid',
        `${path} holds ${entries.length} images; one name does not do`,
      );
    const images: StoredImage[] = [];
    for (const entry of entries) {
      const reference = options.reference ?? nameOf(entry);
      if (reference === undefined)
        throw new EmbeddedNodeError(
          'InvalidImageName',
          `${path} does not say what its image is called; give a name`,
        );
      images.push(await this.#record(reference, await this.#forThisMachine(entry)));
    }
    return images;
  }

  /**
   * Makes an image of one layer from a folder, for example one with a disk below `disk/`.
   *
   * @param image.files folder whose content becomes the image
   * @param image.owner who owns the files; 107 (qemu) when absent, as in images that carry disks
   */
  async write(image: { reference: string; files: string; owner?: LayerOwner }): Promise<StoredImage> {
    const layer = await this.#blobs.add(packFolder(image.files, image.owner ?? { uid: 107, gid: 107 }));
    const config = await this.#blobs.add(
      Buffer.from(
        JSON.stringify({
          architecture: architectures[process.arch] ?? process.arch,
          os: 'linux',
          config: {},
          rootfs: { type: 'layers', diff_ids: [layer.digest] },
        }),
      ),
    );
    const manifest = await this.#blobs.add(
      Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: mediaTypes.manifest[0],
          config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
          layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
        }),
      ),
    );
    return this.#record(image.reference, manifest.digest);
  }

  /** All images, by name. */
  async list(): Promise<StoredImage[]> {
    const images = await Promise.all(
      (await this.#names('references')).map((name) => this.#read(join(this.#folder, 'references', name))),
    );
    return images.filter((image) => image !== undefined).sort((a, b) => (a.reference < b.reference ? -1 : 1));
  }

  /** The image of a reference; undefined when it is not in the store. @throws EmbeddedNodeError `InvalidImageName` */
  async resolve(reference: string): Promise<StoredImage | undefined> {
    const parsed = parseReference(reference);
    if (parsed.digest === undefined) return this.#read(this.#recordPath(formatReference(parsed)));
    return (await this.list()).find(({ digest }) => digest === parsed.digest);
  }

  /**
   * The files of an image, unpacked once.
   *
   * @throws EmbeddedNodeError `ImageNotFound` with the command that loads it, `ImageInvalid`, `InvalidImageName`
   */
  async unpack(reference: string): Promise<UnpackedImage> {
    const image = await this.resolve(reference);
    if (image === undefined)
      throw new EmbeddedNodeError(
        'ImageNotFound',
        `image ${formatReference(parseReference(reference))} is not on this node and is not pulled from registries: load it with "virtkit image load FILE"`,
      );
    const manifest = await this.#manifest(image.digest);
    let unpacking = this.#unpacking.get(image.digest);
    if (unpacking === undefined) {
      unpacking = this.#unpackManifest(image.digest, manifest).finally(() =>
        this.#unpacking.delete(image.digest),
      );
      this.#unpacking.set(image.digest, unpacking);
    }
    const path = await unpacking;
    const text = await this.#blobs.text(manifest.config.digest);
    return {
      ...image,
      path,
      configuration: parseDocument(imageConfigurationSchema, text, 'the configuration'),
    };
  }

  /** Removes an image and whatever no other image needs. Gives false when there is none of this name. */
  async remove(reference: string): Promise<boolean> {
    const image = await this.resolve(reference);
    if (image === undefined) return false;
    await rm(this.#recordPath(image.reference), { force: true });
    const rest = await this.list();
    const kept = new Set<string>();
    for (const { digest } of rest) {
      const manifest = await this.#manifest(digest);
      for (const blob of [digest, manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)])
        kept.add(blob);
    }
    for (const name of await this.#names('unpacked'))
      if (!rest.some(({ digest }) => digest === `sha256:${name}`))
        await rm(join(this.#folder, 'unpacked', name), { recursive: true, force: true });
    await this.#blobs.retain(kept);
    return true;
  }

  async #record(reference: string, digest: string): Promise<StoredImage> {
    const manifest = await this.#manifest(digest);
    for (const { digest: blob } of [manifest.config, ...manifest.layers])
      if (!(await this.#blobs.has(blob)))
        throw new EmbeddedNodeError(
          'ImageInvalid',
          `the archive lacks blob ${blob}, which its manifest names`,
        );
    const full = formatReference({ ...parseReference(reference), digest: undefined });
    const size = manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
    const image = { reference: full, digest, size };
    await mkdir(join(this.#folder, 'references'), { recursive: true, mode: 0o700 });
    await writeJson(this.#recordPath(full), image);
    return image;
  }

  async #unpackManifest(digest: string, manifest: Manifest): Promise<string> {
    const folder = join(this.#folder, 'unpacked');
    const path = join(folder, digest.slice('sha256:'.length));
    try {
      await access(path);
      return path;
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error;
    }
    const temporary = join(folder, `.${randomUUID()}`);
    await mkdir(temporary, { recursive: true, mode: 0o755 });
    try {
      for (const { digest: layer, mediaType } of manifest.layers)
        await applyLayer(this.#blobs.stream(layer), mediaType, temporary, { keepOwners: this.#keepOwners });
      await rename(temporary, path);
    } catch (error) {
      // Another process was quicker, with the same content.
      if (!isSystemError(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    return path;
  }

  /** The manifest for this machine behind an entry of an index, which may be an index itself. */
  async #forThisMachine(entry: Descriptor): Promise<string> {
    if (!(mediaTypes.index as readonly string[]).includes(entry.mediaType)) return entry.digest;
    const { manifests } = parseDocument(indexSchema, await this.#blobs.text(entry.digest), 'the index');
    const wanted = architectures[process.arch] ?? process.arch;
    const match = manifests.find(
      ({ platform }) =>
        platform === undefined || (platform.os === 'linux' && platform.architecture === wanted),
    );
    if (match === undefined)
      throw new EmbeddedNodeError('ImageInvalid', `the image has no variant for linux/${wanted}`);
    return this.#forThisMachine(match);
  }

  async #manifest(digest: string): Promise<Manifest> {
    return parseDocument(manifestSchema, await this.#blobs.text(digest), 'the manifest');
  }

  #read(path: string): Promise<StoredImage | undefined> {
    return readJson(path, (value) => recordSchema.parse(value));
  }

  /** One file per name: two processes that load images do not overwrite each other's. */
  #recordPath(reference: string): string {
    const name = createHash('sha256').update(reference).digest('hex');
    return join(this.#folder, 'references', `${name}.json`);
  }

  async #names(folder: string): Promise<string[]> {
    try {
      const names = await readdir(join(this.#folder, folder));
      return names.filter((name) => !name.startsWith('.') && !name.endsWith('.new'));
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return [];
      throw error;
    }
  }
}

/** The name that an archive gives its image: containerd's annotation is a full name, the OCI one is often only a tag. */
function nameOf({ annotations = {} }: Descriptor): string | undefined {
  const full = annotations['io.containerd.image.name'];
  if (full !== undefined) return full;
  const name = annotations['org.opencontainers.image.ref.name'];
  return name?.includes('/') === true || name?.includes(':') === true ? name : undefined;
}
