/** Builds the container images, loads them into containerd, and pushes them to registries. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { buildImages, megabytes, type BuiltImage } from './build.ts';
import { ImageBuildError } from './errors.ts';
import { LayerCache } from './layer-cache.ts';
import { writeArchive, writeLayout, type WrittenImage } from './oci-layout.ts';
import { pushImages } from './registry.ts';
import { runProgram } from './run-program.ts';
import { billOfMaterials } from './sbom.ts';

const root = resolve(import.meta.dirname, '../..');

const usage = `usage: main.ts build [--registry PREFIX] [--tag TAG] [--version VERSION] [--launcher-api-minor N]
                     [--output DIR] [--cache DIR] [--guest DIR] [--fresh]
       main.ts load [--output DIR] [--ctr PROGRAM] [--address SOCKET]
       main.ts push --registry HOST[:PORT][/PATH] [--output DIR] [--insecure]

  build makes the images; SOURCE_DATE_EPOCH is the time in them (default: 2026-01-01)
    --registry PREFIX   what their names start with (default: virtkit.dev)
    --version VERSION   what is in them, as they say (default: the project's)
    --tag TAG           their tag (default: the version)
    --launcher-api-minor N  launchers speak an older minor of their API, for tests of updates (default: the newest)
    --cache DIR         layers that are kept between builds (default: ~/.cache/virtkit/images)
    --guest DIR         the tiny guest, as "make guest" builds it (default: build/guest)
    --fresh             take the newest Debian packages instead of those in the cache
  load gives them to containerd, where the kubelet finds them
    --ctr PROGRAM       containerd's client (default: ctr)
    --address SOCKET    containerd's socket (default: ctr's)
  push copies them to a registry
    --insecure          one without TLS, or with a certificate that nobody knows

  --output DIR          layout oci/, archive virtkit-images.tar and sbom/ (default: build/images)
`;

/** How long a layer is kept that no build asks for: 30 days, in milliseconds. */
const keptUnused = 30 * 24 * 3_600_000;

/** 2026-01-01: not the time of a build, so that the same content has the same digest whenever it is built. */
const defaultEpoch = 1_767_225_600;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    registry: { type: 'string' },
    tag: { type: 'string' },
    version: { type: 'string' },
    'launcher-api-minor': { type: 'string' },
    output: { type: 'string', default: join(root, 'build/images') },
    cache: { type: 'string' },
    guest: { type: 'string', default: join(root, 'build/guest') },
    fresh: { type: 'boolean', default: false },
    insecure: { type: 'boolean', default: false },
    ctr: { type: 'string' },
    address: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const output = resolve(values.output);
const layout = join(output, 'oci');
const archive = join(output, 'virtkit-images.tar');
const progress = (line: string) => console.log(`images: ${line}`);

async function build(): Promise<void> {
  const version = values.version ?? (await projectVersion());
  const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? defaultEpoch);
  if (!Number.isSafeInteger(epoch) || epoch < 0)
    throw new ImageBuildError('usage', 'SOURCE_DATE_EPOCH is not a number of seconds');
  const { registry = 'virtkit.dev', tag = version, guest, fresh } = values;
  const minor = values['launcher-api-minor'];
  const launcherApiMinor = minor === undefined ? undefined : Number(minor);
  if (launcherApiMinor !== undefined && !Number.isSafeInteger(launcherApiMinor))
    throw new ImageBuildError('usage', '--launcher-api-minor is not a number');
  const kept = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const cache = new LayerCache(values.cache ?? join(kept, 'virtkit', 'images'));
  const images = await buildImages(
    { root, guest: resolve(guest), registry, tag, version, launcherApiMinor, epoch, fresh, progress },
    cache,
  );
  await mkdir(layout, { recursive: true });
  const written = await writeLayout(layout, images, { epoch });
  await writeBills(images, written, epoch);
  await writeArchive(layout, archive, { epoch });
  await cache.prune(new Date(Date.now() - keptUnused));
  report(images, written);
}

async function projectVersion(): Promise<string> {
  const description = await readFile(join(root, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(description)).version;
}

/** One document for each image. */
async function writeBills(
  images: readonly BuiltImage[],
  written: readonly WrittenImage[],
  epoch: number,
): Promise<void> {
  const folder = join(output, 'sbom');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [index, { name, description, materials }] of images.entries()) {
    const text = billOfMaterials({ ...written[index]!, name, description }, materials, { epoch });
    await writeFile(join(folder, `${name}.cdx.json`), text);
  }
}

function report(images: readonly BuiltImage[], written: readonly WrittenImage[]): void {
  for (const [index, { reference, digest, size, unpackedSize }] of written.entries()) {
    const { layers, config } = images[index]!;
    const own = megabytes(layers.at(-1)!.layer.size);
    const user = config.User === undefined ? '' : `, user ${config.User}`;
    progress(`${reference}${user}: ${megabytes(size)} (its own ${own}), unpacked ${megabytes(unpackedSize)}`);
    progress(`  ${digest}`);
  }
  const layers = new Map(
    images.flatMap((image) => image.layers.map(({ layer }) => [layer.digest, layer.size])),
  );
  const total = [...layers.values()].reduce((sum, size) => sum + size, 0);
  progress(`${archive}: ${written.length} images, ${megabytes(total)}, since they share layers`);
}

/** `k8s.io` is where the kubelet looks for images. */
async function load(): Promise<void> {
  const { ctr, address } = values;
  const where = address === undefined ? [] : ['--address', address];
  const said = await runProgram('ctr', [...where, '--namespace', 'k8s.io', 'images', 'import', archive], {
    ...(ctr !== undefined && { path: ctr }),
  });
  process.stdout.write(said);
}

async function push(): Promise<void> {
  const { registry, insecure } = values;
  if (registry === undefined) throw new ImageBuildError('usage', 'push needs --registry');
  for (const reference of await pushImages(layout, { registry, insecure, progress })) progress(reference);
}

const commands: Readonly<Record<string, () => Promise<void>>> = { build, load, push };

const name = positionals[0] ?? '';
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (values.help) process.stdout.write(usage);
else if (command === undefined || positionals.length > 1) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof ImageBuildError)) throw error;
    console.error(`images: error: ${error.message}`);
    process.exitCode = error.code === 'usage' ? 2 : 1;
  }
}
