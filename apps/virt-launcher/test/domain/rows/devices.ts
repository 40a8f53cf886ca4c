import { onArm64, onS390x, uid, type Case, type Row } from '../row.ts';
import { devices, encrypted, field, privateFolder } from './device-cases.ts';

const reported = (state: 'on' | 'off'): Case['domain'] => ({
  'devices/memballoon@freePageReporting': state,
});

/** The other devices, and the controllers that they hang from. */
export const deviceRows: readonly Row[] = [
  {
    id: 'DOM-8.12',
    what: 'a random number generator',
    cases: [
      {
        vmi: devices({ rng: {} }),
        domain: {
          'devices/rng@model': 'virtio-non-transitional',
          'devices/rng/backend@model': 'random',
          'devices/rng/backend': '/dev/urandom',
        },
      },
      { vmi: devices({ rng: {} }, encrypted), domain: { 'devices/rng/driver@iommu': 'on' } },
      { domain: { 'devices/rng': undefined } },
    ],
  },
  {
    id: 'DOM-8.13',
    what: 'a watchdog',
    cases: [
      {
        vmi: devices({ watchdog: { name: 'dog', i6300esb: { action: 'poweroff' } } }),
        domain: {
          'devices/watchdog@model': 'i6300esb',
          'devices/watchdog@action': 'poweroff',
          'devices/watchdog/alias@name': 'ua-watchdog-dog',
        },
      },
      {
        vmi: devices({ watchdog: { name: 'dog', diag288: {} } }, onS390x),
        domain: { 'devices/watchdog@model': 'diag288', 'devices/watchdog@action': 'reset' },
      },
      {
        vmi: devices({ watchdog: { name: 'dog', i6300esb: {} } }, onArm64),
        refused: { code: 'unsupported', field: `${field}.watchdog` },
      },
    ],
  },
  {
    id: 'DOM-8.14',
    what: 'a trusted platform module',
    cases: [
      {
        vmi: devices({ tpm: {} }),
        domain: {
          'devices/tpm@model': 'tpm-tis',
          'devices/tpm/backend@type': 'emulator',
          'devices/tpm/backend@version': '2.0',
          'devices/tpm/backend@persistent_state': undefined,
        },
      },
      {
        vmi: devices({ tpm: { persistent: true } }),
        domain: { 'devices/tpm@model': 'tpm-crb', 'devices/tpm/backend@persistent_state': 'yes' },
      },
      { vmi: devices({ tpm: { enabled: false } }), domain: { 'devices/tpm': undefined } },
    ],
  },
  {
    id: 'DOM-8.15',
    what: 'panic devices',
    cases: [
      {
        vmi: devices({ panicDevices: [{ model: 'hyperv' }, { model: 'isa' }] }),
        domain: { 'devices/panic[0]@model': 'hyperv', 'devices/panic[1]@model': 'isa' },
      },
      {
        vmi: devices({ panicDevices: [{ model: 'pvpanic' }] }),
        domain: { 'devices/panic@model': 'pvpanic' },
      },
    ],
  },
  {
    id: 'DOM-8.16',
    what: 'a memory balloon with statistics',
    cases: [
      {
        domain: {
          'devices/memballoon@model': 'virtio-non-transitional',
          'devices/memballoon/stats@period': 10,
        },
      },
      { configuration: { memBalloonStatsPeriod: 0 }, domain: { 'devices/memballoon/stats': undefined } },
      {
        vmi: devices({ autoattachMemBalloon: false }),
        domain: { 'devices/memballoon@model': 'none', 'devices/memballoon/stats': undefined },
      },
      { vmi: encrypted, domain: { 'devices/memballoon/driver@iommu': 'on' } },
    ],
  },
  {
    id: 'DOM-8.17',
    what: 'free pages are reported unless something speaks against it',
    cases: [
      { domain: reported('on') },
      { configuration: { disableFreePageReporting: true }, domain: reported('off') },
      {
        vmi: ({ metadata }) =>
          (metadata.annotations = { 'kubevirt.io/free-page-reporting-disabled': 'true' }),
        domain: reported('off'),
      },
      {
        vmi: ({ spec }) => (spec.domain.memory = { guest: '128Mi', hugepages: { pageSize: '2Mi' } }),
        domain: reported('off'),
      },
      {
        vmi: ({ spec }) => (spec.domain.cpu = { dedicatedCpuPlacement: true }),
        facts: { hostCpus: [0] },
        domain: reported('off'),
      },
    ],
  },
  {
    id: 'DOM-8.18',
    what: 'a socket family between host and guest',
    cases: [
      {
        vmi: devices({ autoattachVSOCK: true }, (vmi) => (vmi.status = { VSOCKCID: 77 })),
        domain: {
          'devices/vsock@model': 'virtio-non-transitional',
          'devices/vsock/cid@auto': 'no',
          'devices/vsock/cid@address': 77,
        },
      },
      {
        vmi: devices({ autoattachVSOCK: true }),
        facts: { ownVsockAddresses: true },
        domain: { 'devices/vsock/cid@address': 3 },
      },
      {
        vmi: devices({ autoattachVSOCK: true }),
        refused: { code: 'missing-fact', field: `${field}.autoattachVSOCK` },
      },
    ],
  },
  {
    id: 'DOM-8.19',
    what: 'a sound card',
    cases: [
      {
        vmi: devices({ sound: { name: 'audio' } }),
        domain: { 'devices/sound@model': 'ich9', 'devices/sound/alias@name': 'ua-sound-audio' },
      },
      {
        vmi: devices({ sound: { name: 'audio', model: 'ac97' } }),
        domain: { 'devices/sound@model': 'ac97' },
      },
    ],
  },
  {
    id: 'DOM-8.20',
    what: 'four sockets for USB devices of a client',
    cases: [
      {
        vmi: devices({ clientPassthrough: {} }),
        domain: {
          'devices/redirdev#count': 4,
          'devices/redirdev[0]@type': 'unix',
          'devices/redirdev[0]@bus': 'usb',
          'devices/redirdev[0]/source@mode': 'bind',
          'devices/redirdev[3]/source@path': `${privateFolder}/${uid}/virt-usbredir-3`,
        },
      },
    ],
  },
  {
    id: 'DOM-8.21',
    what: 'shared directories',
    cases: [
      {
        vmi: devices({ filesystems: [{ name: 'shared', virtiofs: {} }] }),
        domain: {
          'devices/filesystem@type': 'mount',
          'devices/filesystem@accessmode': 'passthrough',
          'devices/filesystem/driver@type': 'virtiofs',
          'devices/filesystem/driver@queue': 1024,
          'devices/filesystem/source@socket': '/var/run/kubevirt/virtiofs-containers/shared.sock',
          'devices/filesystem/target@dir': 'shared',
        },
      },
    ],
  },
  {
    id: 'DOM-8.22',
    what: 'passed-through devices behind a descriptor',
    cases: [
      {
        configuration: { iommufd: true },
        domain: { 'iommufd@enabled': 'yes', 'iommufd@fdgroup': 'iommu' },
      },
      { domain: { iommufd: undefined } },
    ],
  },
  {
    id: 'DOM-8.23',
    what: 'a USB controller where something hangs from it',
    cases: [
      {
        domain: {
          'devices/controller[0]@type': 'usb',
          'devices/controller[0]@index': 0,
          'devices/controller[0]@model': 'none',
        },
      },
      { vmi: onArm64, domain: { 'devices/controller[0]@model': 'qemu-xhci' } },
      { vmi: onS390x, domain: { 'devices/controller[0]@model': 'none' } },
      ...[
        devices({ inputs: [{ name: 'pen', type: 'tablet' }] }),
        devices({ clientPassthrough: {} }),
        devices({ disks: [{ name: 'v', cdrom: { bus: 'usb' as const } }] }),
      ].map((vmi) => ({ vmi, domain: { 'devices/controller[0]@model': 'qemu-xhci' } })),
    ],
  },
  {
    id: 'DOM-8.24',
    what: 'a SCSI controller for SCSI disks and those that may come',
    cases: [
      {
        vmi: devices({ disks: [{ name: 'v', cdrom: { bus: 'scsi' } }] }),
        domain: {
          'devices/controller[1]@type': 'scsi',
          'devices/controller[1]@index': 0,
          'devices/controller[1]@model': 'virtio-non-transitional',
        },
      },
      { configuration: { diskHotplug: true }, domain: { 'devices/controller[1]@type': 'scsi' } },
      {
        vmi: devices({ disableHotplug: true }),
        configuration: { diskHotplug: true },
        domain: { 'devices/controller[1]@type': 'virtio-serial' },
      },
      {
        vmi: onS390x,
        configuration: { diskHotplug: true },
        domain: { 'devices/controller[1]@model': 'virtio-scsi' },
      },
      {
        vmi: encrypted,
        configuration: { diskHotplug: true },
        domain: { 'devices/controller[1]/driver@iommu': 'on' },
      },
    ],
  },
  {
    id: 'DOM-8.25',
    what: 'no window for 64-bit PCI addresses',
    cases: [
      {
        vmi: ({ metadata }) => (metadata.annotations = { 'kubevirt.io/disablePCIHole64': 'true' }),
        domain: {
          'devices/controller[2]@type': 'pci',
          'devices/controller[2]@index': 0,
          'devices/controller[2]@model': 'pcie-root',
          'devices/controller[2]/pcihole64': 0,
          'devices/controller[2]/pcihole64@unit': 'KiB',
        },
      },
    ],
  },
  { id: 'DOM-8.26', what: 'no security labels', cases: [{ domain: { seclabel: undefined } }] },
];
