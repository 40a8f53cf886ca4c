import { chown, copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, type Owner } from '../ownership.ts';

/** Where libvirt's session mode keeps what it learnt about QEMU, one file for each binary, below `XDG_CACHE_HOME`. */
export const cachedCapabilities = (cache: string): string =>
  join(cache, 'libvirt', 'qemu', 'cache', 'capabilities');

/**
 * Gives a daemon that has not run yet what is kept in `folder`. libvirt itself checks that it holds for the QEMU, libvirt,
 * kernel and processor that it finds, and asks QEMU again when not. Does nothing when the folder is empty or missing.
 */
export async function useCapabilityCache(folder: string, cache: string, owner?: Owner): Promise<void> {
  let files: string[];
  try {
    files = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const target = cachedCapabilities(cache);
  const parents = ['libvirt', 'libvirt/qemu', 'libvirt/qemu/cache', 'libvirt/qemu/cache/capabilities'];
  for (const parent of parents) await makeFolder(join(cache, parent), owner);
  const kept = new Set(await readdir(target));
  for (const file of files.filter((one) => one.endsWith('.xml') && !kept.has(one))) {
    await copyFile(join(folder, file), join(target, file));
    if (owner !== undefined) await chown(join(target, file), owner.uid, owner.gid);
  }
}
