import type { Disk } from '@virtkit/core-types';
import type { Rule } from '../../rule.ts';

/** The ways to present a disk to the guest. */
export const targets = ['disk', 'lun', 'cdrom'] as const;
type Target = (typeof targets)[number];

/** A disk in its list. */
export interface DiskPlace {
  readonly disk: Disk;
  readonly index: number;
  readonly all: readonly Disk[];
  /** Path of the list: `spec.domain.devices.disks`. */
  readonly list: string;
  /** Path of the disk: `spec.domain.devices.disks[0]`. */
  readonly field: string;
  /** How the disk is presented; undefined when it does not say. The first way, where it says several. */
  readonly target: Target | undefined;
  /** The bus of the target; empty when it names none. */
  readonly bus: string;
}

export type DiskRule = Rule<DiskPlace>;

/** The disks of a list, one by one. */
export function diskPlaces(all: readonly Disk[], list: string): DiskPlace[] {
  return all.map((disk, index) => {
    const target = targets.find((way) => disk[way] !== undefined);
    const bus = target === undefined ? '' : (disk[target]?.bus ?? '');
    return { disk, index, all, list, field: `${list}[${index}]`, target, bus };
  });
}
