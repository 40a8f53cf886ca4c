import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MachineSpecInput } from '@virtkit/hal';
import { targetNames } from '../../src/domain-xml/disks.ts';
import { interfaceArguments, interfaceOverrides } from '../../src/domain-xml/interface-sockets.ts';
import { readDomain } from '../../src/domain-xml/read-back.ts';
import { renderDomain, type RenderContext } from '../../src/domain-xml/render.ts';
import { machineSpec } from '../machine-spec.ts';

const context = (changes: Partial<RenderContext> = {}): RenderContext => ({
  virtType: 'qemu',
  emulator: '/usr/bin/qemu-system-x86_64',
  diskFiles: new Map(),
  serialLog: '/state/serial0.log',
  vncSocket: '/run/vnc',
  agentSocket: '/run/agent',
  ...changes,
});

const full: Partial<MachineSpecInput> = {
  cpu: {
    sockets: 2,
    cores: 2,
    threads: 1,
    model: { kind: 'named', name: 'Westmere' },
    features: [{ name: 'vmx', policy: 'disable' }],
  },
  disks: [
    {
      id: 'root',
      device: 'disk',
      bus: 'virtio',
      bootOrder: 1,
      serial: 'abc',
      cache: 'none',
      source: { kind: 'ephemeral', path: '/img', format: 'qcow2' },
    },
    { id: 'data', device: 'disk', bus: 'scsi', source: { kind: 'block', path: '/dev/x' } },
    {
      id: 'cd',
      device: 'cdrom',
      bus: 'sata',
      source: { kind: 'seed', volumeLabel: 'cidata', files: [{ name: 'meta-data', content: '' }] },
    },
    { id: 'stick', device: 'disk', bus: 'usb', source: { kind: 'scratch', sizeBytes: 4096 } },
  ],
  interfaces: [
    {
      id: 'default',
      model: 'virtio',
      mac: '02:00:00:00:00:01',
      mtu: 1400,
      backend: { kind: 'tap', device: 'tap0' },
    },
    {
      id: 'second',
      model: 'e1000e',
      mac: '02:00:00:00:00:02',
      linkUp: false,
      bootOrder: 2,
      backend: { kind: 'user' },
    },
  ],
  serialConsole: {},
  display: { videoModel: 'virtio' },
  rng: true,
  balloon: { statsPeriodSeconds: 10 },
  watchdog: { id: 'dog', model: 'i6300esb', action: 'poweroff' },
  onReboot: 'terminate',
};
const fullFiles: RenderContext['diskFiles'] = new Map([
  ['root', { path: '/m/disk-0.qcow2', format: 'qcow2' as const }],
  ['data', { device: '/dev/x' }],
  ['cd', { path: '/m/disk-2.iso', format: 'raw' as const }],
  ['stick', { path: '/m/disk-3.qcow2', format: 'qcow2' as const }],
]);

/** Asks libvirt's own schema. */
function validate(xml: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'virtkit-xml-'));
  try {
    writeFileSync(join(folder, 'domain.xml'), xml);
    execFileSync('virt-xml-validate', [join(folder, 'domain.xml'), 'domain'], { stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('domain XML', () => {
  it.each<[string, Partial<MachineSpecInput>, Partial<RenderContext>]>([
    ['the smallest machine', {}, {}],
    ['every device', full, { diskFiles: fullFiles }],
    [
      'KVM and the host CPU',
      { cpu: { sockets: 1, cores: 1, threads: 2, model: { kind: 'host-passthrough' } } },
      { virtType: 'kvm' },
    ],
    [
      'host model under emulation',
      { cpu: { sockets: 1, cores: 1, threads: 1, model: { kind: 'host-model' } } },
      {},
    ],
    [
      'direct kernel boot',
      {
        firmware: {
          uuid: '5d307ca9-b3ef-428c-8861-06e72d69f223',
          kernel: { path: '/k', initrdPath: '/i', commandLine: 'a=1 & b<2' },
        },
      },
      {},
    ],
    [
      'passt over sockets',
      {
        interfaces: [
          {
            id: 'default',
            model: 'virtio',
            mac: '02:00:00:00:00:01',
            mtu: 1400,
            backend: { kind: 'passt', device: 'eth0' },
          },
        ],
      },
      { passtSockets: new Map([['default', '/run/passt']]) },
    ],
    [
      'UEFI',
      {
        firmware: {
          kind: 'uefi',
          uuid: '5d307ca9-b3ef-428c-8861-06e72d69f223',
          smbios: { manufacturer: 'Virtkit', assetTag: 'x' },
        },
      },
      { uefi: { code: '/c', variablesTemplate: '/t', variables: '/v' } },
    ],
  ])('satisfies the schema of libvirt: %s', (_name, spec, changes) => {
    validate(renderDomain(machineSpec(spec), context(changes)));
  });

  it('is the same text every time', () => {
    const render = () => renderDomain(machineSpec(full), context({ diskFiles: fullFiles }));
    expect(render()).toBe(render());
  });

  it('keeps values that look like markup apart from markup', () => {
    const xml = renderDomain(
      machineSpec({
        firmware: { uuid: '5d307ca9-b3ef-428c-8861-06e72d69f223', serial: '<boot dev="hd"/>&"\'' },
      }),
      context(),
    );
    expect(xml).not.toContain('<boot dev');
    validate(xml);
  });

  it('is read back with the names of the spec', () => {
    const spec = machineSpec(full);
    const facts = readDomain(renderDomain(spec, context({ diskFiles: fullFiles })), spec);
    expect(facts.disks).toEqual([
      { id: 'root', target: 'vda' },
      { id: 'data', target: 'sda' },
      { id: 'cd', target: 'sdb' },
      { id: 'stick', target: 'sdc' },
    ]);
    expect(facts.interfaces).toEqual([
      { id: 'default', device: 'tap0', mac: '02:00:00:00:00:01', linkUp: true },
      { id: 'second', mac: '02:00:00:00:00:02', linkUp: false },
    ]);
    expect(facts.agentConnected).toBe(false);
  });
});

describe('passt that libvirt does not start', () => {
  const nic = { model: 'virtio', backend: { kind: 'passt', device: 'eth0' } } as const;
  const spec = machineSpec({
    interfaces: [
      { id: 'tap', model: 'virtio', mac: '02:00:00:00:00:01', backend: { kind: 'tap', device: 'tap0' } },
      { ...nic, id: 'a', mac: '02:00:00:00:00:02', mtu: 1400 },
      { ...nic, id: 'b', mac: '02:00:00:00:00:03', model: 'e1000', mtu: 1400 },
    ],
  });
  const sockets = new Map([
    ['a', '/run/a'],
    ['b', '/run/b,c'],
  ]);

  it('is waited for on a socket of QEMU, which the device is given', () => {
    expect(interfaceArguments(spec, sockets)).toEqual([
      ...['-netdev', 'stream,id=passt0,server=on,addr.type=unix,addr.path=/run/a'],
      ...['-netdev', 'stream,id=passt1,server=on,addr.type=unix,addr.path=/run/b,,c'],
    ]);
    const property = (name: string, type: string, value: string | number) => ({
      '@name': name,
      '@type': type,
      '@value': value,
    });
    expect(interfaceOverrides(spec, sockets)).toEqual({
      'qemu:device': [
        {
          '@alias': 'ua-net-a',
          'qemu:frontend': {
            'qemu:property': [property('netdev', 'string', 'passt0'), property('host_mtu', 'unsigned', 1400)],
          },
        },
        {
          '@alias': 'ua-net-b',
          'qemu:frontend': { 'qemu:property': [property('netdev', 'string', 'passt1')] },
        },
      ],
    });
  });

  it("leaves nothing of it in the domain where libvirt starts it, nor of libvirt's way otherwise", () => {
    expect(interfaceArguments(spec, undefined)).toEqual([]);
    expect(interfaceOverrides(spec, undefined)).toBeUndefined();
    expect(renderDomain(spec, context())).toContain('<interface type="vhostuser">');
    const xml = renderDomain(spec, context({ passtSockets: sockets }));
    expect(xml.match(/<interface type="[a-z]+">/g)).toEqual([
      '<interface type="ethernet">',
      ...['<interface type="user">', '<interface type="user">'],
    ]);
    expect(xml).not.toMatch(/<mtu|portForward/);
  });
});

describe('disk targets', () => {
  it('are unique for any mix of buses', () => {
    const disk = fc.record({
      id: fc.uuid(),
      bus: fc.constantFrom('virtio' as const, 'sata' as const, 'scsi' as const, 'usb' as const),
    });
    fc.assert(
      fc.property(fc.uniqueArray(disk, { selector: ({ id }) => id, maxLength: 60 }), (disks) => {
        const names = targetNames(
          disks.map((d) => ({
            ...d,
            device: 'disk',
            readOnly: false,
            source: { kind: 'scratch', sizeBytes: 512 },
          })),
        );
        expect(new Set(names.values()).size).toBe(disks.length);
        for (const name of names.values()) expect(name).toMatch(/^[vs]d[a-z]{1,2}$/);
      }),
    );
  });
});
