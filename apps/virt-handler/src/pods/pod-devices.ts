import { constants, type Stats } from 'node:fs';
import { chown, lstat, open, readlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HandlerError } from '../errors.ts';
import { openPlainFolder, within } from './plain-folder.ts';
import type { PodProcesses } from './pod-processes.ts';

/** Linux' open(2) flag for a handle on a name that opens nothing; Node has no name for it. */
const O_PATH = 0o10000000;

/** Gives a launcher the device files that its Pod was given. */
export interface PodDevices {
  /** Idempotent. @throws HandlerError `unsafe-path` where something else stands in a device's place */
  give(podUid: string): Promise<void>;
}

/** Where devices belong to the launcher's user from the beginning. */
export const ownDevices: PodDevices = { give: async () => undefined };

/**
 * Device files that a container runtime makes belong to whom they belong on the node, which is root as a rule (KubeVirt: node agents
 * give them to launchers). Each container has files of its own: nothing on the node changes. Each is reached through a process of the
 * Pod, part by part without following a link, and must be the very device that it has the name of.
 */
export function devicesOfRuntime(options: {
  processes: PodProcesses;
  /** For example `/dev/kvm`; those that a container does not have are left out. */
  paths: readonly string[];
  /** Where the node's own devices are. */
  deviceRoot: string;
  owner: number;
}): PodDevices {
  const { processes, paths, deviceRoot, owner } = options;
  return {
    async give(podUid) {
      const roots = await containerRoots(processes, podUid);
      for (const root of roots)
        for (const path of paths) {
          const original = await statusOf(join(deviceRoot, path));
          if (original?.isCharacterDevice() === true) await giveOne(root, path, original, owner);
        }
    },
  };
}

async function giveOne(root: string, path: string, original: Stats, owner: number): Promise<void> {
  await using folder = await openPlainFolder(root, dirname(path).split('/').filter(Boolean));
  if (folder === undefined) return;
  const name = within(folder, basename(path));
  if ((await statusOf(name)) === undefined) return;
  await using device = await open(name, O_PATH | constants.O_NOFOLLOW);
  const found = await device.stat();
  if (!found.isCharacterDevice() || found.rdev !== original.rdev)
    throw new HandlerError('unsafe-path', `${path} in a container is not that device`);
  // A container that has the node's own /dev sees the node's own file.
  if (found.dev === original.dev && found.ino === original.ino) return;
  if (found.uid !== owner) await chown(`/proc/self/fd/${device.fd}`, owner, owner);
}

/** The root folder of each container, by one of its processes. */
async function containerRoots(processes: PodProcesses, podUid: string): Promise<string[]> {
  const roots = new Map<string, string>();
  for (const { pid } of await processes.of(podUid)) {
    const namespace = await readlink(`/proc/${pid}/ns/mnt`).catch(gone);
    if (namespace !== undefined && !roots.has(namespace)) roots.set(namespace, `/proc/${pid}/root`);
  }
  return [...roots.values()];
}

async function statusOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(gone);
}

/** A process that has ended, or a device that is not there. */
function gone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
    return undefined;
  throw error;
}
