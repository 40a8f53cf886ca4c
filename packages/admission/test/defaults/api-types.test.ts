import type { Devices, Disk, DomainSpec, Features, Probe, Timer } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { completeSpec } from '../support/complete-instance.ts';

const on = { enabled: true };
const off = { enabled: false };

describe('firmware', () => {
  test.each<[string, DomainSpec['firmware'], string]>([
    ['is made with a UUID', undefined, 'uuid'],
    ['gets a UUID for an empty one', { uuid: '' }, 'uuid'],
    ['keeps its UUID', { uuid: 'own' }, 'own'],
  ])('%s', (_title, firmware, uuid) => {
    expect(completeSpec({ firmware }).domain.firmware).toMatchObject({ uuid });
  });
});

describe('features', () => {
  test.each<[string, Features | undefined, Features]>([
    ['are made with ACPI', undefined, { acpi: on }],
    ['have ACPI beside others', { apic: off }, { acpi: on, apic: off }],
    ['keep ACPI switched off', { acpi: off }, { acpi: off }],
    ['apic', { apic: {} }, { acpi: on, apic: on }],
    ['smm', { smm: {} }, { acpi: on, smm: on }],
    ['pvspinlock', { pvspinlock: {} }, { acpi: on, pvspinlock: on }],
    ['pvspinlock that is off stays off', { pvspinlock: off }, { acpi: on, pvspinlock: off }],
    [
      'kvm and hypervPassthrough stay as they are',
      { kvm: {}, hypervPassthrough: {} },
      { acpi: on, kvm: {}, hypervPassthrough: {} },
    ],
  ])('%s', (_title, features, expected) => {
    expect(completeSpec({ features }).domain.features).toEqual(expected);
  });

  const switches = [
    'relaxed',
    'vapic',
    'vpindex',
    'runtime',
    'reset',
    'frequencies',
    'reenlightenment',
  ] as const;
  test.each(switches)('hyperv.%s is on when it is named', (name) => {
    expect(completeSpec({ features: { hyperv: { [name]: {} } } }).domain.features?.hyperv).toEqual({
      [name]: on,
    });
    expect(completeSpec({ features: { hyperv: { [name]: off } } }).domain.features?.hyperv).toEqual({
      [name]: off,
    });
  });

  test.each<[string, Features['hyperv'], Features['hyperv']]>([
    ['synic', { synic: {} }, { synic: on, vpindex: on }],
    ['ipi', { ipi: {} }, { ipi: on, vpindex: on }],
    ['evmcs', { evmcs: {} }, { evmcs: on, vapic: on }],
    ['spinlocks', { spinlocks: {} }, { spinlocks: { enabled: true, spinlocks: 4096 } }],
    [
      'spinlocks with a number',
      { spinlocks: { spinlocks: 8191 } },
      { spinlocks: { enabled: true, spinlocks: 8191 } },
    ],
    ['spinlocks that are off have no number', { spinlocks: off }, { spinlocks: off }],
    ['synictimer', { synictimer: {} }, { synictimer: on, synic: on, vpindex: on }],
    [
      'synictimer.direct',
      { synictimer: { direct: {} } },
      { synictimer: { enabled: true, direct: on }, synic: on, vpindex: on },
    ],
    ['vendorid', { vendorid: { vendorid: 'v' } }, { vendorid: { enabled: true, vendorid: 'v' } }],
    ['tlbflush', { tlbflush: {} }, { tlbflush: on, vpindex: on }],
    [
      'tlbflush.direct and tlbflush.extended',
      { tlbflush: { direct: {}, extended: {} } },
      { tlbflush: { enabled: true, direct: on, extended: on }, vpindex: on },
    ],
  ])('hyperv.%s', (_title, hyperv, expected) => {
    expect(completeSpec({ features: { hyperv } }).domain.features?.hyperv).toEqual(expected);
  });
});

describe('timers', () => {
  test.each(['hpet', 'kvm', 'pit', 'rtc', 'hyperv'] as const)('%s is present when it is named', (name) => {
    const timerOf = (timer: Timer) => completeSpec({ clock: { timer } }).domain.clock?.timer;
    expect(timerOf({ [name]: {} })).toEqual({ [name]: { present: true } });
    expect(timerOf({ [name]: { present: false } })).toEqual({ [name]: { present: false } });
    expect(timerOf({})).toEqual({});
  });
});

describe('disks', () => {
  test.each<[string, Omit<Disk, 'name'>, Omit<Disk, 'name'>]>([
    ['that are nothing else are disks', {}, { disk: { bus: 'sata' } }],
    ['that are LUNs stay LUNs', { lun: {} }, { lun: { bus: 'sata' } }],
    [
      'in drives are read-only, the drive closed',
      { cdrom: {} },
      { cdrom: { bus: 'sata', readonly: true, tray: 'closed' } },
    ],
    [
      'in drives that say otherwise',
      { cdrom: { readonly: false, tray: 'open' } },
      { cdrom: { bus: 'sata', readonly: false, tray: 'open' } },
    ],
    [
      'follow the block size of the volume',
      { disk: {}, blockSize: { matchVolume: {} } },
      { disk: { bus: 'sata' }, blockSize: { matchVolume: on } },
    ],
    [
      'with a block size of their own',
      { disk: {}, blockSize: { custom: { logical: 512 } } },
      { disk: { bus: 'sata' }, blockSize: { custom: { logical: 512 } } },
    ],
  ])('%s', (_title, disk, expected) => {
    const devices = { disks: [{ name: 'a', ...disk }] };
    expect(completeSpec({ devices }).domain.devices.disks).toEqual([{ name: 'a', ...expected }]);
  });
});

describe('devices', () => {
  const gpu = (virtualGPUOptions: NonNullable<Devices['gpus']>[number]['virtualGPUOptions']) => ({
    name: 'g',
    deviceName: 'd',
    virtualGPUOptions,
  });
  test.each<[string, Devices, Partial<Devices>]>([
    [
      'the frame buffer of a virtual GPU is on when it is named',
      { gpus: [gpu({ display: { ramFB: {} } })] },
      { gpus: [gpu({ display: { ramFB: on } })] },
    ],
    [
      'the display of a virtual GPU is not filled in',
      { gpus: [gpu({ display: {} })] },
      { gpus: [gpu({ display: {} })] },
    ],
    [
      'an input is a USB tablet',
      { inputs: [{ name: 'i', type: '' }] },
      { inputs: [{ name: 'i', bus: 'usb', type: 'tablet' }] },
    ],
    [
      'an input that is a keyboard on virtio',
      { inputs: [{ name: 'i', bus: 'virtio', type: 'keyboard' }] },
      { inputs: [{ name: 'i', bus: 'virtio', type: 'keyboard' }] },
    ],
  ])('%s', (_title, devices, expected) => {
    expect(completeSpec({ devices }).domain.devices).toMatchObject(expected);
  });
});

describe.each(['readinessProbe', 'livenessProbe'] as const)('%s', (member) => {
  const tcpSocket = { port: 22 };
  test.each<[string, Probe, Probe]>([
    [
      'has times and thresholds',
      { tcpSocket },
      { tcpSocket, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
    ],
    [
      'has at least 1 of each',
      { tcpSocket, timeoutSeconds: 0, periodSeconds: -1, successThreshold: 0, failureThreshold: 0 },
      { tcpSocket, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
    ],
    [
      'keeps its own',
      { tcpSocket, timeoutSeconds: 2, periodSeconds: 1, successThreshold: 4, failureThreshold: 5 },
      { tcpSocket, timeoutSeconds: 2, periodSeconds: 1, successThreshold: 4, failureThreshold: 5 },
    ],
  ])('%s', (_title, probe, expected) => {
    expect(completeSpec({}, { [member]: probe })[member]).toEqual(expected);
  });
});
