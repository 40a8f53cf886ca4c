import { launcherPaths, annotations, type Container, type VirtualMachineInstance } from '@virtkit/core-types';

/** User and group that the launcher and QEMU run as. */
export const launcherUser = 107;

/** Instances run as user 107 unless admission recorded root for them. */
export function isRoot({ status, metadata }: VirtualMachineInstance): boolean {
  return status?.runtimeUser === 0 && metadata.annotations?.[annotations.nonRoot] === undefined;
}

/** Privileges of every container beside the launcher: none. */
export const unprivileged: NonNullable<Container['securityContext']> = {
  runAsUser: launcherUser,
  runAsGroup: launcherUser,
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
};

/** Folders of an unprivileged process that has no home. */
export const unprivilegedEnvironment: readonly { readonly name: string; readonly value: string }[] = [
  { name: 'XDG_CACHE_HOME', value: launcherPaths.private },
  { name: 'XDG_CONFIG_HOME', value: launcherPaths.private },
  { name: 'XDG_RUNTIME_DIR', value: '/var/run' },
];
