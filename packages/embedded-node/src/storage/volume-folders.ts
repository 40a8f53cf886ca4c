import { Quantity, type PersistentVolume } from '@virtkit/core-types';
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rm, rmdir, statfs, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import { capacityBytes } from './matching.ts';

/** Bytes that volumes leave to everything else on their file system. */
const reserveBytes = 64n * 1024n ** 2n;
const volumeName = /^pvc-[0-9a-f-]{36}$/;

/**
 * The folders that are volumes of this node, one for each, below one folder. A volume may be filled later than it is made,
 * so its size is kept free from the beginning; nothing keeps a Pod from writing more than that.
 */
export class VolumeFolders {
  readonly #root: string;
  /** Sizes of volumes that were made just now and may not be listed yet. */
  readonly #promised = new Map<string, bigint>();

  /** @param root an absolute path; made on first use */
  constructor(root: string) {
    this.#root = root;
  }

  /** Where the data of a volume are. */
  path(name: string): string {
    if (!volumeName.test(name))
      throw new EmbeddedNodeError(
        'StateInvalid',
        `${JSON.stringify(name)} is not the name of a local volume`,
      );
    return join(this.#root, name);
  }

  /**
   * Makes the folder of a volume; can be repeated.
   *
   * @param listed all volumes of the cluster; those of this node count
   * @throws EmbeddedNodeError `StorageFull` when not all volumes could be filled any more
   */
  async make(name: string, size: bigint, listed: readonly PersistentVolume[]): Promise<string> {
    const path = this.path(name);
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    const room = await this.#room(name, listed);
    if (size > room) {
      const [asked, left] = [size, room < 0n ? 0n : room].map((one) => Quantity.fromBytes(one).toString());
      throw new EmbeddedNodeError(
        'StorageFull',
        `${asked!} are asked for and ${left!} are left in ${this.#root}`,
      );
    }
    await mkdir(path, { recursive: true });
    // Whoever a Pod runs as may write; nobody else gets past the folder above.
    await chmod(path, 0o777);
    this.#promised.set(name, size);
    return path;
  }

  /** Deletes the data of a volume; can be repeated. */
  async remove(volume: PersistentVolume): Promise<void> {
    const name = volume.metadata.name!;
    const path = this.path(name);
    if (volume.spec?.local?.path !== path)
      throw new EmbeddedNodeError('StateInvalid', `the data of volume ${name} are not in ${path}`);
    await rm(path, { recursive: true, force: true });
    this.#promised.delete(name);
  }

  /** Removes the empty folders of volumes that never came to be; nothing that holds a file. */
  async sweep(listed: readonly PersistentVolume[]): Promise<void> {
    const known = new Set(listed.map(({ metadata }) => metadata.name));
    for (const name of await names(this.#root)) {
      if (!volumeName.test(name) || known.has(name)) continue;
      try {
        await rmdir(join(this.#root, name));
      } catch (error) {
        if (!isSystemError(error, 'ENOTEMPTY', 'ENOENT')) throw error;
      }
    }
  }

  /** Bytes that can still be promised to volumes beside those that are there. */
  async #room(except: string, listed: readonly PersistentVolume[]): Promise<bigint> {
    const { bavail, bsize } = await statfs(this.#root);
    let room = BigInt(bavail) * BigInt(bsize) - reserveBytes;
    const sizes = new Map(this.#promised);
    for (const volume of listed) {
      const name = volume.metadata.name!;
      if (volume.spec?.local?.path !== join(this.#root, name)) continue;
      // What was released is not written to any more.
      if (volume.status?.phase === 'Released') sizes.delete(name);
      else sizes.set(name, capacityBytes(volume));
    }
    sizes.delete(except);
    for (const [name, size] of sizes) {
      const unwritten = size - (await usedBytes(join(this.#root, name)));
      if (unwritten > 0n) room -= unwritten;
    }
    return room;
  }
}

/**
 * Bytes on the disk of all files below a folder. What is in there belongs to Pods, so no path of theirs is resolved: each
 * folder is opened as such and looked into through its descriptor. What vanishes meanwhile counts nothing.
 */
async function usedBytes(folder: string): Promise<bigint> {
  const handle = await openFolder(folder);
  if (handle === undefined) return 0n;
  try {
    const inside = `/proc/self/fd/${handle.fd}`;
    let used = 0n;
    for (const name of await readdir(inside)) {
      const path = join(inside, name);
      const found = await sizeOf(path);
      used += found.bytes + (found.isFolder ? await usedBytes(path) : 0n);
    }
    return used;
  } finally {
    await handle.close();
  }
}

async function openFolder(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
    throw error;
  }
}

async function sizeOf(path: string): Promise<{ bytes: bigint; isFolder: boolean }> {
  try {
    const found = await lstat(path, { bigint: true });
    return { bytes: found.blocks * 512n, isFolder: found.isDirectory() };
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return { bytes: 0n, isFolder: false };
    throw error;
  }
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}
