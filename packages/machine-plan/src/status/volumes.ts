import type {
  MigrationMethod,
  VirtualMachineInstance,
  VirtualMachineInstanceSpec,
  Volume,
  VolumeStatus,
} from '@virtkit/core-types';
import type { Observed } from '@virtkit/hal';
import { isPluggable } from '../plan/pluggable.ts';
import { projectPlugged, type PluggedVolumes } from './plugged-volume.ts';

/**
 * `status.volumeStatus`, sorted by name: the device name that each volume's disk has in the guest and, while the machine
 * lives, the size of its seed; of volumes that are plugged in, how far they are. Everything else in an entry is another author's
 * and is kept; entries of plugged volumes begin and end with that other author.
 */
export function projectVolumes(
  { metadata, spec: { volumes = [] }, status }: VirtualMachineInstance,
  observed: Observed,
  { plugged, now }: { plugged: PluggedVolumes; now: string },
): VolumeStatus[] {
  const previous = status?.volumeStatus ?? [];
  const theirs = volumes.filter((volume) => !isPluggable(volume));
  const names = new Set([...previous, ...theirs].map(({ name }) => name));
  return [...names].sort().map((name) => {
    const before = previous.find((entry) => entry.name === name);
    const volume = volumes.find((one) => one.name === name);
    const disk = observed.disks.find(({ id, empty }) => id === name && empty !== true);
    if (before?.hotplugVolume !== undefined)
      return projectPlugged(before, {
        ...plugged,
        volume,
        target: disk?.target,
        instanceName: metadata.name ?? '',
        now,
      });
    const seed = volume?.cloudInitNoCloud !== undefined;
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
