import { launcherPaths, type Volume } from '@virtkit/core-types';
import { invalid, type Finding } from '../finding.ts';
import type { InstanceSubject } from '../instance/subject.ts';
import { applyToEach, type Rule } from '../rule.ts';

/** Folders of the launcher that belong to KubeVirt. */
const ownFolders = [launcherPaths.public, launcherPaths.libvirt];

interface VolumeUse {
  readonly volume: Volume;
  /** `spec.domain.volumes[0]`: KubeVirt reports volumes below the domain. */
  readonly field: string;
  readonly isDisk: boolean;
  readonly isFilesystem: boolean;
}

const rules: readonly Rule<VolumeUse>[] = [
  {
    id: 'VMIC-1',
    *check({ volume: { name, memoryDump }, field, isDisk, isFilesystem }) {
      if (memoryDump === undefined && !isDisk && !isFilesystem)
        yield invalid(`${field}.name`, `neither a disk nor a file system shows volume "${name}"`);
    },
  },
  {
    id: 'VMIC-2',
    *check({ volume: { containerPath }, field, isDisk }) {
      if (containerPath !== undefined && isDisk)
        yield invalid(field, 'a path of the launcher cannot be a disk');
    },
  },
  {
    id: 'VMIC-3',
    *check({ volume: { containerPath }, field, isFilesystem }) {
      if (containerPath !== undefined && !isFilesystem)
        yield invalid(field, 'a path of the launcher is shown as a file system');
    },
  },
  {
    id: 'VMIC-4',
    *check({ volume: { containerPath }, field }) {
      if (ownFolders.some((folder) => containerPath?.path.startsWith(folder)))
        yield invalid(`${field}.containerPath.path`, `the guest may not see ${ownFolders.join(' and ')}`);
    },
  },
];

/** How a new instance shows its volumes to the guest. */
export function volumeUseFindings({ spec, root }: InstanceSubject): Finding[] {
  const { disks = [], filesystems = [] } = spec.domain.devices;
  const diskNames = new Set(disks.map(({ name }) => name));
  const filesystemNames = new Set(filesystems.map(({ name }) => name));
  const uses = (spec.volumes ?? []).map((volume, index): VolumeUse => ({
    volume,
    field: `${root}.domain.volumes[${index}]`,
    isDisk: diskNames.has(volume.name),
    isFilesystem: filesystemNames.has(volume.name),
  }));
  return applyToEach(rules, uses);
}
