import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledPackages, npmPackage } from './bundled-packages.ts';
import { base, guestImage, programImages, type PackageSet } from './definitions.ts';
import { addedPackages, debianLayer, suite, type DebianLayer } from './debian-layer.ts';
import { parseDpkgStatus, type DebianPackage } from './dpkg-status.ts';
import { ImageBuildError, isSystemError } from './errors.ts';
import { fileLayer } from './file-layer.ts';
import type { LayerCache } from './layer-cache.ts';
import type { ImageContent } from './oci-layout.ts';
import { nodeDescription, nodeFiles, programFiles } from './program-files.ts';
import type { Materials } from './sbom.ts';

/** What images are built from, and how they are called. */
export interface BuildOptions {
  /** Root of the checkout, with the programs built. */
  readonly root: string;
  /** Folder with the guest's `disk.qcow2` and `packages`. */
  readonly guest: string;
  /** What the names of images start with, for example `virtkit.dev`. */
  readonly registry: string;
  readonly tag: string;
  readonly version: string;
  /** The minor of the launcher API that launchers speak, for tests of updates; the newest when absent. */
  readonly launcherApiMinor?: number | undefined;
  /** Seconds since 1970: every time in the images. */
  readonly epoch: number;
  /** Look for newer Debian packages even where layers of older ones are in the cache. */
  readonly fresh: boolean;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** An image, and what its bill of materials says beside its layers. */
export interface BuiltImage extends ImageContent {
  readonly name: string;
  readonly description: string;
  readonly materials: Materials;
}

/**
 * Makes the content of every image.
 *
 * @throws ImageBuildError `tool-missing`, `tool-failed`, `input-missing` when the programs or the guest are not built
 */
export async function buildImages(options: BuildOptions, cache: LayerCache): Promise<BuiltImage[]> {
  const { root, epoch, version } = options;
  const debian = await debianStep(base, undefined, options, cache);
  const sets = new Set(programImages.map(({ packages }) => packages).filter((set) => set !== undefined));
  const extras = new Map(
    await Promise.all(
      [...sets].map(async (set) => [set, await debianStep(set, debian, options, cache)] as const),
    ),
  );
  const node = await fileLayer({ files: nodeFiles(root), epoch }, cache);
  const nodeMaterials = await nodeDescription(root);
  const images: BuiltImage[] = [];
  for (const image of programImages) {
    const { name, description, user } = image;
    const extra = image.packages && extras.get(image.packages);
    const program = await fileLayer({ files: await programFiles(root, name, options), epoch }, cache);
    images.push({
      name,
      description,
      reference: `${options.registry}/${name}:${options.tag}`,
      layers: [
        { layer: debian.layer, comment: `Debian ${suite}: ${namesOf(debian.notes.packages)}` },
        { layer: node, comment: `Node.js ${nodeMaterials.version}` },
        ...(extra === undefined ? [] : [{ layer: extra.layer, comment: commentOf(extra, debian) }]),
        { layer: program, comment: `${name} ${version}` },
      ],
      config: {
        User: user,
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        Entrypoint: [`/usr/bin/${name}`],
        WorkingDir: '/',
        Labels: labels(name, description, version),
      },
      materials: {
        debian: (extra ?? debian).notes.packages,
        npm: await npmMaterials(root, name),
        node: nodeMaterials,
      },
    });
  }
  return [...images, await guest(options, cache)];
}

const commentOf = (extra: DebianLayer, debian: DebianLayer): string =>
  `Debian ${suite}: ${namesOf(addedPackages(debian.notes.packages, extra.notes.packages))}`;

/** What the bundles have code of, and for the launcher what its native binding was compiled with. */
async function npmMaterials(root: string, name: string): Promise<Materials['npm']> {
  const bundled = await bundledPackages(join(root, 'apps', name));
  if (name !== 'virt-launcher') return bundled;
  return [...bundled, await npmPackage(join(root, 'node_modules/node-addon-api'))];
}

/** Says what is made, since it takes a while, and what came of it. */
async function debianStep(
  { name, packages }: PackageSet,
  below: DebianLayer | undefined,
  options: BuildOptions,
  cache: LayerCache,
): Promise<DebianLayer> {
  const { progress, epoch } = options;
  const start = performance.now();
  progress(`Debian packages of ${name}`);
  const wanted = { packages, epoch, ...(below && { base: below }) };
  const made = await debianLayer(wanted, cache, options);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const how = made.reused ? 'from the cache' : `made in ${seconds} s`;
  const count = made.notes.packages.length;
  progress(`Debian packages of ${name}: ${count} packages, layer ${megabytes(made.layer.size)} (${how})`);
  return made;
}

/** A disk as KubeVirt's containerDisks have it: below `disk`, owned by the launcher's user. */
async function guest(options: BuildOptions, cache: LayerCache): Promise<BuiltImage> {
  const { name, tag, description } = guestImage;
  const packages = await guestPackages(options.guest);
  const layer = await fileLayer(
    {
      files: [{ path: 'disk/disk.qcow2', source: join(options.guest, 'disk.qcow2'), mode: 0o444 }],
      owner: { uid: 107, gid: 107 },
      epoch: options.epoch,
    },
    cache,
  );
  return {
    name,
    description,
    reference: `${options.registry}/${name}:${tag}`,
    layers: [{ layer, comment: description }],
    config: { Labels: labels(name, description, options.version) },
    materials: { debian: packages, npm: [] },
  };
}

async function guestPackages(folder: string): Promise<DebianPackage[]> {
  try {
    return parseDpkgStatus(await readFile(join(folder, 'packages'), 'utf8'));
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) throw cause;
    throw new ImageBuildError('input-missing', `${folder} has no guest: run "make guest"`, { cause });
  }
}

/** OCI image specification 1.1, "Pre-Defined Annotation Keys". */
function labels(title: string, description: string, version: string): Record<string, string> {
  return {
    'org.opencontainers.image.title': title,
    'org.opencontainers.image.description': description,
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.licenses': 'Apache-2.0',
  };
}

function namesOf(packages: readonly DebianPackage[]): string {
  return packages.map(({ name }) => name).join(', ');
}

/** A size for people: 1 MB is a million bytes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
