import { invalid, notSupported } from '../../finding.ts';
import { isPciAddress } from '../../formats.ts';
import { targets, type DiskRule } from './place.ts';

const buses = ['virtio', 'scsi', 'sata', 'usb'];

/** How a disk is presented to the guest, and on which bus. */
export const diskTargetRules: readonly DiskRule[] = [
  {
    id: 'DSK-02',
    *check({ disk, field }) {
      if (targets.filter((target) => disk[target] !== undefined).length > 1)
        yield invalid(field, `a disk is presented as one of ${targets.join(', ')}, not as several`);
    },
  },
  {
    id: 'DSK-03',
    *check({ disk: { disk }, list, index }) {
      if (disk?.pciAddress && disk.bus !== 'virtio')
        yield invalid(
          `${list}.domain.devices.disks.disk[${index}].pciAddress`,
          'only disks on the virtio bus have a PCI address',
        );
    },
  },
  {
    id: 'DSK-04',
    *check({ disk: { disk }, list, index }) {
      if (disk?.pciAddress && !isPciAddress(disk.pciAddress))
        yield invalid(
          `${list}.domain.devices.disks.disk[${index}].pciAddress`,
          `"${disk.pciAddress}" is not a PCI address such as 0000:81:00.0`,
        );
    },
  },
  {
    id: 'DSK-05',
    *check({ disk: { bootOrder }, field }) {
      if (bootOrder !== undefined && bootOrder < 1)
        yield invalid(`${field}.bootOrder`, 'the boot order starts at 1');
    },
  },
  {
    id: 'DSK-06',
    *check({ field, target, bus }) {
      if (bus === 'ide') yield invalid(`${field}.${target}.bus`, 'there is no IDE bus');
    },
  },
  {
    id: 'DSK-07',
    *check({ field, target, bus }) {
      if (target === 'cdrom' && bus === 'virtio')
        yield invalid(`${field}.cdrom.bus`, 'CD-ROM drives do not exist on the virtio bus');
    },
  },
  {
    id: 'DSK-08',
    *check({ disk: { disk }, field, target, bus }) {
      if (target === 'disk' && bus === 'sata' && disk?.readonly === true)
        yield invalid(`${field}.disk.bus`, 'disks on the SATA bus cannot be read-only');
    },
  },
  {
    id: 'DSK-09',
    *check({ field, target, bus }) {
      // The IDE bus has a rule of its own.
      if (bus !== '' && bus !== 'ide' && !buses.includes(bus))
        yield invalid(`${field}.${target}.bus`, `bus "${bus}" is not one of ${buses.join(', ')}`);
    },
  },
  {
    id: 'DSK-10',
    *check({ disk: { dedicatedIOThread }, list, index, bus }) {
      if (dedicatedIOThread === true && bus !== '' && bus !== 'virtio')
        yield notSupported(
          `${list}.domain.devices.disks[${index}]`,
          'only disks on the virtio bus have an I/O thread of their own',
        );
    },
  },
];
