import { clusterConfiguration } from '@virtkit/admission';
import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { parseMachineSpec, type MachineSpec } from '@virtkit/hal';
import { describe, expect, it } from 'vitest';
import { interfaceMac, machineConfiguration, normaliseMac, PlanError, planMachine } from '../src/index.ts';
import { configuration, facts, instance, uid } from './instances.ts';

type Change = (spec: VirtualMachineInstanceSpec) => void;
const plan = (change?: Change): MachineSpec => planMachine(instance(change), facts, configuration);

describe('planMachine', () => {
  it('is deterministic and passes the check that every hypervisor makes', () => {
    const spec = plan();
    expect(plan()).toEqual(spec);
    expect(parseMachineSpec(spec, 'kvm-qemu')).toEqual(spec);
  });

  it('names the machine after the instance', () => {
    expect(plan()).toMatchObject({
      id: uid,
      name: 'default_guest',
      architecture: 'x86_64',
      machineType: 'q35',
    });
  });

  const fields: [what: string, change: Change, expected: object][] = [
    ['memory from guest', (s) => (s.domain.memory = { guest: '1Gi' }), { memory: { sizeBytes: 2 ** 30 } }],
    [
      'memory from the request',
      (s) => {
        delete s.domain.memory;
        s.domain.resources = { requests: { memory: '64Mi' } };
      },
      { memory: { sizeBytes: 2 ** 26 } },
    ],
    [
      'sockets from the CPU limit, rounded up',
      (s) => {
        s.domain.cpu = {};
        s.domain.resources = { limits: { cpu: '2500m' } };
      },
      { cpu: { sockets: 3, cores: 1, threads: 1 } },
    ],
    [
      'a given topology with missing counts as 1',
      (s) => (s.domain.cpu = { cores: 4 }),
      { cpu: { sockets: 1, cores: 4, threads: 1, model: { kind: 'host-model' } } },
    ],
    [
      'a named CPU model and its features',
      (s) =>
        (s.domain.cpu = {
          model: 'Nehalem',
          features: [{ name: 'vmx' }, { name: 'x2apic', policy: 'disable' }],
        }),
      {
        cpu: {
          model: { kind: 'named', name: 'Nehalem' },
          features: [
            { name: 'vmx', policy: 'require' },
            { name: 'x2apic', policy: 'disable' },
            { name: 'mpx', policy: 'disable' },
          ],
        },
      },
    ],
    [
      'host-passthrough',
      (s) => (s.domain.cpu = { model: 'host-passthrough' }),
      { cpu: { model: { kind: 'host-passthrough' } } },
    ],
    [
      'UEFI without Secure Boot',
      (s) => (s.domain.firmware!.bootloader = { efi: { secureBoot: false } }),
      { firmware: { kind: 'uefi' } },
    ],
    [
      'the chassis asset tag',
      (s) => (s.domain.chassis = { asset: 'A1' }),
      { firmware: { chassis: { asset: 'A1' } } },
    ],
    ['termination on reboot', (s) => (s.domain.rebootPolicy = 'Terminate'), { onReboot: 'terminate' }],
    ['a paused start', (s) => (s.startStrategy = 'Paused'), { startPaused: true }],
    ['the grace period', (s) => (s.terminationGracePeriodSeconds = 5), { gracePeriodSeconds: 5 }],
    [
      'a watchdog',
      (s) => (s.domain.devices.watchdog = { name: 'dog', i6300esb: { action: 'poweroff' } }),
      { watchdog: { id: 'dog', model: 'i6300esb', action: 'poweroff' } },
    ],
    ['a random number generator', (s) => (s.domain.devices.rng = {}), { rng: true }],
    [
      'a video adapter',
      (s) => (s.domain.devices.video = { type: 'virtio' }),
      { display: { videoModel: 'virtio' } },
    ],
    [
      'a link that is down',
      (s) => (s.domain.devices.interfaces![0]!.state = 'down'),
      { interfaces: [{ linkUp: false }] },
    ],
    [
      'an interface model and address',
      (s) =>
        Object.assign(s.domain.devices.interfaces![0]!, { model: 'e1000', macAddress: '02-AA-BB-CC-DD-EE' }),
      { interfaces: [{ model: 'e1000', mac: '02:aa:bb:cc:dd:ee', mtu: 1480 }] },
    ],
    [
      'an empty disk',
      (s) => (s.volumes![0] = { name: 'root', emptyDisk: { capacity: '1Gi' } }),
      { disks: [{ source: { kind: 'scratch', sizeBytes: 2 ** 30 } }, {}] },
    ],
    [
      'a CD-ROM, read-only and without overlay, on SATA',
      (s) => (s.domain.devices.disks![0] = { name: 'root', cdrom: {} }),
      { disks: [{ device: 'cdrom', bus: 'sata', readOnly: true, source: { kind: 'file' } }, {}] },
    ],
  ];
  it.each(fields)('carries %s', (_what, change, expected) => {
    expect(plan(change)).toMatchObject(expected);
  });

  it('has the defaults of an instance that says nothing', () => {
    expect(plan()).toMatchObject({
      onReboot: 'restart',
      startPaused: false,
      gracePeriodSeconds: 30,
      serialConsole: { log: true },
      display: { videoModel: 'vga' },
      guestAgentChannel: true,
      rng: false,
      balloon: { statsPeriodSeconds: 10 },
    });
  });

  it('leaves out what is switched off', () => {
    const spec = plan(({ domain: { devices } }) => {
      devices.autoattachGraphicsDevice = false;
      devices.autoattachSerialConsole = false;
      devices.autoattachMemBalloon = false;
    });
    expect(spec).not.toHaveProperty('display');
    expect(spec).not.toHaveProperty('serialConsole');
    expect(spec).not.toHaveProperty('balloon');
  });

  it('keeps the writes to a container disk apart from its image', () => {
    expect(plan().disks[0]).toMatchObject({
      id: 'root',
      bus: 'virtio',
      bootOrder: 1,
      source: { kind: 'ephemeral', path: '/disks/root.qcow2', format: 'qcow2' },
    });
  });

  it('writes a NoCloud seed with instance id, host name and network data', () => {
    const spec = plan((s) => {
      s.hostname = 'web-1';
      s.volumes![1]!.cloudInitNoCloud = {
        userDataBase64: Buffer.from('#cloud-config\nü').toString('base64'),
        networkData: 'version: 2',
      };
    });
    const { source } = spec.disks[1]!;
    if (source.kind !== 'seed') throw new Error('not a seed');
    const files = Object.fromEntries(source.files.map(({ name, content }) => [name, content]));
    expect(source.volumeLabel).toBe('cidata');
    expect(JSON.parse(files['meta-data']!)).toEqual({
      'instance-id': '5a9fc181-957e-4c32-9e5a-2de5e9673531',
      'local-hostname': 'web-1',
    });
    expect(files).toMatchObject({ 'user-data': '#cloud-config\nü', 'network-config': 'version: 2' });
  });

  it('boots a kernel directly', () => {
    const withKernel = instance((s) => {
      s.domain.firmware!.kernelBoot = {
        container: { image: 'k:1', kernelPath: '/boot/vmlinuz', initrdPath: '/boot/initrd' },
        kernelArgs: 'console=ttyS0',
      };
    });
    const found = { ...facts, kernelBoot: { path: '/k/vmlinuz', initrdPath: '/k/initrd' } };
    expect(planMachine(withKernel, found, configuration).firmware.kernel).toEqual({
      path: '/k/vmlinuz',
      initrdPath: '/k/initrd',
      commandLine: 'console=ttyS0',
    });
    expect(() => planMachine(withKernel, facts, configuration)).toThrow(
      expect.objectContaining({
        code: 'missing-fact',
        field: 'spec.domain.firmware.kernelBoot.container.kernelPath',
      }),
    );
  });

  const refusals: [what: string, change: Change, code: string, field: string | undefined][] = [
    [
      'a device that was not set aside',
      (s) => (s.domain.devices.gpus = [{ name: 'g', deviceName: 'vendor.example/gpu' }]),
      'missing-fact',
      'spec.domain.devices.gpus[0]',
    ],
    ['another architecture', (s) => (s.architecture = 'arm64'), 'unsupported', 'spec.architecture'],
    ['no memory', (s) => delete s.domain.memory, 'invalid', 'spec.domain.memory.guest'],
    ['no firmware UUID', (s) => delete s.domain.firmware!.uuid, 'invalid', 'spec.domain.firmware.uuid'],
    ['a disk without volume', (s) => s.volumes!.shift(), 'invalid', 'spec.domain.devices.disks[0].name'],
    [
      'an image that was not looked up',
      (s) => (
        s.volumes!.push({ name: 'b', containerDisk: { image: 'b' } }),
        s.domain.devices.disks!.push({ name: 'b' })
      ),
      'missing-fact',
      'spec.volumes[2]',
    ],
    [
      'a multicast address',
      (s) => (s.domain.devices.interfaces![0]!.macAddress = '01:00:00:00:00:01'),
      'invalid',
      'spec.domain.devices.interfaces[0].macAddress',
    ],
    [
      "the bridge's address",
      (s) => (s.domain.devices.interfaces![0]!.macAddress = '02:00:00:00:00:00'),
      'invalid',
      'spec.domain.devices.interfaces[0].macAddress',
    ],
    [
      'cloud-init data that is not text',
      (s) => (s.volumes![1]!.cloudInitNoCloud = { userDataBase64: '//79' }),
      'unsupported',
      'spec.volumes[1].cloudInitNoCloud.userDataBase64',
    ],
    [
      'cloud-init data that is not Base64',
      (s) => (s.volumes![1]!.cloudInitNoCloud = { userDataBase64: '%' }),
      'invalid',
      'spec.volumes[1].cloudInitNoCloud.userDataBase64',
    ],
  ];
  it.each(refusals)('refuses %s', (_what, change, code, field) => {
    expect(() => plan(change)).toThrow(PlanError);
    expect(() => plan(change)).toThrow(expect.objectContaining({ code, field }));
  });

  it('falls back to emulation only where the configuration allows it', () => {
    expect(plan().acceleration).toBe('hardware');
    expect(planMachine(instance(), facts, { useEmulation: true }).acceleration).toBe('prefer-hardware');
  });
});

describe('MAC addresses', () => {
  it('depend on UID and interface alone, are unicast and locally administered', () => {
    const mac = (id: string, name: string): string =>
      interfaceMac({ metadata: { uid: id } }, name, undefined);
    expect(mac('a', 'default')).toBe(mac('a', 'default'));
    expect(new Set([mac('a', 'default'), mac('a', 'other'), mac('b', 'default')]).size).toBe(3);
    expect(mac('a', 'default')).toMatch(/^02(:[0-9a-f]{2}){5}$/);
  });

  it.each(['02:AA:bb:cc:dd:ee', '02-aa-bb-cc-dd-ee', '02aa.bbcc.ddee'])('are read as %s', (mac) => {
    expect(normaliseMac(mac, 'mac')).toBe('02:aa:bb:cc:dd:ee');
  });

  it.each(['02:aa:bb:cc:dd', '02:aa-bb:cc:dd:ee', 'zz:aa:bb:cc:dd:ee', ''])('are not read as %j', (mac) => {
    expect(() => normaliseMac(mac, 'mac')).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});

describe('machineConfiguration', () => {
  it("has KubeVirt's defaults without a KubeVirt object, and its values with one", () => {
    expect(machineConfiguration()).toEqual({
      useEmulation: false,
      smbios: { manufacturer: 'KubeVirt', product: 'None', family: 'KubeVirt' },
      memBalloonStatsPeriod: 10,
      sparePciPorts: true,
      diskHotplug: true,
    });
    const spec = {
      configuration: {
        developerConfiguration: { useEmulation: true },
        smbios: { product: 'P' },
        memBalloonStatsPeriod: 0,
      },
    };
    expect(machineConfiguration(clusterConfiguration({ metadata: {}, spec }))).toMatchObject({
      useEmulation: true,
      smbios: { product: 'P' },
      memBalloonStatsPeriod: 0,
    });
  });
});
