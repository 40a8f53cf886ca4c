import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HalError, type CallOptions, type Hypervisor } from '@virtkit/hal';
import {
  limits,
  toWireError,
  type Facts,
  type FactsRequest,
  type PersistentDisk,
  type VolumeFact,
} from '@virtkit/launcher-api';
import { readBlockSizes } from './block-sizes.ts';
import { containedFile, isAbsent, soleDisk } from './contained-file.ts';
import { readCpus } from './cpus.ts';
import { readDevices } from './devices.ts';
import { readImageInfo } from './image-info.ts';
import { persistentDisk } from './persistent-disk.ts';
import { readCloudInitSecret, readSecret } from './secret-files.ts';

export interface FactsOptions {
  hypervisor: Hypervisor;
  /** Holds one folder per container disk volume, and `kernel-boot-volume`. */
  containerDiskDir: string;
  /** Holds one folder per volume with a disk that outlives the machine. */
  vmiDiskDir: string;
  /** Holds the disks that are plugged in while the guest runs, as `<volume>.img`. */
  hotplugDiskDir: string;
  /** Holds the disks that the hypervisor makes. */
  stateDir: string;
  /** Holds one folder per volume and credential whose data stands in Secrets. */
  secretDir: string;
  /** In which device plug-ins tell what they set aside for this Pod. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Program; default `qemu-img`. */
  qemuImg?: string;
}

const kernelBootVolume = 'kernel-boot-volume';
const pluggedSuffix = '.img';

/** Looks up what only this Pod can see. Remembers what it found in an image as long as the file stays the same. */
export class FactsResolver {
  readonly #options: FactsOptions;
  readonly #known = new Map<string, VolumeFact>();

  constructor(options: FactsOptions) {
    this.#options = options;
  }

  /** A volume that cannot be used is an `error` entry; the others are unaffected. */
  async resolve(request: FactsRequest, options: CallOptions = {}): Promise<Facts> {
    const volumes: Facts['volumes'] = {};
    for (const { volume, look } of await this.#volumes(request, options)) {
      // One after the other: each runs a tool with memory of its own, in a Pod that has little.
      volumes[volume] = await orError(look);
    }
    const { hardwareVirtualization } = await this.#options.hypervisor.capabilities(options);
    return {
      volumes,
      ownDisks: await readBlockSizes(this.#options.stateDir),
      ...(request.kernelBoot && { kernelBoot: await this.#kernelBoot(request.kernelBoot) }),
      ...(await this.#secrets(request)),
      ...(request.devices.length > 0 && { devices: readDevices(request.devices, this.#options.environment) }),
      ...(request.cpus && { cpus: await readCpus() }),
      hardwareVirtualization,
    };
  }

  async #volumes(
    request: FactsRequest,
    options: CallOptions,
  ): Promise<{ volume: string; look: () => Promise<VolumeFact> }[]> {
    const { containerDiskDir, vmiDiskDir, hotplugDiskDir } = this.#options;
    const containerDisks = (await folders(containerDiskDir)).filter((name) => name !== kernelBootVolume);
    const found = [
      ...containerDisks.map((volume) => {
        const root = join(containerDiskDir, volume);
        const inner = request.volumes[volume]?.path;
        const find = () => (inner === undefined ? soleDisk(root) : containedFile(root, inner));
        return { volume, look: async () => this.#image(await find(), options) };
      }),
      ...Object.entries(request.disks).map(([volume, disk]) => ({
        volume,
        look: () => this.#persistent(join(vmiDiskDir, volume), disk, request, options),
      })),
      ...(await pluggedDisks(hotplugDiskDir)).map((volume) => ({
        volume,
        look: () =>
          this.#persistent(
            hotplugDiskDir,
            // The machine itself may have it already.
            { file: `${volume}${pluggedSuffix}`, readOnly: false, shared: true },
            request,
            options,
          ),
      })),
    ];
    if (found.length <= limits.volumes) return found;
    throw new HalError(
      'invalid-spec',
      `this Pod has ${found.length} disk volumes and ${limits.volumes} are possible`,
    );
  }

  async #image(path: string, options: CallOptions): Promise<VolumeFact> {
    const { dev, ino, size, mtimeMs } = await stat(path);
    const key = [path, dev, ino, size, mtimeMs].join('\n');
    const known =
      this.#known.get(key) ?? (await readImageInfo(path, this.#options.qemuImg ?? 'qemu-img', options));
    this.#known.set(key, known);
    const blockSizes = await readBlockSizes(path);
    return { ...known, ...(blockSizes && { blockSizes }) };
  }

  async #persistent(
    folder: string,
    disk: PersistentDisk,
    { diskRoom: room }: FactsRequest,
    options: CallOptions,
  ): Promise<VolumeFact> {
    const { qemuImg = 'qemu-img' } = this.#options;
    const found = await persistentDisk({ folder, disk, room, qemuImg }, options);
    const blockSizes = await readBlockSizes(found.path);
    return { ...found, ...(blockSizes && { blockSizes }) };
  }

  async #secrets({
    cloudInitSecrets,
    credentials,
  }: FactsRequest): Promise<Pick<Facts, 'cloudInitSecrets' | 'credentials'>> {
    const { secretDir } = this.#options;
    const found: Pick<Facts, 'cloudInitSecrets' | 'credentials'> = {};
    for (const volume of cloudInitSecrets)
      (found.cloudInitSecrets ??= {})[volume] = await orError(() =>
        readCloudInitSecret(join(secretDir, volume)),
      );
    for (const secret of credentials)
      (found.credentials ??= {})[secret] = await orError(async () => ({
        keys: Object.fromEntries(await readSecret(join(secretDir, `${secret}-access-cred`))),
      }));
    return found;
  }

  #kernelBoot({ kernelPath, initrdPath }: NonNullable<FactsRequest['kernelBoot']>) {
    const root = join(this.#options.containerDiskDir, kernelBootVolume);
    return orError(async () => ({
      ...(kernelPath !== undefined && { path: await containedFile(root, kernelPath) }),
      ...(initrdPath !== undefined && { initrdPath: await containedFile(root, initrdPath) }),
    }));
  }
}

async function orError<T>(find: () => Promise<T>): Promise<T | { error: ReturnType<typeof toWireError> }> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof HalError && error.code === 'aborted') throw error;
    return { error: toWireError(error) };
  }
}

async function folders(path: string): Promise<string[]> {
  return (await entriesOf(path)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Volumes that are plugged in by now. */
async function pluggedDisks(path: string): Promise<string[]> {
  return (await entriesOf(path))
    .filter((entry) => entry.isFile() && entry.name.endsWith(pluggedSuffix))
    .map(({ name }) => name.slice(0, -pluggedSuffix.length));
}

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
