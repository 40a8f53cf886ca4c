import type { MigrationMethod, VirtualMachineInstanceSpec, Volume, VolumeStatus } from '@virtkit/core-types';
import type { Observed } from '@virtkit/hal';

/**
 * `status.volumeStatus`, sorted by name: the device name that each volume's disk has in the guest and, while the machine
 * lives, the size of its seed. Everything else in an entry is another author's and is kept.
 */
export function projectVolumes(
  { volumes = [] }: VirtualMachineInstanceSpec,
  observed: Observed,
  previous: readonly VolumeStatus[],
): VolumeStatus[] {
  const names = new Set([...previous.map(({ name }) => name), ...volumes.map(({ name }) => name)]);
  return [...names].sort().map((name) => {
    const before = previous.find((entry) => entry.name === name);
    const disk = observed.disks.find(({ id }) => id === name);
    const seed = volumes.find((volume) => volume.name === name)?.cloudInitNoCloud !== undefined;
    return {
      ...before,
      name,
      target: disk?.target ?? before?.target ?? '',
      ...(seed && disk?.sizeBytes !== undefined && { size: disk.sizeBytes }),
    };
  });
}

/** KubeVirt: a machine with storage that no other node reaches would have to copy it to migrate. */
export function migrationMethod({ domain, volumes = [] }: VirtualMachineInstanceSpec): MigrationMethod {
  const disks = domain.devices.disks ?? [];
  const shared = ({ name, persistentVolumeClaim, dataVolume, hostDisk }: Volume): boolean =>
    persistentVolumeClaim !== undefined ||
    dataVolume !== undefined ||
    hostDisk !== undefined ||
    disks.some((disk) => disk.name === name && disk.cdrom !== undefined && disk.cdrom.readonly !== false);
  return volumes.every(shared) ? 'LiveMigration' : 'BlockMigration';
}
