import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import { createKvmQemuHypervisor } from '@virtkit/hal-kvm-qemu';
import { machineConfiguration, planMachine, uncarried } from '@virtkit/machine-plan';
import { requires, waitUntil } from '@virtkit/testing';
import { expect, it } from 'vitest';
import { uid, uuid } from './row.ts';

const guest = fileURLToPath(new URL('../../../../build/guest/', import.meta.url));
const runAs = process.getuid?.() === 0 ? { runAs: { uid: 65534, gid: 65534 } } : {};

/** What is carried out on a machine, as much of it at a time as one machine can have. */
const instance: VirtualMachineInstance = {
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachineInstance',
  metadata: { name: 'full', namespace: 'default', uid },
  spec: {
    architecture: 'amd64',
    startStrategy: 'Paused',
    domain: {
      rebootPolicy: 'Terminate',
      cpu: {
        sockets: 1,
        cores: 2,
        maxSockets: 2,
        model: 'Nehalem',
        features: [{ name: 'vmx', policy: 'disable' }],
      },
      memory: { guest: '256Mi', maxGuest: '512Mi' },
      machine: { type: 'q35' },
      clock: {
        timezone: 'Europe/Berlin',
        timer: {
          rtc: { tickPolicy: 'catchup', present: true },
          pit: { tickPolicy: 'delay', present: true },
          hpet: { present: false },
        },
      },
      features: {
        acpi: {},
        apic: { endOfInterrupt: true },
        smm: {},
        kvm: { hidden: true },
        hyperv: { relaxed: {}, vapic: {}, spinlocks: { spinlocks: 8191 } },
      },
      chassis: { manufacturer: 'M', version: 'V', serial: 'S', asset: 'A', sku: 'K' },
      firmware: {
        uuid,
        serial: 'S1',
        bootloader: { bios: { useSerial: true } },
        kernelBoot: {
          container: { image: 'k', kernelPath: '/vmlinuz', initrdPath: '/initramfs.gz' },
          kernelArgs: 'console=ttyS0 quiet',
        },
      },
      ioThreadsPolicy: 'auto',
      devices: {
        blockMultiQueue: true,
        rng: {},
        tpm: {},
        sound: { name: 'audio', model: 'ich9' },
        inputs: [
          { name: 'pen', type: 'tablet', bus: 'usb' },
          { name: 'touch', type: 'tablet', bus: 'virtio' },
        ],
        panicDevices: [{ model: 'isa' }],
        video: { type: 'bochs' },
        watchdog: { name: 'dog', i6300esb: { action: 'reset' } },
        disks: [
          {
            name: 'a',
            disk: { bus: 'virtio', pciAddress: '0000:00:10.0' },
            serial: 'disk-a',
            cache: 'writeback',
            io: 'threads',
            errorPolicy: 'report',
            dedicatedIOThread: true,
            bootOrder: 1,
            blockSize: { custom: { logical: 4096, physical: 4096 } },
          },
          { name: 'b', disk: { bus: 'virtio' }, blockSize: { matchVolume: {} } },
          { name: 'c', disk: { bus: 'scsi' } },
          { name: 'd', disk: { bus: 'usb' } },
          { name: 'seed', cdrom: { bus: 'sata', tray: 'open' } },
        ],
        interfaces: [
          { name: 'n', masquerade: {}, model: 'virtio', acpiIndex: 7, pciAddress: '0000:00:11.0' },
        ],
      },
    },
    networks: [{ name: 'n', pod: {} }],
    volumes: [
      ...['a', 'b', 'c', 'd'].map((name) => ({ name, emptyDisk: { capacity: '8Mi' } })),
      { name: 'seed', cloudInitConfigDrive: { userData: '#cloud-config' } },
    ],
  },
};

it('what is carried out starts: a guest with as much of it as one machine can have', async (context) => {
  requires(context, { kind: 'command', name: 'swtpm_setup', package: 'swtpm-tools' });
  expect(uncarried(instance.spec)).toEqual([]);
  const root = mkdtempSync(join(tmpdir(), 'vkf-'));
  chmodSync(root, 0o755);
  const hypervisor = await createKvmQemuHypervisor({
    stateDir: join(root, 's'),
    runDir: join(root, 'r'),
    hardwareVirtualization: { state: 'absent', reason: 'the test runs under emulation everywhere' },
    ...runAs,
  });
  try {
    const spec = planMachine(
      instance,
      {
        images: {},
        ownDisks: { logical: 4096, physical: 4096 },
        interfaces: { n: { backend: { kind: 'user', forwards: [] } } },
        kernelBoot: { path: join(guest, 'vmlinuz'), initrdPath: join(guest, 'initramfs.gz') },
        hardwareVirtualization: { state: 'absent' },
        architecture: 'x86_64',
      },
      { ...machineConfiguration(), useEmulation: true },
    );
    const machine = await hypervisor.define(spec);
    // The same plan again is the same machine.
    expect((await hypervisor.define(structuredClone(spec))).id).toBe(machine.id);
    await machine.start();
    expect((await machine.observe()).state).toEqual({ kind: 'paused', reason: 'user' });
    await machine.facet('pause').resume();
    await waitUntil('the guest agent', async () => (await machine.observe()).guestAgent.connected, {
      timeoutMs: 240_000,
    });
    const { disks, vcpus, memory } = await machine.observe();
    expect(disks.map(({ target }) => target)).toEqual(['vda', 'vdb', 'sda', 'sdb', 'sdc']);
    expect({ vcpus, memory }).toEqual({ vcpus: 2, memory: { currentBytes: 256 * 2 ** 20 } });
    await machine.undefine();
  } finally {
    await hypervisor.stopDaemon();
    await hypervisor[Symbol.asyncDispose]();
    rmSync(root, { recursive: true, force: true });
  }
}, 300_000);
