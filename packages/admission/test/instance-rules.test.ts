import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { defaultInstanceSpec } from '../src/defaults/instance-spec.ts';
import { instanceFindings } from '../src/validation/instance/index.ts';
import { configuration, stageRollout } from './support/configuration.ts';
import { instanceSpec } from './support/specs.ts';

type Change = (spec: VirtualMachineInstanceSpec) => void;

const devices = (spec: VirtualMachineInstanceSpec) => spec.domain.devices;
const firstDisk = (spec: VirtualMachineInstanceSpec) => devices(spec).disks![0]!;
const nic: Change = (spec) => {
  spec.networks = [{ name: 'default', pod: {} }];
  devices(spec).interfaces = [{ name: 'default', masquerade: {} }];
};
const firstNic = (spec: VirtualMachineInstanceSpec) => devices(spec).interfaces![0]!;
const withNic =
  (change: Change): Change =>
  (spec) => {
    nic(spec);
    change(spec);
  };
const cloudInit = (spec: VirtualMachineInstanceSpec) => spec.volumes![1]!.cloudInitNoCloud!;
const requests = (spec: VirtualMachineInstanceSpec) => spec.domain.resources!.requests!;
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' } as const;
const kernel = { image: 'registry.example/kernel:1' };
const nicField = 'spec.domain.devices.interfaces[0]';
const diskField = 'spec.domain.devices.disks[0]';

/** One offence for each rule, and the field that it is found at. */
const offences: [rule: string, field: string, change: Change][] = [
  ['VMI-001', 'spec.hostname', (s) => void (s.hostname = 'Not.A.Label')],
  ['VMI-002', 'spec.subdomain', (s) => void (s.subdomain = 'under_score')],
  ['VMI-003', 'spec.domain.resources.requests.memory', (s) => void (requests(s)['memory'] = '-1Mi')],
  ['VMI-004', 'spec.domain.resources.requests.memory', (s) => void (requests(s)['memory'] = '999k')],
  [
    'VMI-005',
    'spec.domain.resources.limits.memory',
    (s) => void (s.domain.resources!.limits = { memory: '-1' }),
  ],
  [
    'VMI-006',
    'spec.domain.resources.requests.memory',
    (s) => void (s.domain.resources!.limits = { memory: '64Mi' }),
  ],
  ['VMI-011', 'spec.domain.machine.type', (s) => void (s.domain.machine = { type: 'pc-i440fx-9.0' })],
  ['VMI-015', 'spec.domain.resources.requests.cpu', (s) => void (requests(s)['cpu'] = '-100m')],
  ['VMI-016', 'spec.domain.resources.limits.cpu', (s) => void (s.domain.resources!.limits = { cpu: -1 })],
  [
    'VMI-017',
    'spec.domain.resources.requests.cpu',
    (s) => void (s.domain.resources = { requests: { memory: '1Gi', cpu: 2 }, limits: { cpu: '1500m' } }),
  ],
  [
    'VMI-031',
    'spec.domain.cpu.features[0].policy',
    (s) => void (s.domain.cpu = { features: [{ name: 'vmx', policy: 'maybe' }] }),
  ],
  ['VMI-032', 'spec.domain.cpu.sockets', (s) => void (s.domain.cpu = { sockets: 4, maxSockets: 2 })],
  ['VMI-033', 'spec.startStrategy', (s) => void (s.startStrategy = 'Sleeping')],
  [
    'VMI-034',
    'spec.startStrategy',
    (s) => {
      s.startStrategy = 'Paused';
      s.livenessProbe = { guestAgentPing: {} };
    },
  ],
  [
    'VMI-041',
    'spec.readinessProbe',
    (s) => void (s.readinessProbe = { guestAgentPing: {}, tcpSocket: { port: 22 } }),
  ],
  ['VMI-042', 'spec.livenessProbe', (s) => void (s.livenessProbe = { periodSeconds: 1 })],
  [
    'VMI-043',
    'spec.readinessProbe.httpGet',
    (s) => {
      devices(s).autoattachPodInterface = false;
      s.readinessProbe = { httpGet: { port: 80 } };
    },
  ],
  [
    'VMI-044',
    'spec.readinessProbe.tcpSocket',
    (s) => {
      devices(s).autoattachPodInterface = false;
      s.readinessProbe = { tcpSocket: { port: 22 } };
    },
  ],
  ['VMI-045', 'spec.evictionStrategy', (s) => void (s.evictionStrategy = 'Explode')],
  [
    'VMI-054',
    'spec.domain.devices.video',
    (s) => {
      devices(s).autoattachGraphicsDevice = false;
      devices(s).video = { type: 'vga' };
    },
  ],
  ['VMI-059', 'spec.serviceAccountName', (s) => void (s.serviceAccountName = 'A')],
  ['VMIC-5', 'spec.domain.memory.guest', (s) => void (s.domain.resources = {})],
  ['VK-MEM', 'spec.domain.memory.guest', (s) => void (s.domain.memory = { guest: 0 })],
  ['VK-CPU', 'spec.domain.cpu.cores', (s) => void (s.domain.cpu = { cores: -1 })],
  ['VK-GRACE', 'spec.terminationGracePeriodSeconds', (s) => void (s.terminationGracePeriodSeconds = -1)],
  ['ARCH-1', 'spec.architecture', (s) => void (s.architecture = 'vax')],
  [
    'ARCH-2',
    'spec.domain.devices.watchdog',
    (s) => void (devices(s).watchdog = { name: 'dog', diag288: {} }),
  ],
  ['ARCH-3', 'spec.domain.devices.video.type', (s) => void (devices(s).video = { type: 'cga' })],
  [
    'FW-1',
    'spec.domain.firmware.bootloader',
    (s) => void (s.domain.firmware = { bootloader: { bios: {}, efi: { secureBoot: false } } }),
  ],
  [
    'FW-2',
    'spec.domain.firmware.kernelBoot.kernelArgs',
    (s) => void (s.domain.firmware = { kernelBoot: { kernelArgs: 'quiet' } }),
  ],
  [
    'FW-3',
    'spec.domain.firmware.kernelBoot.container.image',
    (s) => void (s.domain.firmware = { kernelBoot: { container: { image: '', kernelPath: '/k' } } }),
  ],
  [
    'FW-4',
    'spec.domain.firmware.kernelBoot.container',
    (s) => void (s.domain.firmware = { kernelBoot: { container: kernel } }),
  ],
  [
    'FW-5',
    'spec.domain.firmware.kernelBoot.container.kernelPath',
    (s) => void (s.domain.firmware = { kernelBoot: { container: { ...kernel, kernelPath: '/a/../k' } } }),
  ],
  [
    'FW-6',
    'spec.domain.firmware.bootloader.efi.secureBoot',
    (s) => void (s.domain.firmware = { bootloader: { efi: {} } }),
  ],
  [
    'TSC-01',
    'spec.topologySpreadConstraints[0].maxSkew',
    (s) => void (s.topologySpreadConstraints = [{ ...spread, maxSkew: 0 }]),
  ],
  [
    'TSC-02',
    'spec.topologySpreadConstraints[0].topologyKey',
    (s) => void (s.topologySpreadConstraints = [{ ...spread, topologyKey: 'a b' }]),
  ],
  ['DNS-2', 'spec.dnsConfig', (s) => void (s.dnsPolicy = 'None')],
  [
    'DNS-3',
    'spec.dnsConfig.nameservers',
    (s) => {
      s.dnsPolicy = 'None';
      s.dnsConfig = {};
    },
  ],
  [
    'DNS-4',
    'spec.dnsConfig.nameservers',
    (s) => void (s.dnsConfig = { nameservers: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '::1'] }),
  ],
  [
    'DNS-5',
    'spec.dnsConfig.nameservers[1]',
    (s) => void (s.dnsConfig = { nameservers: ['10.0.0.1', 'dns.example'] }),
  ],
  [
    'DNS-6',
    'spec.dnsConfig.searches',
    (s) => void (s.dnsConfig = { searches: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }),
  ],
  [
    'DNS-7',
    'spec.dnsConfig.searches',
    (s) => void (s.dnsConfig = { searches: Array<string>(5).fill('a'.repeat(60)) }),
  ],
  ['DNS-8', 'spec.dnsConfig.searches[0]', (s) => void (s.dnsConfig = { searches: ['not_a_domain'] })],
  ['DNS-9', 'spec.dnsConfig.options[0].name', (s) => void (s.dnsConfig = { options: [{ value: '1' }] })],
  [
    'NET-01',
    'spec.networks',
    withNic((s) => {
      s.networks!.push({ name: 'more', pod: {} });
      devices(s).interfaces!.push({ name: 'more', masquerade: {} });
    }),
  ],
  ['NET-04', 'spec.networks[0]', withNic((s) => void (s.networks = [{ name: 'default' }]))],
  ['NET-05', 'spec.networks[0]', withNic((s) => void (s.networks![0]!.multus = { networkName: 'blue' }))],
  ['NET-07', `${nicField}.state`, withNic((s) => void (firstNic(s).state = 'sideways'))],
  ['NET-09', `${nicField}.state`, withNic((s) => void (firstNic(s).state = 'absent'))],
  ['NET-11', nicField, withNic((s) => void (firstNic(s).bridge = {}))],
  ['NET-12', `${nicField}.name`, withNic((s) => void (s.networks = [{ name: 'default' }]))],
  ['NET-13', `${nicField}.macAddress`, withNic((s) => void (firstNic(s).macAddress = '02:00:00:00:00:00'))],
  [
    'NET-16',
    'spec.networks[1].name',
    withNic((s) => void s.networks!.push({ name: 'default', multus: { networkName: 'blue' } })),
  ],
  ['NET-23', 'spec.networks[0].name', withNic((s) => void (devices(s).interfaces = []))],
  [
    'NET-24',
    `spec.domain.devices.interfaces[1].name`,
    withNic((s) => void devices(s).interfaces!.push(firstNic(s))),
  ],
  ['NET-25', `${nicField}.name`, withNic((s) => void (firstNic(s).name = 'elsewhere'))],
  ['NET-26', `${nicField}.name`, withNic((s) => void (firstNic(s).name = 'no spaces'))],
  ['NET-27', `${nicField}.model`, withNic((s) => void (firstNic(s).model = 'ne2000'))],
  ['NET-28', `${nicField}.macAddress`, withNic((s) => void (firstNic(s).macAddress = '02:00:00'))],
  [
    'NET-30',
    `${nicField}.ports[1].name`,
    withNic(
      (s) =>
        void (firstNic(s).ports = [
          { name: 'web', port: 80 },
          { name: 'web', port: 81 },
        ]),
    ),
  ],
  [
    'NET-31',
    `${nicField}.ports[0].name`,
    withNic((s) => void (firstNic(s).ports = [{ name: '80', port: 80 }])),
  ],
  ['NET-32', `${nicField}.ports[0].port`, withNic((s) => void (firstNic(s).ports = [{ port: 0 }]))],
  ['NET-33', `${nicField}.ports[0].port`, withNic((s) => void (firstNic(s).ports = [{ port: 65_536 }]))],
  [
    'NET-34',
    `${nicField}.ports[0].protocol`,
    withNic((s) => void (firstNic(s).ports = [{ port: 1, protocol: 'SCTP' }])),
  ],
  ['NETC-1', `${nicField}.slirp`, withNic((s) => void (firstNic(s).slirp = {}))],
  ['NETC-2', `${nicField}.passt`, withNic((s) => void (firstNic(s).passt = {}))],
  ['NETC-3', `${nicField}.macvtap`, withNic((s) => void (firstNic(s).macvtap = {}))],
  ['BOOT-1', `${diskField}.name`, (s) => void (firstDisk(s).name = 'nowhere')],
  [
    'BOOT-2',
    'spec.domain.devices.disks[2].name',
    (s) => void devices(s).disks!.push({ name: 'drive', cdrom: {} }),
  ],
  [
    'BOOT-6',
    'spec.domain.devices.disks[1].bootOrder',
    (s) => devices(s).disks!.forEach((disk) => void (disk.bootOrder = 1)),
  ],
  ['BOOT-7', `${nicField}.bootOrder`, withNic((s) => void (firstNic(s).bootOrder = 0))],
  [
    'BOOT-8',
    `${nicField}.bootOrder`,
    withNic((s) => {
      firstDisk(s).bootOrder = 1;
      firstNic(s).bootOrder = 1;
    }),
  ],
  ['DSK-01', 'spec.domain.devices.disks[2].name', (s) => void devices(s).disks!.push(firstDisk(s))],
  ['DSK-02', diskField, (s) => void (firstDisk(s).cdrom = {})],
  ['DSK-05', `${diskField}.bootOrder`, (s) => void (firstDisk(s).bootOrder = 0)],
  ['DSK-06', `${diskField}.disk.bus`, (s) => void (firstDisk(s).disk = { bus: 'ide' })],
  [
    'DSK-07',
    `${diskField}.cdrom.bus`,
    (s) => void (devices(s).disks![0] = { name: 'system', cdrom: { bus: 'virtio' } }),
  ],
  ['DSK-08', `${diskField}.disk.bus`, (s) => void (firstDisk(s).disk = { bus: 'sata', readonly: true })],
  ['DSK-09', `${diskField}.disk.bus`, (s) => void (firstDisk(s).disk = { bus: 'mca' })],
  ['DSK-11', `${diskField}.serial`, (s) => void (firstDisk(s).serial = 'with space')],
  ['DSK-12', `${diskField}.serial`, (s) => void (firstDisk(s).serial = 'a'.repeat(257))],
  ['DSK-13', `${diskField}.cache`, (s) => void (firstDisk(s).cache = 'unsafe')],
  [
    'DSK-16',
    `${diskField}.name`,
    (s) => {
      firstDisk(s).name = 'Upper';
      s.volumes![0]!.name = 'Upper';
    },
  ],
  ['VOL-01', 'spec.volumes[2].name', (s) => void s.volumes!.push(s.volumes![0]!)],
  [
    'VOL-02',
    'spec.volumes[0].dataVolume.name',
    (s) => void (s.volumes![0] = { name: 'system', dataVolume: { name: '' } }),
  ],
  ['VOL-03', 'spec.volumes[0]', (s) => void (s.volumes![0] = { name: 'system' })],
  [
    'VOL-04',
    'spec.volumes[1].cloudInitNoCloud.userDataBase64',
    (s) => void (cloudInit(s).userDataBase64 = '!'),
  ],
  ['VOL-05', 'spec.volumes[1].cloudInitNoCloud', (s) => void (cloudInit(s).userDataBase64 = 'YQ==')],
  ['VOL-06', 'spec.volumes[1].cloudInitNoCloud', (s) => void (cloudInit(s).userData = 'é'.repeat(1025))],
  [
    'VOL-07',
    'spec.volumes[1].cloudInitNoCloud.networkDataBase64',
    (s) => void (cloudInit(s).networkDataBase64 = '?'),
  ],
  [
    'VOL-08',
    'spec.volumes[1].cloudInitNoCloud',
    (s) => Object.assign(cloudInit(s), { networkData: 'a', networkDataBase64: 'YQ==' }),
  ],
  ['VOL-09', 'spec.volumes[1].cloudInitNoCloud', (s) => void (cloudInit(s).networkData = 'a'.repeat(2049))],
  ['VOL-10', 'spec.volumes[1].cloudInitNoCloud', (s) => void (s.volumes![1]!.cloudInitNoCloud = {})],
  ['VOL-22', 'spec.volumes[0].containerDisk.path', (s) => void (s.volumes![0]!.containerDisk!.path = 'disk')],
  [
    'VK-VOL-IMAGE',
    'spec.volumes[0].containerDisk.image',
    (s) => void (s.volumes![0]!.containerDisk!.image = ''),
  ],
];

function judge(change: Change, root = 'spec') {
  const given = instanceSpec();
  change(given);
  return instanceFindings({ spec: defaultInstanceSpec(given, configuration), root, configuration });
}

test('an ordinary instance is not objected to', () => {
  expect(judge(() => undefined)).toEqual([]);
  expect(judge(nic)).toEqual([]);
});

describe('each rule objects to its offence', () => {
  test.each(offences)('%s at %s', (rule, field, change) => {
    expect(judge(change).map((finding) => [finding.rule, finding.field])).toContainEqual([rule, field]);
  });

  test('VMI-010, in a cluster that does not update machines live', () => {
    const spec = instanceSpec();
    spec.domain.memory = { guest: '256Mi' };
    spec.domain.resources = { limits: { memory: '128Mi' } };
    const subject = { spec, root: 'spec', configuration: stageRollout };
    expect(instanceFindings(subject)).toMatchObject([{ rule: 'VMI-010', field: 'spec.domain.memory.guest' }]);
  });
});

test('fields of a template are named as they are in its machine', () => {
  const findings = judge((spec) => void (spec.hostname = 'A'), 'spec.template.spec');
  expect(findings.map(({ field }) => field)).toEqual(['spec.template.spec.hostname']);
});
