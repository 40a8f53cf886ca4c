import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimInfo,
  VirtualMachineInstanceStatus,
  Volume,
  VolumeStatus,
} from '@virtkit/core-types';
import type { InstanceObservation } from './observation.ts';
import { projectPluggedVolumes } from './hotplug/project-plugged.ts';
import { claimOf, launcherVolumes } from './launcher-pod/facts.ts';
import { hasPersistentState } from './launcher-pod/volumes.ts';

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
  observation: InstanceObservation,
  handedOver: boolean,
): VirtualMachineInstanceStatus['volumeStatus'] {
  const { instance, claims = [] } = observation;
  const { spec, status } = instance;
  const volumes = spec.volumes ?? [];
  const known = status?.volumeStatus ?? (handedOver ? newEntries(observation) : undefined);
  if (known === undefined) return undefined;
  // A volume that is plugged in gets its entry when it is wanted.
  const plugged = projectPluggedVolumes(observation);
  const permanent = known.filter(
    ({ name, hotplugVolume }) => hotplugVolume === undefined && plugged.every((entry) => entry.name !== name),
  );
  const entries = [...permanent, ...plugged].sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.map((entry) => {
    const volume = volumes.find(({ name }) => name === entry.name);
    const claim = volume && claims.find(({ metadata }) => metadata.name === claimOfDisk(volume));
    return claim === undefined ? entry : { ...entry, persistentVolumeClaimInfo: claimInfo(claim) };
  });
}

function newEntries({ instance, stateClaim }: InstanceObservation): VolumeStatus[] | undefined {
  const state = hasPersistentState(instance) ? stateClaim : undefined;
  if ((instance.spec.volumes ?? []).length === 0 && state === undefined) return undefined;
  return [
    ...launcherVolumes(instance).map(({ volume: { name } }) => ({ name, target: '' })),
    ...(state === undefined ? [] : [stateEntry(state)]),
  ];
}

/** KubeVirt: the persistent state is listed under a name of its own. */
function stateEntry({ metadata, spec }: PersistentVolumeClaim): VolumeStatus {
  const { accessModes } = spec ?? {};
  return {
    name: 'persistent-state-for-this-vm',
    target: '',
    persistentVolumeClaimInfo: { claimName: metadata.name!, ...(accessModes && { accessModes }) },
  };
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
