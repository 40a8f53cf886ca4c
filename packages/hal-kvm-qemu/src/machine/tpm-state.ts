import { readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, type Owner } from '../ownership.ts';

/**
 * Has libvirt keep the state of a machine's TPM in a folder of somebody else's. In session mode it knows one place only: below its
 * configuration, in a folder named by the domain's UUID, which becomes a link.
 */
export async function linkTpmState(options: {
  /** The daemon's folder of configuration. */
  configuration: string;
  uuid: string;
  /** Holds one folder per UUID. */
  stateFolder: string;
  owner?: Owner | undefined;
}): Promise<void> {
  const { configuration, uuid, stateFolder, owner } = options;
  let storage = configuration;
  for (const name of ['libvirt', 'qemu', 'swtpm']) await makeFolder((storage = join(storage, name)), owner);
  const state = join(stateFolder, uuid);
  await makeFolder(state, owner);
  const link = join(storage, uuid);
  const present = await linkTarget(link);
  if (present === state) return;
  if (present !== undefined) await unlink(link);
  await symlink(state, link);
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
