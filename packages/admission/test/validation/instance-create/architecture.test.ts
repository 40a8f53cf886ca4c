import type { Devices, DomainSpec } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { instanceCreateFindings } from '../../../src/index.ts';
import { creationOf, testCreationSides, type CreationParts } from '../../support/creation-sides.ts';
import { cluster } from '../../support/instance-sides.ts';

const on =
  (architecture: string) =>
  (devices: Devices, domain: Partial<DomainSpec> = {}): CreationParts => ({
    parts: { architecture, domain: { ...domain, devices } },
  });
const amd64 = on('amd64');
const arm64 = on('arm64');
const s390x = on('s390x');

const i6300esb = { i6300esb: {} };
const diag288 = { diag288: {} };
const dog = (kinds: object): Devices => ({ watchdog: { name: 'dog', ...kinds } });
const video = (type?: string): Devices => ({ video: { type } });
const disks = (...buses: string[]): Devices => ({
  disks: buses.flatMap((bus, index) =>
    (['disk', 'cdrom', 'lun'] as const).map((target) => ({ name: `${target}-${index}`, [target]: { bus } })),
  ),
});
const devices = 'spec.domain.devices';

testCreationSides('what an architecture has', [
  {
    id: 'ARCH-1',
    refuses: on('ppc64le')({}),
    accepts: on('s390x')({}),
    reason: 'I',
    fields: ['spec.architecture'],
  },
  {
    id: 'ARCH-2',
    refuses: amd64(dog({ ...i6300esb, ...diag288 })),
    accepts: amd64(dog(i6300esb)),
    reason: 'N',
    fields: [`${devices}.watchdog`],
  },
  {
    id: 'ARCH-2',
    refuses: amd64(dog({})),
    accepts: amd64({}),
    reason: 'N',
    fields: [`${devices}.watchdog`],
  },
  {
    id: 'ARCH-3',
    refuses: amd64(video('qxl')),
    accepts: amd64(video('bochs')),
    reason: 'N',
    fields: [`${devices}.video.type`],
  },
  {
    id: 'ARCH-4',
    refuses: s390x(dog(i6300esb)),
    accepts: s390x(dog(diag288)),
    reason: 'N',
    fields: [`${devices}.watchdog`],
  },
  {
    id: 'ARCH-5',
    refuses: s390x(video('vga')),
    accepts: s390x(video('virtio')),
    reason: 'N',
    fields: [`${devices}.video.type`],
  },
  {
    id: 'ARCH-6',
    refuses: arm64({}, { firmware: { bootloader: { bios: {} } } }),
    accepts: arm64({}, { firmware: { bootloader: { efi: { secureBoot: false } } } }),
    reason: 'N',
    fields: ['spec.domain.firmware.bootloader.bios'],
  },
  {
    id: 'ARCH-7',
    refuses: arm64({}, { cpu: { model: 'host-model' } }),
    accepts: arm64({}, { cpu: { model: 'host-passthrough' } }),
    reason: 'N',
    fields: ['spec.domain.cpu.model'],
  },
  {
    id: 'ARCH-8',
    refuses: arm64(disks('usb')),
    accepts: arm64(disks('virtio', 'scsi', '')),
    reason: 'N',
    fields: [`${devices}.disks[0].disk.bus`, `${devices}.disks[1].cdrom.bus`, `${devices}.disks[2].lun.bus`],
  },
  {
    id: 'ARCH-9',
    refuses: arm64(dog(i6300esb)),
    accepts: arm64({}),
    reason: 'N',
    fields: [`${devices}.watchdog`],
  },
  {
    id: 'ARCH-10',
    refuses: arm64({ sound: { name: 'sound', model: 'ac97' } }),
    accepts: amd64({ sound: { name: 'sound', model: 'ac97' } }),
    reason: 'N',
    fields: [`${devices}.sound`],
  },
  {
    id: 'ARCH-11',
    refuses: arm64(video('vga')),
    accepts: arm64(video('ramfb')),
    reason: 'N',
    fields: [`${devices}.video.type`],
  },
]);

test.each(['amd64', 'arm64', 's390x'])('a video adapter on %s has a type', (architecture) => {
  const found = instanceCreateFindings(creationOf(on(architecture)(video())));
  expect(found.filter(({ rule }) => rule.startsWith('ARCH-'))).toMatchObject([
    { field: `${devices}.video.type` },
  ]);
});

test('an instance that names no architecture has that of the cluster', () => {
  const parts = { domain: { devices: video('vga') } };
  const found = instanceCreateFindings(creationOf({ parts, configuration: cluster({}, 's390x') }));
  expect(found.filter(({ rule }) => rule.startsWith('ARCH-'))).toMatchObject([{ rule: 'ARCH-5' }]);
});
