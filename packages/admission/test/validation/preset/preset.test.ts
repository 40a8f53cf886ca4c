import type { DomainSpec, VirtualMachineInstancePreset } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { presetFindings } from '../../../src/validation/index.ts';
import { testSides } from '../../support/sides.ts';

const preset = (domain?: DomainSpec): VirtualMachineInstancePreset => ({
  metadata: { name: 'preset' },
  spec: { selector: {}, ...(domain === undefined ? {} : { domain }) },
});

testSides<VirtualMachineInstancePreset>(
  'presets',
  [
    {
      id: 'PRE-1',
      refuses: preset(),
      accepts: preset({ devices: {} }),
      reason: 'R',
      fields: ['spec.domain'],
      alone: true,
    },
  ],
  presetFindings,
);

test('PRE-2 refuses disks and firmware that no instance may have', () => {
  const bootloader = { bios: {}, efi: { secureBoot: false } };
  const findings = presetFindings(
    preset({ devices: { disks: [{ name: 'a', cache: 'fast' }] }, firmware: { bootloader } }),
  );
  expect(findings.map(({ rule, field }) => [rule, field])).toEqual([
    ['DSK-13', 'spec.domain.devices.disks[0].cache'],
    ['FW-1', 'spec.domain.firmware.bootloader'],
  ]);
});

test('PRE-2 accepts disks and firmware that an instance may have', () => {
  const firmware = { bootloader: { efi: {} } };
  expect(presetFindings(preset({ devices: { disks: [{ name: 'a', disk: {} }] }, firmware }))).toEqual([]);
});
