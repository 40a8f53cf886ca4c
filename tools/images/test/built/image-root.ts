import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

/** What `make images` made. */
export const output = resolve(import.meta.dirname, '../../../../build/images');

const blob = (digest: string) => join(output, 'oci/blobs', digest.replace(':', '/'));

const indexSchema = z.object({
  manifests: z.array(z.object({ digest: z.string(), annotations: z.record(z.string(), z.string()) })),
});
const manifestSchema = z.object({
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string(), size: z.number() })),
});
const configSchema = z.object({
  config: z.object({
    User: z.string().optional(),
    Env: z.array(z.string()).optional(),
    Entrypoint: z.array(z.string()).optional(),
  }),
});

const readJson = async <T>(path: string, schema: z.ZodType<T>): Promise<T> =>
  schema.parse(JSON.parse(await readFile(path, 'utf8')));

/** An image of the layout: what it says of itself. */
export interface ImageDescription {
  readonly reference: string;
  readonly digest: string;
  /** Digests, the lowest layer first. */
  readonly layers: readonly string[];
  readonly user: string | undefined;
  readonly entrypoint: readonly string[];
  readonly environment: readonly string[];
}

/** The images by name, without registry and tag. */
export async function describeImages(): Promise<Map<string, ImageDescription>> {
  try {
    await access(join(output, 'oci/index.json'));
  } catch (cause) {
    throw new Error('the images are not built: run "make images"', { cause });
  }
  const { manifests } = await readJson(join(output, 'oci/index.json'), indexSchema);
  const images = new Map<string, ImageDescription>();
  for (const { digest, annotations } of manifests) {
    const { config: configuration, layers } = await readJson(blob(digest), manifestSchema);
    const { config } = await readJson(blob(configuration.digest), configSchema);
    const reference = annotations['org.opencontainers.image.ref.name'] ?? '';
    images.set(reference.slice(reference.lastIndexOf('/') + 1, reference.lastIndexOf(':')), {
      reference,
      digest,
      layers: layers.map((layer) => layer.digest),
      user: config.User,
      entrypoint: config.Entrypoint ?? [],
      environment: config.Env ?? [],
    });
  }
  return images;
}

/** A folder or file of the machine in a container. */
export interface Bind {
  readonly source: string;
  readonly destination: string;
  readonly readOnly?: boolean;
}

/** The layers of images, each unpacked once, and commands that see them on top of each other, as a container runtime shows them. */
export class UnpackedLayers implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async of(images: Iterable<ImageDescription>): Promise<UnpackedLayers> {
    const unpacked = new UnpackedLayers(await mkdtemp(join(tmpdir(), 'virtkit-images-')));
    try {
      for (const digest of new Set([...images].flatMap(({ layers }) => layers))) {
        const folder = unpacked.path(digest);
        await mkdir(folder);
        await run('tar', ['-C', folder, '--numeric-owner', '-xzf', blob(digest)]);
      }
      return unpacked;
    } catch (error) {
      await unpacked[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where a layer is unpacked. */
  path(digest: string): string {
    return join(this.#folder, digest.slice('sha256:'.length));
  }

  /**
   * The command line that runs a command in an image: as the image's user unless another is given, with no capabilities, with the
   * image's environment, in namespaces of its own; only /run, /tmp and what is bound can be written to.
   */
  command(
    image: ImageDescription,
    command: readonly string[],
    { user = image.user ?? '0:0', binds = [] }: { user?: string; binds?: readonly Bind[] } = {},
  ): [string, string[]] {
    const [uid = '', gid = ''] = user.split(':');
    const lower = image.layers.map((digest) => this.path(digest)).reverse();
    const script = 'mount -t overlay -o "lowerdir=$1" overlay "$2"; shift 2; exec "$@"';
    const root = '/mnt';
    const sandbox = [
      ...['bwrap', '--unshare-pid', '--unshare-ipc', '--unshare-net', '--die-with-parent'],
      ...['--ro-bind', root, '/', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/sys'],
      // libvirt starts no guest where it cannot count processors.
      ...['--dir', '/sys/devices/system', '--ro-bind', '/sys/devices/system', '/sys/devices/system'],
      ...['--perms', '1777', '--tmpfs', '/tmp', '--perms', '0755', '--tmpfs', '/run'],
      ...binds.flatMap(({ source, destination, readOnly = false }) => [
        readOnly ? '--ro-bind' : '--bind',
        source,
        destination,
      ]),
      ...['--clearenv', ...image.environment.flatMap(setVariable)],
      ...[
        '--cap-drop',
        'ALL',
        '--cap-add',
        'CAP_SETUID',
        '--cap-add',
        'CAP_SETGID',
        '--cap-add',
        'CAP_SETPCAP',
      ],
      ...['--', 'setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
      ...['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--no-new-privs', '--'],
      ...command,
    ];
    return ['unshare', ['--mount', 'sh', '-euc', script, 'sh', lower.join(':'), root, ...sandbox]];
  }

  /** Runs a command in an image to its end; what it wrote to standard output. */
  async run(
    image: ImageDescription,
    command: readonly string[],
    options: { user?: string; binds?: readonly Bind[] } = {},
  ): Promise<string> {
    const [program, args] = this.command(image, command, options);
    const { stdout } = await run(program, args, { maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function setVariable(variable: string): string[] {
  const equals = variable.indexOf('=');
  return ['--setenv', variable.slice(0, equals), variable.slice(equals + 1)];
}
