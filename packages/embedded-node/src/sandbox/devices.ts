import { chown, lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import { runOrThrow } from '../processes/command.ts';
import type { SandboxDevice } from './specification.ts';

/** Devices of the machine that Pods may ask for by an extended resource, and how many Pods at a time. */
export interface DevicePlugin {
  /** For example `devices.kubevirt.io/kvm`. */
  readonly resource: string;
  /** For example `/dev/kvm`. */
  readonly path: string;
  readonly count: number;
}

/** Whether the machine has a device. */
export async function deviceExists(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isCharacterDevice();
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

/**
 * A device node of the Pod's own, with the container's user as its owner: the machine's node usually belongs to a
 * group that the user is not in. Without root the machine's own node is shown, with the rights it has.
 *
 * @throws EmbeddedNodeError `ConfigMissing` when the machine has no such device
 */
export async function makeDevice(
  folder: string,
  path: string,
  owner: { readonly uid: number; readonly gid: number },
  rights: { readonly root: boolean },
): Promise<SandboxDevice> {
  if (!(await deviceExists(path)))
    throw new EmbeddedNodeError('ConfigMissing', `this machine has no ${path}, which the Pod asks for`);
  if (!rights.root) return { source: path, destination: path };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const node = join(folder, path.slice(1).replaceAll('/', '_'));
  const { rdev } = await lstat(path);
  await rm(node, { force: true });
  await runOrThrow('mknod', ['--mode=0600', node, 'c', String(major(rdev)), String(minor(rdev))]);
  await chown(node, owner.uid, owner.gid);
  return { source: node, destination: path };
}

/** Linux packs device numbers as in makedev(3). */
function major(device: number): number {
  const number = BigInt(device);
  return Number(((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn));
}

function minor(device: number): number {
  const number = BigInt(device);
  return Number((number & 0xffn) | ((number >> 12n) & ~0xffn & 0xffffffffn));
}
