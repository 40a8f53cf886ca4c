import type { BlockSize, CustomBlockSize, Disk, DiskTarget } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { diskFindings } from '../../../src/validation/instance/disk/index.ts';
import { testInstanceSides, type SpecParts } from '../../support/instance-sides.ts';

const P = 'S.domain.devices.disks';
const disks = (...list: Disk[]): SpecParts => ({ domain: { devices: { disks: list } } });
const disk = (target: DiskTarget, members: Partial<Disk> = {}): SpecParts =>
  disks({ name: 'a', disk: target, ...members });
const plain = (members: Partial<Disk>): SpecParts => disk({}, members);

testInstanceSides('disks', [
  {
    id: 'DSK-01',
    refuses: disks({ name: 'a' }, { name: 'b' }, { name: 'a' }, { name: 'a' }),
    accepts: disks({ name: 'a' }, { name: 'b' }),
    reason: 'I',
    fields: [`${P}[2].name`, `${P}[3].name`, `${P}[3].name`],
  },
  {
    id: 'DSK-02',
    refuses: plain({ cdrom: {} }),
    accepts: disks({ name: 'a', cdrom: {} }, { name: 'b' }),
    reason: 'I',
    fields: [`${P}[0]`],
  },
  {
    id: 'DSK-03',
    refuses: disk({ pciAddress: '0000:81:00.0' }),
    accepts: disk({ pciAddress: '0000:81:00.0', bus: 'virtio' }),
    reason: 'I',
    fields: [`${P}.domain.devices.disks.disk[0].pciAddress`],
  },
  {
    id: 'DSK-04',
    refuses: disk({ pciAddress: '0000:81:00', bus: 'virtio' }),
    accepts: disk({ pciAddress: '0000:81:00.7', bus: 'virtio' }),
    reason: 'I',
    fields: [`${P}.domain.devices.disks.disk[0].pciAddress`],
  },
  {
    id: 'DSK-05',
    refuses: plain({ bootOrder: 0 }),
    accepts: plain({ bootOrder: 1 }),
    reason: 'I',
    fields: [`${P}[0].bootOrder`],
  },
  {
    id: 'DSK-06',
    refuses: disks(
      { name: 'a', disk: { bus: 'ide' } },
      { name: 'b', lun: { bus: 'ide' } },
      { name: 'c', cdrom: { bus: 'ide' } },
    ),
    accepts: disk({ bus: 'sata' }),
    reason: 'I',
    fields: [`${P}[0].disk.bus`, `${P}[1].lun.bus`, `${P}[2].cdrom.bus`],
  },
  {
    id: 'DSK-07',
    refuses: disks({ name: 'a', cdrom: { bus: 'virtio' } }),
    accepts: disks({ name: 'a', disk: { bus: 'virtio' } }, { name: 'b', cdrom: { bus: 'scsi' } }),
    reason: 'I',
    fields: [`${P}[0].cdrom.bus`],
  },
  {
    id: 'DSK-08',
    refuses: disk({ bus: 'sata', readonly: true }),
    accepts: disks(
      { name: 'a', disk: { bus: 'scsi', readonly: true } },
      { name: 'b', cdrom: { bus: 'sata', readonly: true } },
    ),
    reason: 'I',
    fields: [`${P}[0].disk.bus`],
  },
  {
    id: 'DSK-09',
    refuses: disks({ name: 'a', disk: { bus: 'mca' } }, { name: 'b', lun: { bus: 'SCSI' } }),
    accepts: disks(
      ...['virtio', 'scsi', 'sata', 'usb', '', undefined].map((bus, index) => ({
        name: `disk-${index}`,
        disk: { bus },
      })),
    ),
    reason: 'I',
    fields: [`${P}[0].disk.bus`, `${P}[1].lun.bus`],
  },
  {
    id: 'DSK-10',
    refuses: disk({ bus: 'scsi' }, { dedicatedIOThread: true }),
    accepts: disk({ bus: '' }, { dedicatedIOThread: true }),
    reason: 'N',
    fields: [`${P}.domain.devices.disks[0]`],
  },
]);

testInstanceSides('options of disks', [
  {
    id: 'DSK-11',
    refuses: plain({ serial: 'with space' }),
    accepts: plain({ serial: 'aZ9_.+-' }),
    reason: 'I',
    fields: [`${P}[0].serial`],
  },
  {
    id: 'DSK-12',
    // A character outside of the basic plane counts once.
    refuses: plain({ serial: `${'a'.repeat(256)}\u{1F4BE}` }),
    accepts: plain({ serial: `${'a'.repeat(255)}\u{1F4BE}` }),
    reason: 'I',
    fields: [`${P}[0].serial`],
  },
  {
    id: 'DSK-13',
    refuses: plain({ cache: 'unsafe' }),
    accepts: plain({ cache: 'writeback' }),
    reason: 'I',
    fields: [`${P}[0].cache`],
  },
  {
    id: 'DSK-14',
    refuses: plain({ io: 'io_uring' }),
    accepts: plain({ io: 'threads' }),
    reason: 'N',
    fields: [`${P}.domain.devices.disks[0].io`],
  },
  {
    id: 'DSK-15',
    refuses: disks({ name: 'a', errorPolicy: 'panic' }, { name: 'b', errorPolicy: '' }),
    accepts: plain({ errorPolicy: 'enospace' }),
    reason: 'I',
    fields: [`${P}[0].errorPolicy`, `${P}[1].errorPolicy`],
  },
  {
    id: 'DSK-16',
    refuses: disks({ name: 'A' }, { name: 'a'.repeat(64) }, { name: '-'.repeat(64) }),
    accepts: disks({ name: 'a'.repeat(63) }),
    reason: 'I',
    // Length and characters are told apart.
    fields: [0, 1, 2, 2].map((index) => `${P}.domain.devices.disks[${index}].name`),
  },
]);

const sized = (blockSize: BlockSize, target: DiskTarget = {}): SpecParts => disk(target, { blockSize });
const custom = (logical: number, physical: number, members: CustomBlockSize = {}): BlockSize => ({
  custom: { logical, physical, ...members },
});

testInstanceSides('block sizes', [
  {
    id: 'DSK-17',
    refuses: sized({ ...custom(3, 1), matchVolume: {} }),
    accepts: sized({ ...custom(512, 512), matchVolume: { enabled: false } }),
    reason: 'I',
    fields: [`${P}[0].blockSize`],
  },
  {
    id: 'DSK-18',
    refuses: sized(custom(1023, 512), { bus: 'sata' }),
    accepts: sized(custom(512, 512)),
    reason: 'I',
    fields: [`${P}[0].blockSize.custom.logical`],
  },
  {
    id: 'DSK-19',
    refuses: sized(custom(1024, 1024, { discardGranularity: 1 }), { bus: 'sata' }),
    accepts: sized(custom(512, 4096), { bus: 'sata' }),
    reason: 'I',
    fields: [`${P}[0].blockSize.custom.logical`],
  },
  {
    id: 'DSK-20',
    refuses: sized(custom(512, 513, { discardGranularity: 1025 })),
    accepts: sized(custom(512, 512, { discardGranularity: 1024 })),
    reason: 'I',
    fields: [`${P}[0].blockSize.custom.discardGranularity`],
  },
  {
    id: 'DSK-21',
    refuses: disks(
      { name: 'a', blockSize: custom(256, 4_194_304) },
      { name: 'b', blockSize: custom(513, 3000) },
      { name: 'c', blockSize: { custom: {} } },
    ),
    accepts: sized(custom(512, 2_097_152)),
    reason: 'I',
    fields: [0, 1, 2].flatMap((index) =>
      ['logical', 'physical'].map((member) => `${P}[${index}].blockSize.custom.${member}`),
    ),
  },
]);

test.each<[string, BlockSize, DiskTarget]>([
  ['DSK-17', { ...custom(3, 1), matchVolume: { enabled: true } }, {}],
  ['DSK-18', custom(1023, 512), { bus: 'sata' }],
  ['DSK-19', custom(1024, 3000, { discardGranularity: 1 }), { bus: 'sata' }],
  ['DSK-20', custom(512, 513, { discardGranularity: 1025 }), {}],
])('after %s no other rule for block sizes answers', (rule, blockSize, target) => {
  expect(diskFindings([{ name: 'a', disk: target, blockSize }], P)).toMatchObject([{ rule }]);
});

test('disks are judged one by one, below the path that is given', () => {
  const found = diskFindings(
    [
      { name: 'a', serial: ' ', cache: 'x' },
      { name: 'a', bootOrder: 0, errorPolicy: 'x' },
    ],
    'spec.domain.devices.disks',
  );
  expect(found.map(({ rule, field }) => `${rule} ${field}`)).toEqual([
    'DSK-11 spec.domain.devices.disks[0].serial',
    'DSK-13 spec.domain.devices.disks[0].cache',
    'DSK-01 spec.domain.devices.disks[1].name',
    'DSK-05 spec.domain.devices.disks[1].bootOrder',
    'DSK-15 spec.domain.devices.disks[1].errorPolicy',
  ]);
});
