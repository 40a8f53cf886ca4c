import type { PodVolume, VolumeDevice, VolumeMount } from '@virtkit/core-types';

/** Volumes of the Pod, and how the launcher's container sees them. */
export interface PodStorage {
  readonly volumes: readonly PodVolume[];
  readonly mounts: readonly VolumeMount[];
  readonly devices: readonly VolumeDevice[];
}

export const nothing: PodStorage = { volumes: [], mounts: [], devices: [] };

/** A volume that the launcher sees at these paths. */
export function mounted(volume: PodVolume, ...mounts: Omit<VolumeMount, 'name'>[]): PodStorage {
  return {
    volumes: [volume],
    mounts: mounts.map((mount) => ({ name: volume.name, ...mount })),
    devices: [],
  };
}

/** All parts, in their order. */
export function together(parts: readonly PodStorage[]): PodStorage {
  return {
    volumes: parts.flatMap(({ volumes }) => volumes),
    mounts: parts.flatMap(({ mounts }) => mounts),
    devices: parts.flatMap(({ devices }) => devices),
  };
}
