import type { Disk, VirtualMachineInstance } from '@virtkit/core-types';
import type { Case, Row } from '../row.ts';

type Domain = VirtualMachineInstance['spec']['domain'];

/** Disks named `a`, `b`, ... on a bus each; `!` marks those that want a thread of their own. */
const threads =
  (buses: string, given: Partial<Domain>) =>
  ({ spec }: VirtualMachineInstance) => {
    const disks = buses.split(' ').map((bus, index): Disk => ({
      name: String.fromCharCode(97 + index),
      disk: { bus: bus.replace('!', '') as 'virtio' },
      ...(bus.endsWith('!') && { dedicatedIOThread: true }),
    }));
    Object.assign(spec.domain, given);
    spec.domain.devices.disks = disks;
    spec.volumes = disks.map(({ name }) => ({ name, emptyDisk: { capacity: '1Mi' } }));
  };
const requests = (cpu: string): Partial<Domain> => ({ resources: { requests: { cpu } } });
const expected = (count: number | undefined, ...ofDisks: (number | undefined)[]): Case['domain'] => ({
  iothreads: count,
  ...Object.fromEntries(ofDisks.map((thread, index) => [`devices/disk[${index}]/driver@iothread`, thread])),
});

/** I/O threads and who is served by them. */
export const ioThreadRows: readonly Row[] = [
  {
    id: 'DOM-6.24',
    what: 'a supplemental pool serves every virtio disk',
    cases: [
      {
        vmi: threads('virtio virtio sata', {
          ioThreadsPolicy: 'supplementalPool',
          ioThreads: { supplementalPoolThreadCount: 3 },
        }),
        domain: {
          iothreads: 3,
          'devices/disk[0]/driver/iothreads/iothread#count': 3,
          'devices/disk[0]/driver/iothreads/iothread[2]@id': 3,
          'devices/disk[1]/driver/iothreads/iothread#count': 3,
          'devices/disk[2]/driver/iothreads': undefined,
        },
      },
    ],
  },
  {
    id: 'DOM-6.25',
    what: 'threads for disks, up to twice the CPUs',
    cases: [
      {
        vmi: threads('virtio virtio virtio', { ioThreadsPolicy: 'auto', ...requests('2') }),
        domain: expected(3, 1, 2, 3),
      },
      {
        vmi: threads('virtio virtio virtio', { ioThreadsPolicy: 'auto', ...requests('1') }),
        domain: expected(2, 1, 2, 1),
      },
      {
        vmi: threads('virtio virtio', { ioThreadsPolicy: 'auto' }),
        domain: expected(2, 1, 2),
      },
      {
        vmi: threads('virtio virtio', {
          ioThreadsPolicy: 'auto',
          cpu: { sockets: 2, dedicatedCpuPlacement: true, isolateEmulatorThread: true },
          ...requests('2'),
        }),
        facts: { hostCpus: [0, 1, 2, 3] },
        domain: expected(1, 1, 1),
      },
    ],
  },
  {
    id: 'DOM-6.26',
    what: 'one thread for all disks',
    cases: [
      {
        vmi: threads('virtio virtio', { ioThreadsPolicy: 'shared', ...requests('4') }),
        domain: expected(1, 1, 1),
      },
      { vmi: threads('virtio! virtio virtio', {}), domain: expected(2, 2, 1, 1) },
      { vmi: threads('virtio virtio', {}), domain: expected(undefined, undefined, undefined) },
    ],
  },
  {
    id: 'DOM-6.27',
    what: 'disks with a thread of their own, and those that share the others in turn',
    cases: [
      {
        vmi: threads('virtio virtio! sata virtio! virtio', { ioThreadsPolicy: 'auto', ...requests('2') }),
        domain: expected(4, 1, 3, undefined, 4, 2),
      },
      {
        vmi: threads('virtio! virtio! virtio', { ioThreadsPolicy: 'auto', ...requests('1') }),
        domain: expected(3, 2, 3, 1),
      },
    ],
  },
  {
    id: 'DOM-6.28',
    what: 'SCSI disks with a thread of their own share the next one through their controller',
    cases: [
      {
        vmi: threads('virtio scsi! virtio', {
          ioThreadsPolicy: 'auto',
          cpu: { sockets: 2, cores: 2 },
          ...requests('4'),
        }),
        domain: {
          iothreads: 3,
          'devices/disk[1]/driver@iothread': undefined,
          'devices/controller[1]@type': 'scsi',
          'devices/controller[1]/driver@iothread': 1,
          'devices/controller[1]/driver@queues': 4,
        },
      },
    ],
  },
];
