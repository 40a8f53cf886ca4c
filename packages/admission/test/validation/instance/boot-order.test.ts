import type { Disk, Interface, Volume } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { clusterConfiguration } from '../../../src/index.ts';
import { bootFindings } from '../../../src/validation/instance/boot-order.ts';
import { specOf, testInstanceSides, withoutGates, type SpecParts } from '../../support/instance-sides.ts';

const image: Volume = { name: 'a', containerDisk: { image: 'image' } };
const metrics: Volume = { name: 'a', downwardMetrics: {} };
const disks = (list: Disk[], volumes: Volume[] = [image]): SpecParts => ({
  volumes,
  domain: { devices: { disks: list } },
});
const ordered = (diskPlaces: number[], interfacePlaces: number[]): SpecParts => ({
  domain: {
    devices: {
      disks: diskPlaces.map((bootOrder, index) => ({ name: `disk-${index}`, bootOrder })),
      interfaces: interfacePlaces.map((bootOrder, index): Interface => ({
        name: `net-${index}`,
        bridge: {},
        bootOrder,
      })),
    },
  },
});
const field = 'S.domain.devices.disks[0]';

testInstanceSides('disks and their volumes', [
  {
    id: 'BOOT-1',
    refuses: disks([{ name: 'b', disk: {} }, { name: 'c' }]),
    accepts: disks([
      { name: 'a', disk: {} },
      { name: 'b', cdrom: {} },
    ]),
    reason: 'I',
    fields: [`${field}.name`, 'S.domain.devices.disks[1].name'],
  },
  {
    id: 'BOOT-2',
    refuses: {
      parts: disks([{ name: 'b', cdrom: {} }]),
      configuration: withoutGates('DeclarativeHotplugVolumes'),
    },
    accepts: disks([{ name: 'b', cdrom: {} }]),
    reason: 'I',
    fields: [`${field}.name`],
    alone: true,
  },
  {
    id: 'BOOT-3',
    refuses: disks([{ name: 'a', lun: {} }]),
    accepts: disks(
      [
        { name: 'a', lun: {} },
        { name: 'b', lun: {} },
      ],
      [
        { name: 'a', persistentVolumeClaim: { claimName: 'claim' } },
        { name: 'b', dataVolume: { name: 'data' } },
      ],
    ),
    reason: 'I',
    fields: [`${field}.lun`],
    alone: true,
  },
  {
    id: 'BOOT-4',
    refuses: disks([{ name: 'a' }], [metrics]),
    accepts: disks([{ name: 'a', disk: {} }], [metrics]),
    reason: 'R',
    fields: [`${field}.disk`],
  },
  {
    id: 'BOOT-5',
    refuses: disks([{ name: 'a', disk: { bus: 'sata' } }], [metrics]),
    accepts: disks([{ name: 'a', disk: { bus: 'virtio' } }], [metrics]),
    reason: 'I',
    fields: [`${field}.disk.bus`],
  },
]);

testInstanceSides('boot order', [
  {
    id: 'BOOT-6',
    refuses: ordered([2, 1, 2, 2], []),
    accepts: ordered([2, 1, 3], []),
    reason: 'I',
    fields: ['S.domain.devices.disks[2].bootOrder', 'S.domain.devices.disks[3].bootOrder'],
  },
  {
    id: 'BOOT-7',
    refuses: ordered([], [1, 0, -1]),
    accepts: ordered([], [1]),
    reason: 'I',
    fields: ['S[1].bootOrder', 'S[2].bootOrder'],
  },
  {
    id: 'BOOT-8',
    refuses: ordered([1], [2, 1, 2]),
    accepts: ordered([1], [2, 3]),
    reason: 'I',
    fields: ['S.domain.devices.interfaces[1].bootOrder', 'S.domain.devices.interfaces[2].bootOrder'],
  },
]);

test('devices without a place in the boot order do not take one', () => {
  const spec = specOf({
    volumes: [image, { ...image, name: 'b' }],
    domain: {
      devices: {
        disks: [{ name: 'a' }, { name: 'b' }],
        interfaces: [{ name: 'x' }, { name: 'y' }],
      },
    },
  });
  expect(bootFindings({ spec, root: 'spec', configuration: clusterConfiguration() })).toEqual([]);
});
