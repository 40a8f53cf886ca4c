import type { DomainSpec, Firmware, Watchdog } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { configured } from '../support/kubevirts.ts';
import { completeSpec } from '../support/complete-instance.ts';

const on = (architecture: string, domain: Partial<DomainSpec> = {}) =>
  completeSpec(domain, { architecture }).domain;
const named = configured({ cpuModel: 'Haswell' });

describe('CPU model', () => {
  test.each([
    ['amd64', '', 'host-model', 'Haswell'],
    ['arm64', '', 'host-passthrough', 'host-passthrough'],
    ['s390x', '', 'host-model', 'Haswell'],
    ['z80', '', 'host-model', 'Haswell'],
    ['amd64', 'Nehalem', 'Nehalem', 'Nehalem'],
    ['arm64', 'max', 'max', 'max'],
  ])('on %s with %j: %s, and %s where the cluster names one', (architecture, model, builtIn, chosen) => {
    expect(on(architecture, { cpu: { model } }).cpu?.model).toBe(builtIn);
    const { cpu } = completeSpec({ cpu: { model } }, { architecture }, { configuration: named }).domain;
    expect(cpu?.model).toBe(chosen);
  });
});

describe('bus', () => {
  test.each([
    ['amd64', 'sata'],
    ['arm64', 'virtio'],
    ['s390x', 'virtio'],
    ['z80', 'sata'],
  ])('on %s is %s', (architecture, bus) => {
    const disks = [
      { name: 'a' },
      { name: 'b', disk: { bus: '' } },
      { name: 'c', cdrom: {} },
      { name: 'd', lun: {} },
      { name: 'e', disk: { bus: 'scsi' } },
    ];
    expect(on(architecture, { devices: { disks } }).devices.disks).toMatchObject([
      { disk: { bus } },
      { disk: { bus } },
      { cdrom: { bus } },
      { lun: { bus } },
      { disk: { bus: 'scsi' } },
    ]);
  });
});

describe('firmware', () => {
  const noSecureBoot = { efi: { secureBoot: false } };
  test.each<[string, Firmware['bootloader'], Firmware['bootloader']]>([
    ['amd64', undefined, undefined],
    ['amd64', { efi: {} }, { efi: {} }],
    ['s390x', { efi: {} }, { efi: {} }],
    ['s390x', undefined, undefined],
    ['arm64', undefined, noSecureBoot],
    ['arm64', { efi: {} }, noSecureBoot],
    ['arm64', { efi: { secureBoot: true } }, { efi: { secureBoot: true } }],
    ['arm64', { bios: {} }, { bios: {} }],
  ])('on %s with %j: %j', (architecture, bootloader, expected) => {
    expect(on(architecture, { firmware: { bootloader } }).firmware?.bootloader).toEqual(expected);
  });
});

describe('watchdog', () => {
  const name = 'dog';
  test.each<[string, Watchdog, Watchdog]>([
    ['amd64', { name }, { name, i6300esb: { action: 'reset' } }],
    ['amd64', { name, i6300esb: { action: '' } }, { name, i6300esb: { action: 'reset' } }],
    ['amd64', { name, i6300esb: { action: 'poweroff' } }, { name, i6300esb: { action: 'poweroff' } }],
    ['amd64', { name, diag288: {} }, { name, diag288: {}, i6300esb: { action: 'reset' } }],
    ['s390x', { name }, { name, diag288: { action: 'reset' } }],
    ['s390x', { name, diag288: { action: 'shutdown' } }, { name, diag288: { action: 'shutdown' } }],
    ['arm64', { name }, { name }],
  ])('on %s with %j: %j', (architecture, watchdog, expected) => {
    expect(on(architecture, { devices: { watchdog } }).devices.watchdog).toEqual(expected);
  });
});

describe('ACPI', () => {
  test.each([
    ['amd64', undefined, true],
    ['arm64', undefined, true],
    ['s390x', undefined, false],
    ['s390x', true, true],
    ['amd64', false, false],
  ])('on %s with %s: %s', (architecture, enabled, expected) => {
    expect(on(architecture, { features: { acpi: { enabled } } }).features?.acpi?.enabled).toBe(expected);
  });
});
