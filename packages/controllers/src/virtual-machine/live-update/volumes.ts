import { semanticallyEqual } from '@virtkit/admission';
import { DiskSchema, VolumeSchema, type VirtualMachineInstanceSpec, type Volume } from '@virtkit/core-types';
import type { z } from 'zod';
import { failed, live, restart, type LiveUpdateFacts, type TopicVerdict } from './facts.ts';

const strategies: readonly (string | undefined)[] = [undefined, '', 'Replacement', 'Migration'];

/**
 * The wanted spec with the volumes and disks that the instance was started with, where all that changed is plugged while the
 * guest runs (KubeVirt rules RUNU-2 and RUNU-5). One change that is not lets its whole list count as changed.
 */
export function withoutLiveVolumes({
  started,
  wanted,
  updateVolumesStrategy,
}: LiveUpdateFacts): VirtualMachineInstanceSpec {
  const volumes = changesOf(VolumeSchema, started.volumes, wanted.volumes);
  const replaced = updateVolumesStrategy === 'Migration';
  const volumesLive = volumes.every(
    ({ before, after }) => arePluggable(before, after) || (replaced && areClaims(before, after)),
  );
  const disksLive = changesOf(DiskSchema, started.domain.devices.disks, wanted.domain.devices.disks).every(
    ({ name, before, after }) => {
      const volume = volumeOf(wanted, name) ?? volumeOf(started, name);
      const ejected = after === undefined && before?.cdrom !== undefined;
      return isPluggable(volume) && !ejected;
    },
  );
  const { devices } = wanted.domain;
  return {
    ...wanted,
    volumes: volumesLive ? started.volumes : wanted.volumes,
    domain: {
      ...wanted.domain,
      devices: { ...devices, disks: disksLive ? started.domain.devices.disks : devices.disks },
    },
  };
}

/** Whether volumes can be exchanged for others as their strategy says (KubeVirt rule RUNU-11). */
export function judgeVolumes({ started, wanted, updateVolumesStrategy }: LiveUpdateFacts): TopicVerdict {
  if (!strategies.includes(updateVolumesStrategy))
    return failed(
      'VolumesUpdateError',
      `spec.updateVolumesStrategy ${updateVolumesStrategy ?? ''} is not known`,
    );
  if (updateVolumesStrategy !== 'Migration') return live;
  const exchanged = changesOf(VolumeSchema, started.volumes, wanted.volumes).filter(
    ({ before, after }) => areClaims(before, after) && !arePluggable(before, after),
  );
  return exchanged.every(({ name }) => isExchangeable(wanted, name)) ? live : restart;
}

/** File systems, shared disks and LUNs cannot be copied below a running guest. */
function isExchangeable({ domain: { devices } }: VirtualMachineInstanceSpec, name: string): boolean {
  const disk = devices.disks?.find((one) => one.name === name);
  const mapped = devices.filesystems?.some((one) => one.name === name) === true;
  return !mapped && disk?.shareable !== true && disk?.lun === undefined;
}

function volumeOf({ volumes = [] }: VirtualMachineInstanceSpec, name: string): Volume | undefined {
  return volumes.find((volume) => volume.name === name);
}

/** An added, a removed or a changed volume, which can all be plugged. */
function arePluggable(before: Volume | undefined, after: Volume | undefined): boolean {
  return [before, after].every((volume) => volume === undefined || isPluggable(volume));
}

function isPluggable(volume: Volume | undefined): boolean {
  if (volume === undefined) return false;
  const { persistentVolumeClaim, dataVolume, memoryDump } = volume;
  return memoryDump !== undefined || (persistentVolumeClaim ?? dataVolume)?.hotpluggable === true;
}

function areClaims(before: Volume | undefined, after: Volume | undefined): boolean {
  return [before, after].every(
    (volume) => volume?.persistentVolumeClaim !== undefined || volume?.dataVolume !== undefined,
  );
}

interface Change<T> {
  readonly name: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

function changesOf<T extends { readonly name: string }>(
  schema: z.ZodType,
  before: readonly T[] = [],
  after: readonly T[] = [],
): Change<T>[] {
  const names = new Set([...before, ...after].map(({ name }) => name));
  const of = (list: readonly T[], name: string) => list.find((one) => one.name === name);
  return Array.from(names, (name) => ({ name, before: of(before, name), after: of(after, name) })).filter(
    (change) => !semanticallyEqual(schema, change.before, change.after),
  );
}
