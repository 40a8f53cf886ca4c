import { onArm64, onS390x, type Row } from '../row.ts';
import { a, all, block, disk, disks, field, file, named, virtio } from './disk-cases.ts';

/** Disks, by what they look like to the guest. */
export const diskRows: readonly Row[] = [
  {
    id: 'DOM-6.1',
    what: 'disks, LUNs and CD-ROM drives',
    cases: [
      {
        vmi: disks({ name: 'a', disk: {} }, { name: 'b', cdrom: {} }),
        facts: named('a', 'b'),
        domain: { [`${disk}[0]@device`]: 'disk', [`${disk}[1]@device`]: 'cdrom' },
      },
      {
        vmi: disks({ name: 'a', lun: { bus: 'scsi' } }),
        facts: a(block),
        domain: { [`${disk}@device`]: 'lun' },
      },
    ],
  },
  {
    id: 'DOM-6.2',
    what: 'the bus, or that of the architecture',
    cases: [
      { vmi: disks({ name: 'a', disk: {} }), facts: a(), domain: { [`${disk}/target@bus`]: 'sata' } },
      {
        vmi: all(onArm64, disks({ name: 'a', disk: {} })),
        facts: a(),
        domain: { [`${disk}/target@bus`]: 'virtio' },
      },
      {
        vmi: all(onS390x, disks({ name: 'a', disk: {} })),
        facts: a(),
        domain: { [`${disk}/target@bus`]: 'virtio' },
      },
      {
        vmi: disks({ name: 'a', disk: { bus: 'usb' } }),
        facts: a(),
        domain: { [`${disk}/target@bus`]: 'usb' },
      },
      {
        vmi: disks({ name: 'a', disk: { bus: 'ide' } }),
        facts: a(),
        refused: { code: 'unsupported', field: `${field}.disk.bus` },
      },
    ],
  },
  {
    id: 'DOM-6.3',
    what: 'the alias tells the name',
    cases: [{ vmi: disks(virtio()), facts: a(), domain: { [`${disk}/alias@name`]: 'ua-disk-a' } }],
  },
  {
    id: 'DOM-6.4',
    what: 'names in the guest go by bus and order, and disks keep those that they had',
    cases: [
      {
        vmi: disks(
          { name: 'a', disk: { bus: 'virtio' } },
          { name: 'b', disk: { bus: 'scsi' } },
          { name: 'c', disk: { bus: 'virtio' } },
          { name: 'd', disk: { bus: 'sata' } },
        ),
        facts: named('a', 'b', 'c', 'd'),
        domain: {
          [`${disk}[0]/target@dev`]: 'vda',
          [`${disk}[1]/target@dev`]: 'sda',
          [`${disk}[2]/target@dev`]: 'vdb',
          [`${disk}[3]/target@dev`]: 'sdb',
        },
      },
      {
        vmi: all(
          disks({ name: 'a', disk: { bus: 'virtio' } }, { name: 'b', disk: { bus: 'virtio' } }),
          (vmi) =>
            (vmi.status = {
              volumeStatus: ['a', 'b'].map((name) => ({ name, target: name === 'b' ? 'vda' : '' })),
            }),
        ),
        facts: named('a', 'b'),
        domain: { [`${disk}[0]/target@dev`]: 'vdb', [`${disk}[1]/target@dev`]: 'vda' },
      },
      {
        vmi: disks(
          ...Array.from({ length: 28 }, (_, index) => ({
            name: `d${index}`,
            disk: { bus: 'virtio' as const },
          })),
        ),
        facts: named(...Array.from({ length: 28 }, (_, index) => `d${index}`)),
        domain: { [`${disk}[25]/target@dev`]: 'vdz', [`${disk}[27]/target@dev`]: 'vdab' },
      },
    ],
  },
  {
    id: 'DOM-6.5',
    what: 'SCSI units go by the names in the guest',
    cases: [
      {
        vmi: disks({ name: 'a', disk: { bus: 'scsi' } }, { name: 'b', lun: { bus: 'scsi' } }),
        facts: { images: { a: file, b: block } },
        domain: {
          [`${disk}[0]/address@type`]: 'drive',
          [`${disk}[0]/address@controller`]: 0,
          [`${disk}[0]/address@bus`]: 0,
          [`${disk}[0]/address@unit`]: 0,
          [`${disk}[1]/address@unit`]: 1,
        },
      },
    ],
  },
  {
    id: 'DOM-6.6',
    what: 'virtio disks speak the dialect of the machine',
    cases: [
      { vmi: disks(virtio()), facts: a(), domain: { [`${disk}@model`]: 'virtio-non-transitional' } },
      {
        vmi: all(disks(virtio()), ({ spec }) => (spec.domain.devices.useVirtioTransitional = true)),
        facts: a(),
        domain: { [`${disk}@model`]: 'virtio-transitional' },
      },
      { vmi: all(onS390x, disks(virtio())), facts: a(), domain: { [`${disk}@model`]: 'virtio' } },
    ],
  },
  {
    id: 'DOM-6.7',
    what: 'a PCI address, on virtio alone',
    cases: [
      {
        vmi: disks(virtio({ disk: { bus: 'virtio', pciAddress: '0000:00:0A.0' } })),
        facts: a(),
        domain: {
          [`${disk}/address@type`]: 'pci',
          [`${disk}/address@domain`]: '0x0000',
          [`${disk}/address@bus`]: '0x00',
          [`${disk}/address@slot`]: '0x0a',
          [`${disk}/address@function`]: '0x0',
        },
      },
      {
        vmi: disks({ name: 'a', disk: { bus: 'sata', pciAddress: '0000:00:0a.0' } }),
        facts: a(),
        refused: { code: 'invalid', field: `${field}.disk.pciAddress` },
      },
    ],
  },
  {
    id: 'DOM-6.8',
    what: 'disks and LUNs that are only read',
    cases: [
      {
        vmi: disks(virtio({ disk: { bus: 'virtio', readonly: true } })),
        facts: a(),
        domain: { [`${disk}/readonly`]: '' },
      },
      {
        vmi: disks({ name: 'a', lun: { bus: 'scsi', readonly: true } }),
        facts: a(block),
        domain: { [`${disk}/readonly`]: '' },
      },
      { vmi: disks(virtio()), facts: a(), domain: { [`${disk}/readonly`]: undefined } },
    ],
  },
  {
    id: 'DOM-6.9',
    what: 'CD-ROM drives are read-only and closed',
    cases: [
      {
        vmi: disks({ name: 'a', cdrom: { bus: 'sata' } }),
        facts: a(),
        domain: { [`${disk}/readonly`]: '', [`${disk}/target@tray`]: 'closed' },
      },
      {
        vmi: disks({ name: 'a', cdrom: { bus: 'sata', tray: 'open' } }),
        facts: a(),
        domain: { [`${disk}/target@tray`]: 'open' },
      },
    ],
  },
  {
    id: 'DOM-6.10',
    what: 'the serial number',
    cases: [
      {
        vmi: disks(virtio({ serial: 'CVLY623300HK240D' })),
        facts: a(),
        domain: { [`${disk}/serial`]: 'CVLY623300HK240D' },
      },
    ],
  },
  {
    id: 'DOM-6.11',
    what: 'disks that machines share are not cached',
    cases: [
      {
        vmi: disks(virtio({ shareable: true })),
        facts: a(),
        domain: { [`${disk}/shareable`]: '', [`${disk}/driver@cache`]: 'none' },
      },
      {
        vmi: disks(virtio({ shareable: true, cache: 'writeback' })),
        facts: a(),
        refused: { code: 'invalid', field: `${field}.cache` },
      },
    ],
  },
  {
    id: 'DOM-6.12',
    what: 'persistent reservations of a LUN',
    cases: [
      {
        vmi: disks({ name: 'a', lun: { bus: 'scsi', reservation: true } }),
        facts: a(block),
        domain: {
          [`${disk}/source/reservations@managed`]: 'no',
          [`${disk}/source/reservations@migration`]: 'yes',
          [`${disk}/source/reservations/source@type`]: 'unix',
          [`${disk}/source/reservations/source@path`]: '/var/run/kubevirt/daemons/pr/pr-helper.sock',
          [`${disk}/source/reservations/source@mode`]: 'client',
        },
      },
    ],
  },
  {
    id: 'DOM-6.13',
    what: 'QEMU is the driver',
    cases: [{ vmi: disks(virtio()), facts: a(), domain: { [`${disk}/driver@name`]: 'qemu' } }],
  },
];
