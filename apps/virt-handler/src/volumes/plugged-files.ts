import { constants, type Stats } from 'node:fs';
import { link, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HandlerError } from '../errors.ts';
import { emptyDirectory, plainName } from '../pods/plain-folder.ts';

const suffix = '.img';
/** The file of a claim that is a disk. */
const diskFile = 'disk.img';

/**
 * The folder of a launcher's Pod in which plugged volumes appear while it runs. A disk is the very file of its claim under a second
 * name (a hard link), which needs no mount and no rights over the launcher's namespaces.
 *
 * Nobody is trusted with names: the folder is the kubelet's, and no link in it or in a claim is followed; what a launcher puts in
 * place of a disk is its own loss.
 */
export class PluggedFiles {
  readonly #folder: string;
  readonly #owner: number | undefined;

  /**
   * @param owner User that the launcher runs as, who gets the disks; undefined where this process may not give files away.
   * @throws HandlerError `unsafe-path` for what is no Pod's UID; so do its methods for what are no names
   */
  constructor(kubeletRoot: string, podUid: string, owner: number | undefined) {
    this.#folder = join(kubeletRoot, ...emptyDirectory(podUid, 'hotplug-disks'));
    this.#owner = owner;
  }

  /** Names of the volumes whose disks are there. */
  async disks(): Promise<Set<string>> {
    await this.#requireFolder();
    const names = await readdir(this.#folder);
    return new Set(
      names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length)),
    );
  }

  /**
   * Makes the disk of a claim appear. Idempotent.
   * @throws HandlerError `volume-unavailable` when the claim has no disk, or lies on another file system than Pods
   */
  async plug(volume: string, claimFolder: string): Promise<void> {
    await this.#requireFolder();
    const source = join(claimFolder, diskFile);
    const status = await this.#take(source, claimFolder);
    const path = this.#pathOf(volume);
    const present = await statusOf(path);
    if (present !== undefined && isSame(present, status)) return;
    if (present !== undefined) await rm(path, { force: true });
    await linkInto(source, path);
  }

  /** Takes a disk away. Idempotent. */
  async unplug(volume: string): Promise<void> {
    await this.#requireFolder();
    await rm(this.#pathOf(volume), { force: true });
  }

  /**
   * Moves a file that the launcher wrote into a claim. Idempotent.
   * @throws HandlerError `volume-unavailable` when there is none, or something else than a file
   */
  async deliver(name: string, claimFolder: string): Promise<void> {
    await this.#requireFolder();
    const target = join(claimFolder, plainName(name));
    try {
      await rename(join(this.#folder, plainName(name)), target);
    } catch (cause) {
      if (isCode(cause, 'ENOENT') && (await statusOf(target))?.isFile() === true) return;
      throw new HandlerError('volume-unavailable', `${name} cannot be moved to its claim`, { cause });
    }
    // Looked at where the launcher no longer reaches it.
    if ((await lstat(target)).isFile()) return;
    await rm(target, { recursive: true, force: true });
    throw new HandlerError('volume-unavailable', `${name} is no plain file`);
  }

  /** Removes a file that the launcher wrote, or began to write. */
  async discard(name: string): Promise<void> {
    await this.#requireFolder();
    await rm(join(this.#folder, plainName(name)), { force: true });
  }

  /** Gives the disk of a claim to the launcher, through a handle, so that it is the file which is looked at. */
  async #take(path: string, claimFolder: string): Promise<Stats> {
    try {
      await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const status = await file.stat();
      if (!status.isFile()) throw new HandlerError('volume-unavailable', `${path} is no plain file`);
      if (this.#owner !== undefined && status.uid !== this.#owner) await file.chown(this.#owner, this.#owner);
      return status;
    } catch (cause) {
      if (cause instanceof HandlerError) throw cause;
      throw new HandlerError('volume-unavailable', `${claimFolder} has no disk ${diskFile}`, { cause });
    }
  }

  #pathOf(volume: string): string {
    return join(this.#folder, `${plainName(volume)}${suffix}`);
  }

  /** @throws HandlerError `volume-unavailable` for a Pod that takes no volumes, or is gone */
  async #requireFolder(): Promise<void> {
    const status = await statusOf(this.#folder);
    if (status?.isDirectory() !== true)
      throw new HandlerError('volume-unavailable', `${this.#folder} is not a folder`);
  }
}

async function linkInto(source: string, path: string): Promise<void> {
  try {
    await link(source, path);
  } catch (cause) {
    const why = isCode(cause, 'EXDEV') ? ': it is on another file system' : '';
    throw new HandlerError('volume-unavailable', `${source} cannot be linked into the launcher's Pod${why}`, {
      cause,
    });
  }
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const isSame = (a: Stats, b: Stats): boolean => a.dev === b.dev && a.ino === b.ino;

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
