import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootId } from '../process-record.ts';
import type { Registry } from './registry.ts';
import type { Settings } from './settings.ts';

/** The only kernel setting of the machine that clusters change: Pods reach the world through it. */
const setting = '/proc/sys/net/ipv4/ip_forward';

/** Where the boot is written down in which the setting was changed for the clusters of a registry. */
const changedFile = (registry: Registry): string => join(registry.folder, 'forwarding-changed');

/** Lets the machine pass packets on, if it does not. */
export async function forwardPackets(registry: Registry, file = setting): Promise<void> {
  if ((await readFile(file, 'utf8')).trim() !== '0') return;
  // Written down first: what is set back without having been changed is what it was.
  await writeFile(`${changedFile(registry)}.new`, bootId);
  await rename(`${changedFile(registry)}.new`, changedFile(registry));
  await writeFile(file, '1');
}

/** Sets the setting back, where it was changed, before the last cluster is removed. */
export async function stopForwarding(
  registry: Registry,
  { id }: Pick<Settings, 'id'>,
  file = setting,
): Promise<void> {
  if ((await registry.entries()).some(({ settings }) => settings.id !== id)) return;
  if ((await readIfThere(changedFile(registry))) === bootId) await writeFile(file, '0');
  await rm(changedFile(registry), { force: true });
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
