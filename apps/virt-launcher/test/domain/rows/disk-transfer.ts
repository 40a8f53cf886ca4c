import { onS390x, type Row } from '../row.ts';
import { a, all, block, disk, disks, domain, field, file, named, virtio } from './disk-cases.ts';

/** How disks are read and written, and when they come. */
export const diskTransferRows: readonly Row[] = [
  {
    id: 'DOM-6.14',
    what: 'the cache: as asked, past it where the storage can, else through it',
    cases: [
      ...(['none', 'writethrough', 'writeback'] as const).map((cache) => ({
        vmi: disks(virtio({ cache })),
        facts: a({ ...file, directIo: true }),
        domain: { [`${disk}/driver@cache`]: cache },
      })),
      {
        vmi: disks(virtio()),
        facts: a({ ...file, directIo: true }),
        domain: { [`${disk}/driver@cache`]: 'none' },
      },
      {
        vmi: disks(virtio()),
        facts: a({ ...file, directIo: false }),
        domain: { [`${disk}/driver@cache`]: 'writethrough' },
      },
      {
        vmi: disks(virtio({ cache: 'none' })),
        facts: a({ ...file, directIo: false }),
        refused: { code: 'invalid', field: `${field}.cache` },
      },
    ],
  },
  {
    id: 'DOM-6.15',
    what: 'asynchronous I/O: as asked, or where it suits',
    cases: [
      { vmi: disks(virtio({ io: 'threads' })), facts: a(), domain: { [`${disk}/driver@io`]: 'threads' } },
      {
        vmi: disks(virtio({ io: 'native', cache: 'none' })),
        facts: a(),
        domain: { [`${disk}/driver@io`]: 'native' },
      },
      {
        vmi: disks(virtio()),
        facts: a({ ...block, directIo: true }),
        domain: { [`${disk}/driver@io`]: 'native' },
      },
      {
        vmi: disks(virtio()),
        facts: a({ ...file, directIo: true, preallocated: true }),
        domain: { [`${disk}/driver@io`]: 'native' },
      },
      {
        vmi: disks(virtio()),
        facts: a({ ...file, directIo: true }),
        domain: { [`${disk}/driver@io`]: undefined },
      },
      {
        vmi: disks(virtio()),
        facts: a({ ...block, directIo: false }),
        domain: { [`${disk}/driver@io`]: undefined },
      },
    ],
  },
  {
    id: 'DOM-6.16',
    what: 'discarded blocks are given back, unless the space was to stay allocated',
    cases: [
      { vmi: disks(virtio()), facts: a(), domain: { [`${disk}/driver@discard`]: 'unmap' } },
      {
        vmi: disks(virtio()),
        facts: a({ ...file, preallocated: true }),
        domain: { [`${disk}/driver@discard`]: undefined },
      },
      { vmi: disks({ name: 'a', cdrom: {} }), facts: a(), domain: { [`${disk}/driver@discard`]: undefined } },
    ],
  },
  {
    id: 'DOM-6.17',
    what: 'what happens on an error',
    cases: [
      { vmi: disks(virtio()), facts: a(), domain: { [`${disk}/driver@error_policy`]: 'stop' } },
      ...(['stop', 'ignore', 'report', 'enospace'] as const).map((errorPolicy) => ({
        vmi: disks(virtio({ errorPolicy })),
        facts: a(),
        domain: { [`${disk}/driver@error_policy`]: errorPolicy },
      })),
    ],
  },
  {
    id: 'DOM-6.18',
    what: 'a queue for each CPU, on virtio alone',
    cases: [
      {
        vmi: all(
          disks(virtio(), { name: 'b', disk: { bus: 'sata' } }),
          domain({ cpu: { sockets: 2, cores: 2 } }),
          ({ spec }) => (spec.domain.devices.blockMultiQueue = true),
        ),
        facts: named('a', 'b'),
        domain: { [`${disk}[0]/driver@queues`]: 4, [`${disk}[1]/driver@queues`]: undefined },
      },
    ],
  },
  {
    id: 'DOM-6.19',
    what: 'the place in the boot order',
    cases: [{ vmi: disks(virtio({ bootOrder: 3 })), facts: a(), domain: { [`${disk}/boot@order`]: 3 } }],
  },
  {
    id: 'DOM-6.20',
    what: 'block sizes as given',
    cases: [
      {
        vmi: disks(virtio({ blockSize: { custom: { logical: 512, physical: 4096 } } })),
        facts: a(),
        domain: {
          [`${disk}/blockio@logical_block_size`]: 512,
          [`${disk}/blockio@physical_block_size`]: 4096,
          [`${disk}/blockio@discard_granularity`]: undefined,
        },
      },
      {
        vmi: disks(
          virtio({ blockSize: { custom: { logical: 4096, physical: 4096, discardGranularity: 8192 } } }),
        ),
        facts: a(),
        domain: { [`${disk}/blockio@discard_granularity`]: 8192 },
      },
    ],
  },
  {
    id: 'DOM-6.21',
    what: 'block sizes of the storage',
    cases: [
      {
        vmi: disks(virtio({ blockSize: { matchVolume: {} } })),
        facts: a({ ...block, blockSizes: { logical: 4096, physical: 4096 } }),
        domain: { [`${disk}/blockio@logical_block_size`]: 4096 },
      },
      {
        vmi: disks(virtio({ blockSize: { matchVolume: { enabled: false } } })),
        facts: a(block),
        domain: { [`${disk}/blockio`]: undefined },
      },
      {
        vmi: disks(virtio({ blockSize: { matchVolume: {} } })),
        facts: a(block),
        refused: { code: 'missing-fact', field: `${field}.blockSize.matchVolume` },
      },
    ],
  },
  {
    id: 'DOM-6.22',
    what: 'virtio disks of encrypted guests go through the IOMMU',
    cases: [
      {
        vmi: all(disks(virtio()), domain({ launchSecurity: { sev: {} } })),
        facts: a(),
        domain: { [`${disk}/driver@iommu`]: 'on' },
      },
      {
        vmi: all(onS390x, disks(virtio()), domain({ launchSecurity: {} })),
        facts: a(),
        domain: { [`${disk}/driver@iommu`]: 'on' },
      },
      { vmi: disks(virtio()), facts: a(), domain: { [`${disk}/driver@iommu`]: undefined } },
    ],
  },
  {
    id: 'DOM-6.23',
    what: 'a disk comes with its volume',
    cases: [
      {
        vmi: all(disks(virtio(), { name: 'b', disk: {} }, { name: 'c', disk: {} }), (vmi) => {
          vmi.status = {
            volumeStatus: [
              { name: 'a', target: '' },
              { name: 'c', target: '', hotplugVolume: {}, phase: 'Bound' },
            ],
          };
        }),
        facts: named('a'),
        domain: { [`${disk}#count`]: 1, [`${disk}/alias@name`]: 'ua-disk-a' },
      },
      {
        vmi: all(disks(virtio(), { name: 'c', disk: { bus: 'scsi' } }), (vmi) => {
          vmi.status = {
            volumeStatus: [
              { name: 'a', target: '' },
              { name: 'c', target: '', hotplugVolume: {}, phase: 'MountedToPod' },
            ],
          };
        }),
        facts: named('a', 'c'),
        domain: { [`${disk}#count`]: 2 },
      },
      {
        vmi: ({ spec }) => (spec.domain.devices.disks = [virtio()]),
        refused: { code: 'invalid', field: `${field}.name` },
      },
    ],
  },
];
