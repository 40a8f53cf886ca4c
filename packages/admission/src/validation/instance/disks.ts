import type { Disk } from '@virtkit/core-types';
import { invalid, type Objection } from '../finding.ts';
import { isDnsLabel } from '../formats.ts';
import type { InstanceRule } from './subject.ts';

const buses = ['virtio', 'scsi', 'sata', 'usb'];
const caches = ['', 'none', 'writethrough', 'writeback'];
const targets = ['disk', 'lun', 'cdrom'] as const;
const longestSerial = 256;

/** A rule that looks at each disk by itself. */
function perDisk(
  id: string,
  check: (disk: Disk, field: string, index: number, all: readonly Disk[]) => Iterable<Objection>,
): InstanceRule {
  return {
    id,
    *check({ spec, root }) {
      const all = spec.domain.devices.disks ?? [];
      for (const [index, disk] of all.entries())
        yield* check(disk, `${root}.domain.devices.disks[${index}]`, index, all);
    },
  };
}

/** Disks, one by one. */
export const diskRules: readonly InstanceRule[] = [
  perDisk('DSK-01', function* ({ name }, field, index, all) {
    for (const other of all.slice(0, index))
      if (other.name === name) yield invalid(`${field}.name`, `there is another disk "${name}"`);
  }),
  perDisk('DSK-02', function* (disk, field) {
    if (targets.filter((target) => disk[target] !== undefined).length > 1)
      yield invalid(field, `a disk is presented as one of ${targets.join(', ')}, not as several`);
  }),
  perDisk('DSK-05', function* ({ bootOrder }, field) {
    if (bootOrder !== undefined && bootOrder < 1)
      yield invalid(`${field}.bootOrder`, 'the boot order starts at 1');
  }),
  perDisk('DSK-06', function* (disk, field) {
    for (const target of targets)
      if (disk[target]?.bus === 'ide') yield invalid(`${field}.${target}.bus`, 'there is no IDE bus');
  }),
  perDisk('DSK-07', function* ({ cdrom }, field) {
    if (cdrom?.bus === 'virtio')
      yield invalid(`${field}.cdrom.bus`, 'CD-ROM drives do not exist on the virtio bus');
  }),
  perDisk('DSK-08', function* ({ disk }, field) {
    if (disk?.bus === 'sata' && disk.readonly === true)
      yield invalid(`${field}.disk.bus`, 'disks on the SATA bus cannot be read-only');
  }),
  perDisk('DSK-09', function* (disk, field) {
    for (const target of targets) {
      const bus = disk[target]?.bus ?? '';
      if (bus !== '' && bus !== 'ide' && !buses.includes(bus))
        yield invalid(`${field}.${target}.bus`, `bus "${bus}" is not one of ${buses.join(', ')}`);
    }
  }),
  perDisk('DSK-11', function* ({ serial = '' }, field) {
    if (serial !== '' && !/^[A-Za-z0-9_.+-]+$/.test(serial))
      yield invalid(`${field}.serial`, 'a serial number has letters, digits and _ . + - only');
  }),
  perDisk('DSK-12', function* ({ serial = '' }, field) {
    if (Array.from(serial).length > longestSerial)
      yield invalid(`${field}.serial`, `a serial number has ${longestSerial} characters at most`);
  }),
  perDisk('DSK-13', function* ({ cache = '' }, field) {
    if (!caches.includes(cache))
      yield invalid(`${field}.cache`, `cache mode "${cache}" is not one of ${caches.slice(1).join(', ')}`);
  }),
  perDisk('DSK-16', function* ({ name }, field) {
    if (!isDnsLabel(name)) yield invalid(`${field}.name`, `"${name}" is not a DNS label`);
  }),
];
