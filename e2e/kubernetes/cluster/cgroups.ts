import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '@virtkit/testing';

const root = '/sys/fs/cgroup';

/** Whether this machine has one hierarchy for all controllers (version 2). */
const isUnified = (): boolean => existsSync(join(root, 'cgroup.controllers'));

/** Folders that each hold a hierarchy: one with version 2, one per controller with version 1. */
async function hierarchies(): Promise<string[]> {
  if (isUnified()) return [root];
  const entries = await readdir(root, { withFileTypes: true });
  // Some are there under two names; links to folders are not folders.
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name));
}

/** Makes a cgroup, such as `cluster/node-1`, in every hierarchy. */
export async function makeCgroup(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    let parent = hierarchy;
    for (const part of name.split('/')) {
      if (isUnified()) await passOnControllers(parent);
      const folder = join(parent, part);
      await mkdir(folder, { recursive: true });
      // Processes cannot be in a cpuset that has no processors, and a new one has none.
      for (const file of ['cpuset.cpus', 'cpuset.mems'])
        if (!isUnified() && existsSync(join(folder, file)))
          await writeFile(join(folder, file), await readFile(join(parent, file)));
      parent = folder;
    }
  }
}

/** Lets the children of a cgroup have all the controllers that it has (version 2). */
async function passOnControllers(folder: string): Promise<void> {
  const controllers = (await readFile(join(folder, 'cgroup.controllers'), 'utf8')).trim().split(' ');
  const wanted = controllers.filter((name) => name !== '').map((name) => `+${name}`);
  await writeFile(join(folder, 'cgroup.subtree_control'), wanted.join(' '));
}

/** Removes a cgroup and those below it; processes that are still inside are killed. */
export async function removeCgroup(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const folder = join(hierarchy, name);
    await waitUntil(`cgroup ${folder} is gone`, () => emptied(folder), { intervalMs: 50 });
  }
}

/** One attempt to remove a cgroup with its children. @returns whether it is gone */
async function emptied(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return true;
  let empty = true;
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) empty = (await emptied(join(folder, entry.name))) && empty;
  try {
    const pids = (await readFile(join(folder, 'cgroup.procs'), 'utf8')).trim().split('\n');
    for (const pid of pids.filter((line) => Number(line) > 0)) kill(Number(pid));
    if (empty) await rmdir(folder);
    return empty;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A process is on its way out; or somebody else, who ends too, was quicker.
    if (code === 'EBUSY') return false;
    if (code === 'ENOENT' || code === 'ENODEV') return true;
    throw error;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
