import { access, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import { runCommand, runOrThrow } from '../processes/command.ts';

const folder = '/run/netns';

/** File system type of a namespace that is mounted on a file (NSFS_MAGIC of linux/magic.h). */
const namespaceFileSystem = 0x6e736673;

/** Path of a named network namespace, as ip-netns(8) keeps it. */
export function namespacePath(name: string): string {
  return join(folder, name);
}

/** One child of this process instead of two: copying its memory map costs more than either of them. */
const addWithLoopback = 'ip netns add "$1" && exec ip -n "$1" link set lo up';

/** Makes a network namespace with its loopback up. One that exists is kept. */
export async function ensureNamespace(name: string): Promise<void> {
  if (await isUsable(name)) {
    await runOrThrow('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    return;
  }
  await removeNamespace(name);
  await runOrThrow('sh', ['-c', addWithLoopback, 'sh', name]);
}

/** Removes a network namespace; its interfaces vanish with it. One that is gone is fine. */
export async function removeNamespace(name: string): Promise<void> {
  try {
    await access(namespacePath(name));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return;
    throw error;
  }
  await runOrThrow('ip', ['netns', 'delete', name]);
}

/**
 * Removes the plain file that stands where a namespace should be: a crash between making the file and mounting the
 * namespace on it leaves one, and so does a restart of a machine whose /run is on its disk. CNI plugins fail on it.
 */
export async function removeUnusableNamespace(name: string): Promise<void> {
  if (!(await isUsable(name))) await removeNamespace(name);
}

/** Names of the namespaces that begin with `prefix`. */
export async function listNamespaces(prefix: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.startsWith(prefix));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Whether a namespace stands there, and not only the file that one is mounted on. */
export async function isUsable(name: string): Promise<boolean> {
  try {
    return (await statfs(namespacePath(name))).type === namespaceFileSystem;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * Sets kernel parameters of a network namespace.
 *
 * @throws EmbeddedNodeError `Unsupported` for a parameter that is not of the network, `NetworkFailed`
 */
export async function setSysctls(name: string, sysctls: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, value] of Object.entries(sysctls)) {
    const path = sysctlPath(key);
    const written = await runCommand('nsenter', [`--net=${namespacePath(name)}`, 'tee', path], {
      input: value,
    });
    if (written.exitCode !== 0)
      throw new EmbeddedNodeError('NetworkFailed', `sysctl ${key}=${value}: ${written.stderr.trim()}`);
  }
}

/**
 * The file of a kernel parameter. Dots and slashes separate, as in sysctl(8): the first separator decides.
 *
 * @throws EmbeddedNodeError `Unsupported`
 */
export function sysctlPath(key: string): string {
  const slashed = key.startsWith('net/') ? key : key.replaceAll('.', '/');
  if (!/^net(\/[A-Za-z0-9_.-]+)+$/.test(slashed) || slashed.split('/').includes('..'))
    throw new EmbeddedNodeError(
      'Unsupported',
      `spec.securityContext.sysctls: ${key} is not a parameter of the Pod's own network`,
    );
  return `/proc/sys/${slashed}`;
}
