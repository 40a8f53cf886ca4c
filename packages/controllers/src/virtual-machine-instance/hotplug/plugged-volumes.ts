import type { PersistentVolumeClaim, VirtualMachineInstance, VolumeStatus } from '@virtkit/core-types';
import { claimOf, isHotplugged } from '../launcher-pod/facts.ts';

/** A volume that is plugged into the running guest, and its claim as far as it exists. */
export interface PluggedVolume {
  readonly name: string;
  readonly claimName: string;
  readonly claim: PersistentVolumeClaim | undefined;
}

/** The volumes that the instance wants plugged in, in its order. */
export function pluggedVolumes(
  instance: VirtualMachineInstance,
  claims: readonly PersistentVolumeClaim[],
): PluggedVolume[] {
  return (instance.spec.volumes ?? [])
    .filter((volume) => isHotplugged(volume, instance))
    .flatMap((volume) => {
      const claimName = claimOf(volume) ?? volume.memoryDump?.claimName;
      if (claimName === undefined) return [];
      const claim = claims.find(({ metadata }) => metadata.name === claimName);
      return [{ name: volume.name, claimName, claim }];
    });
}

export function isBound({ claim }: PluggedVolume): boolean {
  return claim?.status?.phase === 'Bound';
}

/** Phases in which the files of a volume are in the launcher's Pod. */
const phasesInPod: readonly (VolumeStatus['phase'] | undefined)[] = [
  'MountedToPod',
  'Ready',
  'MemoryDumpInProgress',
  'MemoryDumpCompleted',
  'MemoryDumpFailed',
];

/** Whether the node agent has, or may have, a volume in use: it says so when that is over. */
export function isInUse({ phase, hotplugVolume }: VolumeStatus): boolean {
  if (phasesInPod.includes(phase)) return true;
  return phase === 'AttachedToNode' && (hotplugVolume?.attachPodUID ?? '') !== '';
}
