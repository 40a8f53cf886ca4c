import type { DomainSpec, Firmware, KernelBootContainer } from '@virtkit/core-types';
import { testInstanceSides, type SpecParts } from '../../support/instance-sides.ts';

const firmware = (members: Firmware, domain: Partial<DomainSpec> = {}): SpecParts => ({
  domain: { ...domain, firmware: members },
});
const container = (members: Partial<KernelBootContainer>): SpecParts =>
  firmware({ kernelBoot: { container: { image: 'image', ...members } } });
const efi = { bootloader: { efi: {} } };
const field = 'S.domain.firmware';

testInstanceSides('firmware', [
  {
    id: 'FW-1',
    refuses: firmware({ bootloader: { bios: {}, efi: { secureBoot: false } } }),
    accepts: firmware({ bootloader: { efi: { secureBoot: false } } }),
    reason: 'I',
    fields: [`${field}.bootloader`],
    alone: true,
  },
  {
    id: 'FW-2',
    refuses: firmware({ kernelBoot: { kernelArgs: 'quiet' } }),
    accepts: firmware({ kernelBoot: { kernelArgs: '' } }),
    reason: 'I',
    fields: [`${field}.kernelBoot.kernelArgs`],
    alone: true,
  },
  {
    id: 'FW-3',
    refuses: container({ image: '', kernelPath: '/kernel' }),
    accepts: container({ image: 'i', kernelPath: '/kernel' }),
    reason: 'R',
    fields: [`${field}.kernelBoot.container.image`],
    alone: true,
  },
  {
    id: 'FW-4',
    refuses: container({ kernelPath: '', initrdPath: '' }),
    accepts: container({ initrdPath: '/initrd' }),
    reason: 'R',
    fields: [`${field}.kernelBoot.container`],
    alone: true,
  },
  {
    id: 'FW-5',
    refuses: container({ kernelPath: '/', initrdPath: '/boot/../initrd' }),
    accepts: container({ kernelPath: '/boot/kernel/', initrdPath: '/boot/..initrd' }),
    reason: 'I',
    fields: [`${field}.kernelBoot.container.kernelPath`, `${field}.kernelBoot.container.initrdPath`],
    alone: true,
  },
  {
    id: 'FW-6',
    refuses: firmware(efi, { features: { smm: { enabled: false } } }),
    accepts: firmware(efi, { features: { smm: {} } }),
    reason: 'I',
    fields: ['S.domain'],
    alone: true,
  },
]);

testInstanceSides('Secure Boot without system management mode', [
  {
    id: 'FW-6',
    refuses: firmware({ bootloader: { efi: { secureBoot: true } } }),
    accepts: firmware({ bootloader: { efi: { secureBoot: false } } }),
    reason: 'I',
    fields: ['S.domain'],
    alone: true,
  },
  {
    id: 'FW-6',
    refuses: firmware(efi, { launchSecurity: { sev: {} } }),
    accepts: firmware(efi, { launchSecurity: { tdx: {} } }),
    reason: 'I',
    fields: ['S.domain'],
  },
]);
