import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { debianPackageSchema, parseDpkgStatus, type DebianPackage } from './dpkg-status.ts';
import type { CachedLayer, LayerCache } from './layer-cache.ts';
import { normalisation, writeDifference } from './root-archive.ts';
import { runProgram } from './run-program.ts';

/** Debian's release that images are made of: the one that Virtkit is tested with. */
export const suite = 'bookworm';

const sources = [
  `deb http://deb.debian.org/debian ${suite} main`,
  `deb http://deb.debian.org/debian ${suite}-updates main`,
  `deb http://deb.debian.org/debian-security ${suite}-security main`,
];

/** Files of packages that no program here reads. Packages stay registered, so that scanners find them. */
const excluded = [
  ...['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/info/*', '/usr/share/locale/*'],
  ...['/usr/share/lintian/*', '/usr/share/bash-completion/*', '/usr/share/zsh/*'],
  // Names of countries and languages, for GStreamer, which QEMU's SPICE brings along.
  ...['/usr/share/iso-codes/*', '/usr/share/xml/iso-codes/*'],
  // Emulators of machines that no guest can ask for, and firmware for other processors than x86.
  ...['/usr/libexec/qemu-system-i386', '/usr/bin/qemu-system-i386', '/usr/bin/qemu-system-x86_64-microvm'],
  ...['/usr/share/qemu/openbios-*', '/usr/share/qemu/skiboot.lid', '/usr/share/qemu/hppa-firmware*'],
  ...['/usr/share/qemu/s390-*', '/usr/share/qemu/u-boot*', '/usr/share/qemu/palcode-clipper'],
];
/** What licences oblige to keep. */
const included = ['/usr/share/doc/*/copyright'];

/** Users beside Debian's own: numbers that Pods ask for, which programs look up. */
const users = [
  { name: 'qemu', id: 107 },
  { name: 'virtkit', id: 1001 },
];

/** What a layer of packages is to hold. */
export interface DebianLayerOptions {
  /** Packages beside Debian's essential ones. */
  readonly packages: readonly string[];
  /** A layer below: what it has already is left out. */
  readonly base?: DebianLayer;
  /** Seconds since 1970 that no file is younger than. */
  readonly epoch: number;
}

const notesSchema = z.object({
  /** Packages of the whole root file system, the base's included. */
  packages: z.array(debianPackageSchema),
  /** Every file of the whole root file system with what tells it from others. */
  files: z.record(z.string(), z.string()),
});

/** A layer of Debian packages, and what its root file system has. */
export type DebianLayer = CachedLayer<z.output<typeof notesSchema>>;

/**
 * Makes a layer of Debian packages with mmdebstrap, or takes it from the cache.
 *
 * The same versions of packages give the same layer. Which versions Debian has is looked up only when the layer is not in
 * the cache, or when `fresh` asks for it.
 *
 * @throws ImageBuildError `tool-missing`, `tool-failed`
 */
export function debianLayer(
  options: DebianLayerOptions,
  cache: LayerCache,
  { fresh = false, signal }: { fresh?: boolean; signal?: AbortSignal } = {},
): Promise<DebianLayer> {
  const { packages, base, epoch } = options;
  const inputs = {
    ...{ suite, sources, excluded, included, users, epoch },
    ...normalisation,
    packages: [...packages].sort(),
    base: base?.layer.diffId ?? null,
  };
  return cache.get(
    {
      inputs,
      notes: notesSchema,
      make: async (folder) => {
        const root = join(folder, 'root.tar');
        await bootstrap(root, packages, epoch, signal);
        const { layer, files, status } = await writeDifference(
          root,
          join(folder, 'layer.tar.gz'),
          base?.notes.files ?? {},
          epoch,
        );
        await rm(root);
        return { layer, notes: { packages: parseDpkgStatus(status), files } };
      },
    },
    { fresh },
  );
}

/** Packages that the second list has beside the first one's. */
export function addedPackages(
  base: readonly DebianPackage[],
  all: readonly DebianPackage[],
): DebianPackage[] {
  const known = new Set(base.map(({ name }) => name));
  return all.filter(({ name }) => !known.has(name));
}

/** Writes the root file system as a tar archive. */
async function bootstrap(
  target: string,
  packages: readonly string[],
  epoch: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const accounts = users.flatMap(({ name, id }) => [
    `echo '${name}:x:${id}:${id}:${name}:/:/usr/sbin/nologin' >> "$1/etc/passwd"`,
    `echo '${name}:x:${id}:' >> "$1/etc/group"`,
    `echo '${name}:*:19000:0:99999:7:::' >> "$1/etc/shadow"`,
  ]);
  await runProgram(
    'mmdebstrap',
    [
      '--variant=essential',
      '--format=tar',
      // The merged /usr from the start: the package that merges it afterwards needs all of Perl.
      '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
      `--include=${['usr-is-merged', ...packages].join(',')}`,
      // Before other packages are installed: they choose numbers for their users that are free.
      `--essential-hook=${accounts.join(' && ')}`,
      ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
      ...included.map((path) => `--dpkgopt=path-include=${path}`),
      suite,
      target,
      ...sources,
    ],
    { environment: { SOURCE_DATE_EPOCH: String(epoch) }, ...(signal && { signal }) },
  );
}
