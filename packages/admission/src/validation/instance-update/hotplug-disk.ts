import type { Disk } from '@virtkit/core-types';
import { invalid, type Finding } from '../finding.ts';
import { firstRuleFindings, type Rule } from '../rule.ts';

/** A disk that is to be plugged in, and the field at which objections to it are reported. */
export interface HotplugDisk {
  readonly disk: Disk | undefined;
  readonly field: string;
}

/** What a disk must be to be plugged into a running machine. */
const hotplugDiskRules: readonly Rule<HotplugDisk>[] = [
  {
    id: 'HD-1',
    *check({ disk, field }) {
      if (disk === undefined) yield invalid(field, 'a disk must be described');
    },
  },
  {
    id: 'HD-2',
    *check({ disk, field }) {
      const bus = disk?.disk === undefined ? 'virtio' : (disk.disk.bus ?? '');
      if (bus !== 'scsi' && bus !== 'virtio')
        yield invalid(field, `disks are plugged into the bus scsi or virtio, not "${bus}"`);
    },
  },
  {
    id: 'HD-3',
    *check({ disk, field }) {
      if (disk?.disk !== undefined || disk?.lun === undefined || disk.lun.bus === 'scsi') return;
      yield invalid(field, `LUNs are plugged into the bus scsi, not "${disk.lun.bus ?? ''}"`);
    },
  },
  {
    id: 'HD-4',
    *check({ disk, field }) {
      if (disk?.disk === undefined && disk?.lun === undefined)
        yield invalid(field, 'only disks and LUNs can be plugged in');
    },
  },
  {
    id: 'HD-5',
    *check({ disk, field }) {
      const bus = disk?.disk?.bus ?? disk?.lun?.bus ?? '';
      if (disk?.dedicatedIOThread === true && bus !== 'virtio')
        yield invalid(field, `a thread of its own is for disks on the bus virtio, not "${bus}"`);
    },
  },
  {
    id: 'HD-6',
    *check({ disk }) {
      if (disk?.bootOrder !== undefined && disk.bootOrder < 1)
        yield invalid('spec.domain.devices.disks[1].bootOrder', 'the boot order starts at 1');
    },
  },
];

/** What stands against plugging in a disk; the first failure only. */
export function hotplugDiskFindings(subject: HotplugDisk): readonly Finding[] {
  return firstRuleFindings(hotplugDiskRules, subject);
}
