import type { Pod } from '@virtkit/core-types';
import { chmod, chown, lstat } from 'node:fs/promises';
import { posix, relative } from 'node:path';
import { EmbeddedNodeError } from '../errors.ts';

/** Gives a file or folder its mode, and to the Pod's fsGroup the rights of its owner. */
export async function shareWithGroup(path: string, mode: number, pod: Pod, root: boolean): Promise<void> {
  const group = pod.spec.securityContext?.fsGroup;
  if (group === undefined || !root) return chmod(path, mode);
  await chown(path, -1, group);
  await chmod(path, mode | ((mode & 0o700) >> 3) | ((await lstat(path)).isDirectory() ? 0o2000 : 0));
}

/** @throws EmbeddedNodeError `ConfigMissing` for a path that leaves the folder */
export function insideOf(folder: string, path: string): string {
  const full = posix.join(folder, path);
  if (path.startsWith('/') || relative(folder, full).startsWith('..'))
    throw new EmbeddedNodeError(
      'ConfigMissing',
      `${JSON.stringify(path)} is not a path inside of its volume`,
    );
  return full;
}
