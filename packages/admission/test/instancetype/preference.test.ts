import type {
  DevicePreferences,
  Devices,
  VirtualMachineInstanceSpec,
  VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyAutoattachPreferences, applyPreference, defaultInputDevice } from '../../src/index.ts';
import { bareSpec } from './subjects.ts';

const withDevices = (devices: Devices, spec: Partial<VirtualMachineInstanceSpec> = {}) =>
  bareSpec({ domain: { devices }, ...spec });
const devicesOf = (devices: Devices, wished: DevicePreferences, spec?: Partial<VirtualMachineInstanceSpec>) =>
  applyPreference(withDevices(devices, spec), { devices: wished }).domain.devices;
type Domain = VirtualMachineInstanceSpec['domain'];
const domainOf = (domain: Partial<Domain>, preference: VirtualMachinePreferenceSpec) =>
  applyPreference(bareSpec({ domain: { devices: {}, ...domain } }), preference).domain;

describe('a preference for devices', () => {
  it.each<[string, Devices, DevicePreferences, Devices]>([
    ['fills in a switch', {}, { preferredBlockMultiQueue: true }, { blockMultiQueue: true }],
    [
      'leaves a switch as it is',
      { useVirtioTransitional: false },
      { preferredUseVirtioTransitional: true },
      { useVirtioTransitional: false },
    ],
    [
      'spells multi-queue as devices do',
      {},
      { preferredNetworkInterfaceMultiQueue: true },
      { networkInterfaceMultiqueue: true },
    ],
    [
      'overwrites disableHotplug',
      { disableHotplug: true },
      { preferredDisableHotplug: false },
      { disableHotplug: false },
    ],
    ['adds a random number generator', {}, { preferredRng: {} }, { rng: {} }],
    [
      'leaves a TPM as it is',
      { tpm: { persistent: true } },
      { preferredTPM: {} },
      { tpm: { persistent: true } },
    ],
    ['adds no sound card', {}, { preferredSoundModel: 'ac97' }, {}],
    [
      'fills in the model of a sound card',
      { sound: { name: 's' } },
      { preferredSoundModel: 'ac97' },
      { sound: { name: 's', model: 'ac97' } },
    ],
    ['adds a video adapter', {}, { preferredVideoType: 'bochs' }, { video: { type: 'bochs' } }],
    [
      'leaves a video adapter as it is',
      { video: { type: 'vga' } },
      { preferredVideoType: 'bochs' },
      { video: { type: 'vga' } },
    ],
    ['adds a panic device', {}, { preferredPanicDeviceModel: 'isa' }, { panicDevices: [{ model: 'isa' }] }],
    [
      'fills in the model of panic devices',
      { panicDevices: [{}, { model: 'hyperv' }] },
      { preferredPanicDeviceModel: 'isa' },
      { panicDevices: [{ model: 'isa' }, { model: 'hyperv' }] },
    ],
    [
      'fills in what comes by itself',
      { autoattachMemBalloon: true },
      { preferredAutoattachMemBalloon: false, preferredAutoattachGraphicsDevice: false },
      { autoattachMemBalloon: true, autoattachGraphicsDevice: false },
    ],
    [
      'applies no virtual GPU options',
      { gpus: [{ name: 'g' }] },
      { preferredVirtualGPUOptions: {} },
      { gpus: [{ name: 'g' }] },
    ],
    [
      'completes inputs',
      {
        inputs: [
          { name: 'a', type: '' },
          { name: 'b', type: 'tablet', bus: 'usb' },
        ],
      },
      { preferredInputBus: 'virtio', preferredInputType: 'keyboard' },
      {
        inputs: [
          { name: 'a', type: 'keyboard', bus: 'virtio' },
          { name: 'b', type: 'tablet', bus: 'usb' },
        ],
      },
    ],
  ])('%s', (_name, devices, wished, expected) => {
    expect(devicesOf(devices, wished)).toEqual(expected);
  });

  it('makes disks of what has no target, and gives them what they lack', () => {
    const wished: DevicePreferences = {
      preferredDiskBus: 'virtio',
      preferredDiskCache: 'none',
      preferredDiskIO: 'native',
      preferredDiskBlockSize: { matchVolume: {} },
      preferredDiskDedicatedIoThread: true,
    };
    const disks = [
      { name: 'open' },
      {
        name: 'own',
        cache: 'writethrough',
        io: 'threads',
        dedicatedIOThread: false,
        disk: { bus: 'virtio' },
      },
      { name: 'sata', disk: { bus: 'sata' } },
    ];
    const blockSize = { matchVolume: {} };
    expect(devicesOf({ disks }, wished).disks).toEqual([
      {
        name: 'open',
        disk: { bus: 'virtio' },
        cache: 'none',
        io: 'native',
        blockSize,
        dedicatedIOThread: true,
      },
      { ...disks[1], blockSize },
      { name: 'sata', disk: { bus: 'sata' }, cache: 'none', io: 'native', blockSize },
    ]);
  });

  it('gives CD-ROM drives and LUNs their own bus and nothing else', () => {
    const wished = {
      preferredCdromBus: 'sata',
      preferredLunBus: 'scsi',
      preferredDiskBus: 'virtio',
      preferredDiskIO: 'native',
    };
    const disks = [
      { name: 'cd', cdrom: {} },
      { name: 'lun', lun: { reservation: true } },
      { name: 'cd2', cdrom: { bus: 'scsi' } },
    ];
    expect(devicesOf({ disks }, wished).disks).toEqual([
      { name: 'cd', cdrom: { bus: 'sata' } },
      { name: 'lun', lun: { reservation: true, bus: 'scsi' } },
      { name: 'cd2', cdrom: { bus: 'scsi' } },
    ]);
  });

  it('binds by masquerade only what is unbound and on the network of pods', () => {
    const interfaces = [
      { name: 'default' },
      { name: 'other' },
      { name: 'bound', bridge: {} },
      { name: 'm', model: 'e1000e' },
    ];
    const networks = [
      { name: 'default', pod: {} },
      { name: 'other', multus: { networkName: 'nad' } },
      { name: 'bound', pod: {} },
    ];
    const wished = { preferredInterfaceMasquerade: {}, preferredInterfaceModel: 'virtio' };
    expect(devicesOf({ interfaces }, wished, { networks }).interfaces).toEqual([
      { name: 'default', masquerade: {}, model: 'virtio' },
      { name: 'other', model: 'virtio' },
      { name: 'bound', bridge: {}, model: 'virtio' },
      { name: 'm', model: 'e1000e' },
    ]);
  });
});

describe('a preference for the machine', () => {
  it.each<[string, Partial<Domain>, VirtualMachinePreferenceSpec, Partial<Domain>]>([
    [
      'adds CPU features that are not named',
      { cpu: { features: [{ name: 'vmx', policy: 'disable' }] } },
      { cpu: { preferredCPUFeatures: [{ name: 'vmx', policy: 'require' }, { name: 'aes' }] } },
      { cpu: { features: [{ name: 'vmx', policy: 'disable' }, { name: 'aes' }] } },
    ],
    ['makes an empty set of features', {}, { features: {} }, { features: {} }],
    [
      'overwrites ACPI',
      { features: { acpi: { enabled: true } } },
      { features: { preferredAcpi: { enabled: false } } },
      { features: { acpi: { enabled: false } } },
    ],
    [
      'fills in other features',
      { features: { smm: { enabled: false } } },
      {
        features: {
          preferredApic: { endOfInterrupt: true },
          preferredKvm: { hidden: true },
          preferredPvspinlock: { enabled: false },
          preferredSmm: {},
        },
      },
      {
        features: {
          apic: { endOfInterrupt: true },
          kvm: { hidden: true },
          pvspinlock: { enabled: false },
          smm: { enabled: false },
        },
      },
    ],
    [
      'fills in Hyper-V member by member',
      { features: { hyperv: { relaxed: { enabled: false } } } },
      { features: { preferredHyperv: { relaxed: {}, vapic: {} } } },
      { features: { hyperv: { relaxed: { enabled: false }, vapic: {} } } },
    ],
    ['makes an empty boot loader', {}, { firmware: {} }, { firmware: { bootloader: {} } }],
    [
      'chooses a BIOS with a serial console',
      {},
      { firmware: { preferredUseBios: true, preferredUseBiosSerial: true } },
      { firmware: { bootloader: { bios: { useSerial: true } } } },
    ],
    [
      'chooses no BIOS beside UEFI',
      { firmware: { bootloader: { efi: {} } } },
      { firmware: { preferredUseBios: true } },
      { firmware: { bootloader: { efi: {} } } },
    ],
    [
      'prefers UEFI as a whole to its deprecated parts',
      {},
      { firmware: { preferredEfi: { persistent: true }, preferredUseSecureBoot: true } },
      { firmware: { bootloader: { efi: { persistent: true } } } },
    ],
    [
      'knows the deprecated parts',
      {},
      { firmware: { preferredUseEfi: true, preferredUseSecureBoot: true } },
      { firmware: { bootloader: { efi: { secureBoot: true } } } },
    ],
    [
      'leaves secure boot as it is',
      { firmware: { bootloader: { efi: { secureBoot: false } } } },
      { firmware: { preferredEfi: {}, preferredUseSecureBoot: true } },
      { firmware: { bootloader: { efi: { secureBoot: false } } } },
    ],
    [
      'chooses no UEFI beside a BIOS',
      { firmware: { bootloader: { bios: {} } } },
      { firmware: { preferredEfi: {}, preferredUseEfi: true } },
      { firmware: { bootloader: { bios: {} } } },
    ],
    [
      'names a machine type',
      { machine: { type: '' } },
      { machine: { preferredMachineType: 'q35' } },
      { machine: { type: 'q35' } },
    ],
    [
      'leaves a machine type as it is',
      { machine: { type: 'virt' } },
      { machine: { preferredMachineType: 'q35' } },
      { machine: { type: 'virt' } },
    ],
    ['makes an empty clock', {}, { clock: {} }, { clock: {} }],
    [
      'sets the clock where it has no base',
      { clock: { timer: { kvm: {} } } },
      { clock: { preferredClockOffset: { timezone: 'Europe/Berlin' }, preferredTimer: { pit: {} } } },
      { clock: { timer: { kvm: {} }, timezone: 'Europe/Berlin' } },
    ],
    [
      'leaves the base of a clock as it is',
      { clock: { utc: {} } },
      { clock: { preferredClockOffset: { timezone: 'Europe/Berlin' }, preferredTimer: { pit: {} } } },
      { clock: { utc: {}, timer: { pit: {} } } },
    ],
    [
      'wishes confidential computing',
      {},
      { preferredLaunchSecurity: { snp: {} } },
      { launchSecurity: { snp: {} } },
    ],
  ])('%s', (_name, domain, preference, expected) => {
    expect(domainOf(domain, preference)).toEqual({ devices: {}, ...expected });
  });

  it('fills in what surrounds the machine', () => {
    const wished = {
      preferredSubdomain: 'sub',
      preferredArchitecture: 'arm64',
      preferredTerminationGracePeriodSeconds: 0,
    };
    expect(applyPreference(bareSpec(), wished)).toEqual({
      ...bareSpec(),
      subdomain: 'sub',
      architecture: 'arm64',
      terminationGracePeriodSeconds: 0,
    });
    const own = { subdomain: 'own', architecture: 'amd64', terminationGracePeriodSeconds: 30 };
    expect(applyPreference(bareSpec(own), wished)).toEqual(bareSpec(own));
  });
});

describe('auto-attach', () => {
  it('is decided before default devices are added', () => {
    const preference = { devices: { preferredAutoattachInputDevice: true, preferredInputBus: 'virtio' } };
    const asked = defaultInputDevice(applyAutoattachPreferences(bareSpec(), preference));
    expect(asked.domain.devices).toEqual({
      autoattachInputDevice: true,
      inputs: [{ name: 'default-0', type: '' }],
    });
    expect(applyPreference(asked, preference).domain.devices.inputs).toEqual([
      { name: 'default-0', type: '', bus: 'virtio' },
    ]);
  });

  it('adds no input device unless asked, or beside another', () => {
    expect(defaultInputDevice(bareSpec())).toEqual(bareSpec());
    const listed = withDevices({ autoattachInputDevice: true, inputs: [{ name: 'own', type: 'tablet' }] });
    expect(defaultInputDevice(listed)).toEqual(listed);
  });

  it('is the same the second time, as is all of a preference', () => {
    const preferences = fc.record<VirtualMachinePreferenceSpec>(
      {
        devices: fc.record(
          {
            preferredAutoattachInputDevice: fc.boolean(),
            preferredDiskBus: fc.constantFrom('virtio', 'sata', ''),
            preferredDiskDedicatedIoThread: fc.boolean(),
            preferredPanicDeviceModel: fc.constantFrom('isa', 'hyperv'),
            preferredDisableHotplug: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
        firmware: fc.record(
          {
            preferredUseBios: fc.boolean(),
            preferredEfi: fc.constant({ persistent: true }),
            preferredUseSecureBoot: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
        clock: fc.constant({ preferredClockOffset: { utc: {} } }),
      },
      { requiredKeys: [] },
    );
    const spec = withDevices({
      disks: [{ name: 'a' }, { name: 'b', cdrom: {} }],
      inputs: [{ name: 'i', type: '' }],
    });
    fc.assert(
      fc.property(preferences, (preference) => {
        const once = applyPreference(spec, preference);
        const { secureBoot: _late, ...efi } = once.domain.firmware?.bootloader?.efi ?? {};
        const twice = applyPreference(once, preference);
        const { secureBoot: _later, ...efiTwice } = twice.domain.firmware?.bootloader?.efi ?? {};
        expect(twice.domain.devices).toEqual(once.domain.devices);
        expect(twice.domain.clock).toEqual(once.domain.clock);
        expect(efiTwice).toEqual(efi);
      }),
    );
  });
});
