import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { giveFilesTo, makeFolder, type Owner } from '../ownership.ts';

/** Folders of one private daemon, all below one root. */
export interface DaemonPaths {
  root: string;
  /** `XDG_RUNTIME_DIR`: sockets and pid file. Must be short: a socket path holds at most 107 bytes. */
  runtime: string;
  config: string;
  cache: string;
  data: string;
  socket: string;
  pidFile: string;
  log: string;
}

export function daemonPaths(root: string, runtime: string): DaemonPaths {
  return {
    root,
    runtime,
    // Short: libvirt makes monitor sockets far below it.
    config: join(root, 'c'),
    cache: join(root, 'cache'),
    data: join(root, 'data'),
    socket: join(runtime, 'libvirt', 'libvirt-sock'),
    pidFile: join(runtime, 'libvirt', 'libvirtd.pid'),
    log: join(root, 'libvirtd.log'),
  };
}

/** Longest path that a unix socket address holds on Linux. */
export const longestSocketPath = 107;

/**
 * Writes the daemon's configuration. It listens on its unix socket only (no --listen, so no TCP), trusts whoever may open
 * the socket's folder, and leaves files, labels and cgroups alone: they belong to whoever runs the launcher.
 */
export async function writeConfiguration(paths: DaemonPaths, owner?: Owner): Promise<void> {
  const folder = join(paths.config, 'libvirt');
  for (const path of [paths.root, paths.config, folder, paths.cache, paths.data, paths.runtime])
    await makeFolder(path, owner);
  await writeFile(
    join(folder, 'libvirtd.conf'),
    [
      'auth_unix_rw = "none"',
      'unix_sock_rw_perms = "0700"',
      'max_clients = 20',
      'min_workers = 2',
      'max_workers = 4',
      'prio_workers = 1',
      `log_outputs = "3:file:${paths.log}"`,
      // Several daemons run on one host: each is a host of its own to libvirt's migration checks.
      `host_uuid = "${randomUUID()}"`,
      '',
    ].join('\n'),
  );
  await writeFile(
    join(folder, 'qemu.conf'),
    [
      'stdio_handler = "file"',
      'dynamic_ownership = 0',
      'remember_owner = 0',
      'cgroup_controllers = [ ]',
      'security_driver = "none"',
      'namespaces = [ ]',
      '',
    ].join('\n'),
  );
  if (owner !== undefined) await giveFilesTo(folder, owner);
}
