import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Libvirt } from '../native/index.ts';
import { hostCapabilities, type NodeCapabilities } from '../node-probe/index.ts';
import type { Owner } from '../ownership.ts';
import { cachedCapabilities } from './capability-cache.ts';
import { PrivateDaemon } from './private-daemon.ts';

/** Where the cache is and who asks QEMU for it. */
export interface CapabilityCacheOptions {
  /** Where the cache is kept, for `KvmQemuOptions.capabilityCache`. Made when missing. */
  folder: string;
  /** What guests run on, which decides on what they can have. Default: `qemu`. */
  virtType?: 'kvm' | 'qemu';
  /** Run the daemon as this user instead of the present one; needs root. */
  runAs?: Owner;
}

/**
 * Lets a daemon find out once what the installed QEMU can do (seconds under load) and keeps the answer, so that other
 * daemons need not ask. An answer that still holds is kept. Whoever may write to the folder is believed.
 *
 * @returns what the host offers to guests
 * @throws HalError `hypervisor-unavailable`, LibvirtError, and what the file system says.
 */
export async function refreshCapabilityCache({
  folder,
  runAs,
  virtType = 'qemu',
}: CapabilityCacheOptions): Promise<NodeCapabilities> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await using cleanUp = new AsyncDisposableStack();
  const scratch = await mkdtemp(join(tmpdir(), 'vkc-'));
  cleanUp.defer(() => rm(scratch, { recursive: true, force: true }));
  await chmod(scratch, 0o755);
  const daemon = new PrivateDaemon({
    stateDir: join(scratch, 's'),
    runDir: join(scratch, 'r'),
    capabilityCache: folder,
    ...(runAs === undefined ? {} : { runAs }),
  });
  cleanUp.defer(() => daemon.stop());
  await daemon.ensureRunning();
  const capabilities = await askHost(daemon.uri, virtType);
  const found = cachedCapabilities(daemon.paths.cache);
  for (const file of await readdir(found)) await replaceCopy(join(found, file), join(folder, file));
  return capabilities;
}

/** Describing the host takes every installed QEMU; a daemon does so before it defines its first domain. */
async function askHost(uri: string, virtType: 'kvm' | 'qemu'): Promise<NodeCapabilities> {
  await using connection = await (await Libvirt.load()).connect(uri);
  return await hostCapabilities(connection, { virtType });
}

/** Copies so that readers see the old content or the new, and every user may read it. */
async function replaceCopy(from: string, to: string): Promise<void> {
  const fresh = join(to, '..', `.${basename(to)}.${process.pid}`);
  await copyFile(from, fresh);
  await chmod(fresh, 0o644);
  await rename(fresh, to);
}
