import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlockSizesFact } from '@virtkit/launcher-api';
import { isAbsent } from './contained-file.ts';

/**
 * Block sizes of what is behind a path, in bytes: those that a block device's kernel driver tells, or for a file or folder those
 * of its file system (KubeVirt domain, blockSize.matchVolume). Undefined where the kernel does not show the device.
 */
export async function readBlockSizes(path: string): Promise<BlockSizesFact | undefined> {
  const found = await stat(path);
  if (found.isBlockDevice()) return deviceBlockSizes(found.rdev, '/sys');
  const { bsize } = await statfs(path);
  // What can be given back is one block, as for every disk that says nothing else.
  return { logical: bsize, physical: bsize };
}

/**
 * What the kernel tells of a block device.
 * @param rdev Its number, as stat(2) gives it.
 * @param sysfs Where the kernel's view of its devices is mounted.
 */
export async function deviceBlockSizes(rdev: number, sysfs: string): Promise<BlockSizesFact | undefined> {
  const device = join(sysfs, 'dev/block', `${major(rdev)}:${minor(rdev)}`);
  // A partition's limits are those of its disk, one folder up.
  for (const queue of [join(device, 'queue'), join(device, '../queue')]) {
    const logical = await readNumber(join(queue, 'logical_block_size'));
    const physical = await readNumber(join(queue, 'physical_block_size'));
    if (logical === undefined || physical === undefined) continue;
    const discardGranularity = await readNumber(join(queue, 'discard_granularity'));
    return { logical, physical, ...(discardGranularity ? { discardGranularity } : {}) };
  }
  return undefined;
}

/** Device numbers as Linux packs them into 64 bits (makedev(3)). */
const major = (rdev: number): number => Math.floor(rdev / 0x100) & 0xfff;
const minor = (rdev: number): number => (rdev & 0xff) | (Math.floor(rdev / 0x1000) & 0xff_ff00);

async function readNumber(path: string): Promise<number | undefined> {
  try {
    return Number((await readFile(path, 'utf8')).trim());
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
