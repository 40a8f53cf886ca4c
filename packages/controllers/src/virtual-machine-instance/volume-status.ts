import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimInfo,
  VirtualMachineInstanceStatus,
  Volume,
  VolumeStatus,
} from '@virtkit/core-types';
import type { InstanceObservation } from './observation.ts';
import { claimOf } from './launcher-pod/facts.ts';

/** KubeVirt: what a file system takes of a volume where no CDI says otherwise; a block device has none. */
const filesystemOverhead = '0.055';

/** CDI: marks claims whose space is all allocated, so that nothing may be given back. */
const allocatedAnnotations = [
  'cdi.kubevirt.io/storage.preallocation',
  'cdi.kubevirt.io/storage.thickProvisioned',
];

/**
 * `status.volumeStatus`: one entry for each volume once the instance is handed over, with what is known of its claim. The
 * rest of an entry is others'.
 */
export function projectVolumes(
  { instance, claims = [] }: InstanceObservation,
  handedOver: boolean,
): VirtualMachineInstanceStatus['volumeStatus'] {
  const { spec, status } = instance;
  const volumes = spec.volumes ?? [];
  const entries = status?.volumeStatus ?? (handedOver ? newEntries(volumes) : undefined);
  return entries?.map((entry) => {
    const volume = volumes.find(({ name }) => name === entry.name);
    const claim = volume && claims.find(({ metadata }) => metadata.name === claimOfDisk(volume));
    return claim === undefined ? entry : { ...entry, persistentVolumeClaimInfo: claimInfo(claim) };
  });
}

function newEntries(volumes: readonly Volume[]): VolumeStatus[] | undefined {
  const names = volumes.map(({ name }) => name).sort();
  return names.length === 0 ? undefined : names.map((name) => ({ name, target: '' }));
}

/** KubeVirt: told of volumes whose claim the guest writes to, not of what lies below an ephemeral disk. */
function claimOfDisk(volume: Volume): string | undefined {
  return volume.ephemeral === undefined ? (claimOf(volume) ?? volume.memoryDump?.claimName) : undefined;
}

function claimInfo({ metadata, spec, status }: PersistentVolumeClaim): PersistentVolumeClaimInfo {
  const { accessModes, resources, volumeMode = 'Filesystem' } = spec ?? {};
  const capacity = status?.capacity;
  const preallocated = allocatedAnnotations.some((name) => metadata.annotations?.[name] === 'true');
  return {
    claimName: metadata.name!,
    ...(accessModes !== undefined && { accessModes }),
    volumeMode,
    ...(capacity !== undefined && { capacity }),
    ...(resources?.requests !== undefined && { requests: resources.requests }),
    ...(preallocated && { preallocated }),
    filesystemOverhead: volumeMode === 'Block' ? '0' : filesystemOverhead,
  };
}
