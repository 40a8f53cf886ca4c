import { onArm64, onS390x, uid, uuid, type Row } from '../row.ts';

/** Identity, kind and operating system. */
export const identityRows: readonly Row[] = [
  {
    id: 'DOM-1.1',
    what: 'the name is that of namespace and instance',
    cases: [
      {
        vmi: (vmi) => Object.assign(vmi.metadata, { namespace: 'team', name: 'web.one' }),
        domain: { name: 'team_web.one' },
      },
    ],
  },
  {
    id: 'DOM-1.2',
    what: "the metadata holds the instance's UID",
    cases: [{ domain: { 'metadata/virtkit:machine@id': uid } }],
  },
  {
    id: 'DOM-1.3',
    what: 'there is no UUID beside that of the firmware',
    cases: [{ domain: { uuid: undefined, 'sysinfo/system/entry[0]': uuid } }],
  },
  {
    id: 'DOM-1.4',
    what: "QEMU's namespace is declared",
    cases: [{ domain: { '@xmlns:qemu': 'http://libvirt.org/schemas/domain/qemu/1.0' } }],
  },
  {
    id: 'DOM-1.5',
    what: 'KVM runs the guest where it can',
    cases: [{ domain: { '@type': 'kvm' }, spec: ({ acceleration }) => same(acceleration, 'hardware') }],
  },
  {
    id: 'DOM-1.6',
    what: 'QEMU emulates the guest only where the cluster allows it',
    cases: [
      {
        configuration: { useEmulation: true },
        context: { virtType: 'qemu' },
        domain: { '@type': 'qemu' },
        spec: ({ acceleration }) => same(acceleration, 'prefer-hardware'),
      },
    ],
  },
  {
    id: 'DOM-1.7',
    what: "Microsoft's hypervisor runs the guest where it is underneath",
    cases: [{ context: { virtType: 'hyperv' }, domain: { '@type': 'hyperv' } }],
  },
  {
    id: 'DOM-1.8',
    what: 'a guest of another architecture is emulated by the emulator of its own',
    cases: [
      {
        vmi: onArm64,
        facts: { architecture: 'x86_64' },
        configuration: { crossArchitecture: true },
        domain: { '@type': 'qemu', 'devices/emulator': '/usr/bin/qemu-system-aarch64' },
      },
      {
        vmi: onS390x,
        facts: { architecture: 'x86_64' },
        refused: { code: 'unsupported', field: 'spec.architecture' },
      },
    ],
  },
  {
    id: 'DOM-1.9',
    what: 'the architecture',
    cases: [
      { domain: { 'os/type@arch': 'x86_64', 'os/type': 'hvm' } },
      { vmi: onArm64, domain: { 'os/type@arch': 'aarch64' } },
      { vmi: onS390x, domain: { 'os/type@arch': 's390x' } },
    ],
  },
  {
    id: 'DOM-1.10',
    what: 'the machine type, or that of the architecture',
    cases: [
      {
        vmi: ({ spec }) => (spec.domain.machine = { type: 'pc-q35-7.2' }),
        domain: { 'os/type@machine': 'pc-q35-7.2' },
      },
      { vmi: ({ spec }) => delete spec.domain.machine, domain: { 'os/type@machine': 'q35' } },
      { vmi: onArm64, domain: { 'os/type@machine': 'virt' } },
      { vmi: onS390x, domain: { 'os/type@machine': 's390-ccw-virtio' } },
    ],
  },
  {
    id: 'DOM-1.11',
    what: 'SMBIOS strings come from the domain, but on s390x',
    cases: [
      { domain: { 'os/smbios@mode': 'sysinfo' } },
      { vmi: onArm64, domain: { 'os/smbios@mode': 'sysinfo' } },
      { vmi: onS390x, domain: { 'os/smbios': undefined } },
    ],
  },
  {
    id: 'DOM-1.12',
    what: 'a paused start shows the boot menu for ten seconds',
    cases: [
      {
        vmi: ({ spec }) => (spec.startStrategy = 'Paused'),
        domain: { 'os/bootmenu@enable': 'yes', 'os/bootmenu@timeout': 10_000 },
        spec: ({ startPaused }) => same(startPaused, true),
      },
      { domain: { 'os/bootmenu': undefined } },
    ],
  },
  {
    id: 'DOM-1.13',
    what: 'a reboot ends the guest or does not',
    cases: [
      { vmi: ({ spec }) => (spec.domain.rebootPolicy = 'Terminate'), domain: { on_reboot: 'destroy' } },
      { vmi: ({ spec }) => (spec.domain.rebootPolicy = 'Reboot'), domain: { on_reboot: 'restart' } },
    ],
  },
  {
    id: 'DOM-1.2.1',
    what: 'system strings: UUID, serial and those of the cluster',
    cases: [
      {
        vmi: ({ spec }) => (spec.domain.firmware = { uuid, serial: 'S1' }),
        domain: {
          'sysinfo@type': 'smbios',
          'sysinfo/system/entry[0]@name': 'uuid',
          'sysinfo/system/entry[0]': uuid,
          'sysinfo/system/entry[1]@name': 'serial',
          'sysinfo/system/entry[1]': 'S1',
          'sysinfo/system/entry[2]@name': 'manufacturer',
          'sysinfo/system/entry[2]': 'KubeVirt',
          'sysinfo/system/entry[3]@name': 'family',
          'sysinfo/system/entry[3]': 'KubeVirt',
          'sysinfo/system/entry[4]@name': 'product',
          'sysinfo/system/entry[4]': 'None',
        },
      },
      {
        configuration: { smbios: { manufacturer: 'M', product: 'P', family: 'F', sku: 'K', version: 'V' } },
        domain: {
          'sysinfo/system/entry[1]': 'M',
          'sysinfo/system/entry[2]': 'F',
          'sysinfo/system/entry[3]': 'P',
          'sysinfo/system/entry[4]': 'K',
          'sysinfo/system/entry[5]': 'V',
        },
      },
    ],
  },
  {
    id: 'DOM-1.2.2',
    what: 'chassis strings',
    cases: [
      {
        vmi: ({ spec }) =>
          (spec.domain.chassis = { manufacturer: 'M', version: 'V', serial: 'S', asset: 'A', sku: 'K' }),
        domain: {
          'sysinfo/chassis/entry[0]@name': 'manufacturer',
          'sysinfo/chassis/entry[0]': 'M',
          'sysinfo/chassis/entry[1]': 'V',
          'sysinfo/chassis/entry[2]': 'S',
          'sysinfo/chassis/entry[3]@name': 'asset',
          'sysinfo/chassis/entry[3]': 'A',
          'sysinfo/chassis/entry[4]': 'K',
        },
      },
      { domain: { 'sysinfo/chassis': undefined } },
    ],
  },
  {
    id: 'DOM-1.2.3',
    what: 'a UUID is there, which admission saw to',
    cases: [
      {
        vmi: ({ spec }) => (spec.domain.firmware = {}),
        refused: { code: 'invalid', field: 'spec.domain.firmware.uuid' },
      },
    ],
  },
];

function same<T>(actual: T, expected: T): void {
  if (actual !== expected) throw new Error(`${String(actual)} instead of ${String(expected)}`);
}
