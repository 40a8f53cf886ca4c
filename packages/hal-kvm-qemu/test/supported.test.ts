import { existsSync } from 'node:fs';
import type { MachineSpecInput } from '@virtkit/hal';
import { describe, expect, it } from 'vitest';
import { checkSupported } from '../src/check-supported.ts';
import { asksForNewcomers, lostFeatures } from '../src/domain-xml/lost-features.ts';
import { renderDomain } from '../src/domain-xml/render.ts';
import { standInContext } from '../src/domain-xml/stand-in-context.ts';
import {
  emulators,
  installedArchitectures,
  requireEmulator,
  virtualizationFor,
} from '../src/host-architecture.ts';
import { machineSpec } from './machine-spec.ts';

const empty = {
  id: 'a',
  device: 'disk',
  bus: 'virtio',
  source: { kind: 'scratch', sizeBytes: 512 },
} as const;
const card = { id: 'n', model: 'virtio', mac: '02:00:00:00:00:01' } as const;
const watchdog = (model: 'i6300esb' | 'diag288') => ({ id: 'w', model, action: 'reset' as const });

describe('what this backend cannot do', () => {
  it.each<[string, Partial<MachineSpecInput>]>([
    ['/backend/kvm-qemu/turbo', { backend: { 'kvm-qemu': { turbo: true } } }],
    [
      '/interfaces/0/backend/forwards',
      {
        interfaces: [
          {
            ...card,
            backend: {
              kind: 'user',
              forwards: [{ protocol: 'tcp', hostAddress: '::', hostPort: 1, guestPort: 1 }],
            },
          },
        ],
      },
    ],
    [
      '/interfaces/0/queues',
      { interfaces: [{ ...card, queues: 2, backend: { kind: 'passt', device: 'eth0' } }] },
    ],
    [
      '/disks/0/source',
      { disks: [{ ...empty, source: { kind: 'tracked', path: '/o', data: { path: '/d', block: false } } }] },
    ],
    ['/watchdog/model', { watchdog: watchdog('diag288') }],
    ['/watchdog/model', { architecture: 's390x', watchdog: watchdog('i6300esb') }],
    ['/pci', { architecture: 's390x', pci: { placement: { kind: 'root-complex' } } }],
    ['/launchSecurity', { launchSecurity: { kind: 'secure-execution' } }],
    ['/extraDevices/tpm/stateFolder', { extraDevices: { tpm: { persistent: true } } }],
  ])('is refused at %s', (field, change) => {
    expect(() => checkSupported(machineSpec(change))).toThrow(
      expect.objectContaining({ code: 'unsupported', field }),
    );
  });

  it('is none of an ordinary machine', () => {
    expect(() =>
      checkSupported(machineSpec({ disks: [empty], watchdog: watchdog('i6300esb') })),
    ).not.toThrow();
  });
});

describe('what libvirt may not know', () => {
  const asking: [string, Partial<MachineSpecInput>][] = [
    ['/disks/0/ioThreads', { ioThreads: { count: 2 }, disks: [{ ...empty, ioThreads: [1, 2] }] }],
    [
      '/disks/0/blockSizes',
      { disks: [{ ...empty, blockSizes: { logical: 512, physical: 512, discardGranularity: 4096 } }] },
    ],
    [
      '/features/hyperv/enlightenments/tlbflush',
      {
        features: {
          acpi: true,
          hyperv: { mode: 'chosen', enlightenments: { tlbflush: { enabled: true, direct: true } } },
        },
      },
    ],
    ['/hostDevicesByDescriptor', { hostDevicesByDescriptor: true }],
  ];

  it.each(asking)('is missed at %s when it is not in the domain', (field, change) => {
    const spec = machineSpec(change);
    const xml = renderDomain(spec, standInContext(spec, { directory: '/m' }));
    expect(asksForNewcomers(spec)).toBe(true);
    expect(lostFeatures(spec, xml)).toEqual([]);
    const plain = machineSpec({});
    const without = renderDomain(plain, standInContext(plain, { directory: '/m' }));
    expect(lostFeatures(spec, without)).toMatchObject([{ field }]);
  });

  it('is nothing that an ordinary machine asks for', () => {
    expect(asksForNewcomers(machineSpec({ disks: [{ ...empty, ioThreads: [1] }] }))).toBe(false);
  });
});

describe('guests of another architecture', () => {
  it.each(['x86_64', 'aarch64', 's390x'] as const)('%s needs its emulator', async (architecture) => {
    const installed = existsSync(emulators[architecture]);
    expect((await installedArchitectures()).includes(architecture)).toBe(installed);
    const asked = requireEmulator(architecture);
    if (installed) await asked;
    else await expect(asked).rejects.toMatchObject({ code: 'unsupported', field: '/architecture' });
  });

  it("do not run on the host's CPU", () => {
    const host = process.arch === 'x64' ? 'x86_64' : 'aarch64';
    expect(virtualizationFor(host, { state: 'usable' })).toEqual({ state: 'usable' });
    expect(virtualizationFor('s390x', { state: 'usable' })).toMatchObject({ state: 'absent' });
  });
});
