import { chown, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The user that daemon and QEMU run as, when that is not the present one. */
export interface Owner {
  uid: number;
  gid: number;
}

/** Makes a private folder (and its parents) that belongs to `owner`. Idempotent. */
export async function makeFolder(path: string, owner?: Owner): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
}

/** As `makeFolder`, but one that is there already stays whoever's it is. */
export async function ensureFolder(path: string, owner?: Owner): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made !== undefined && owner !== undefined) await chown(path, owner.uid, owner.gid);
}

/** Gives the files directly inside a folder to `owner`. */
export async function giveFilesTo(path: string, owner: Owner): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isFile()) await chown(join(path, entry.name), owner.uid, owner.gid);
}
