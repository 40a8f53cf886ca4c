import { lstat, readlink } from 'node:fs/promises';
import { isSystemError } from '../errors.ts';
import type { HostLayout } from './bubblewrap.ts';

const shown = ['/usr', '/etc', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'] as const;

/** Looks at the root folder of the machine, which may or may not have a merged /usr. */
export async function readHostLayout(): Promise<HostLayout> {
  const links: Record<string, string> = {};
  const folders: string[] = [];
  for (const path of shown) {
    try {
      const stat = await lstat(path);
      if (stat.isSymbolicLink()) links[path] = await readlink(path);
      else if (stat.isDirectory()) folders.push(path);
    } catch (error) {
      // Not every architecture has all of the library folders.
      if (!isSystemError(error, 'ENOENT')) throw error;
    }
  }
  return { links, folders };
}
