import { ApiServerError } from '@virtkit/apiserver';
import type { ClusterConfiguration } from '@virtkit/admission';
import type { Volume } from '@virtkit/core-types';
import { conflict, type Subject } from '../refusal.ts';
import type { AddVolumeOptions } from '../options.ts';

type Disk = Readonly<Record<string, unknown>>;

/** A volume to be added, as KubeVirt completes it: the disk has its name, and its source can be taken away again. */
export interface NewVolume {
  readonly name: string;
  readonly disk: Disk;
  readonly volume: Readonly<Record<string, unknown>>;
  /** Name of the claim or DataVolume. */
  readonly source: string;
}

/** @throws ApiServerError `BadRequest` unless one of the two gates is on that allow to change volumes at all */
export function requireHotplugGate({ gates }: ClusterConfiguration): void {
  if (!gates.has('HotplugVolumes') && !gates.has('DeclarativeHotplugVolumes'))
    throw new ApiServerError(
      'BadRequest',
      'one of the feature gates DeclarativeHotplugVolumes and HotplugVolumes must be on',
    );
}

/** @throws ApiServerError `BadRequest` without a name, a disk or a source */
export function newVolume({ name, disk, volumeSource }: AddVolumeOptions): NewVolume {
  if (name === '') throw new ApiServerError('BadRequest', 'the volume needs a name');
  if (disk == null) throw new ApiServerError('BadRequest', 'the volume needs a disk');
  if (volumeSource == null) throw new ApiServerError('BadRequest', 'the volume needs a source');
  const { persistentVolumeClaim: claim, dataVolume } = volumeSource;
  const source = claim ?? dataVolume;
  const key = claim == null ? 'dataVolume' : 'persistentVolumeClaim';
  return {
    name,
    disk: { ...disk, name },
    volume: { name, ...(source == null ? {} : { [key]: { ...source, hotpluggable: true } }) },
    source: nameOf(claim?.['claimName'] ?? dataVolume?.['name']),
  };
}

function nameOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function sourceOf({ persistentVolumeClaim, dataVolume }: Volume): string | undefined {
  return persistentVolumeClaim?.claimName ?? dataVolume?.name;
}

/** @throws ApiServerError `Conflict` when the name or the source is in use */
export function requireUnused(
  subject: Subject,
  owner: string,
  { name, source }: NewVolume,
  volumes: readonly Volume[],
): void {
  if (volumes.some((volume) => volume.name === name))
    throw conflict(subject, owner, `it has a volume ${name} already`);
  const user = volumes.find((volume) => source !== '' && sourceOf(volume) === source);
  if (user !== undefined) throw conflict(subject, owner, `its volume ${user.name} uses ${source} already`);
}

/** @throws ApiServerError `Conflict` when there is no such volume, or it is there for good */
export function requireRemovable(
  subject: Subject,
  owner: string,
  name: string,
  volumes: readonly Volume[],
): void {
  const found = volumes.find((volume) => volume.name === name || sourceOf(volume) === name);
  if (found === undefined) throw conflict(subject, owner, `it has no volume ${name}`);
  const { persistentVolumeClaim: claim, dataVolume, memoryDump } = found;
  if ((claim ?? dataVolume ?? memoryDump)?.hotpluggable !== true)
    throw conflict(subject, owner, `its volume ${found.name} cannot be taken away while it runs`);
}
