import type { CPU, VirtualMachineInstance } from '@virtkit/core-types';
import type { HostNode, MachineFacts } from '@virtkit/machine-plan';
import { onArm64, onS390x, type Case, type Row } from '../row.ts';

type Change = (vmi: VirtualMachineInstance) => void;
const dedicated =
  (cpu: CPU, also: Change = () => undefined): Change =>
  (vmi) => {
    vmi.spec.domain.cpu = { dedicatedCpuPlacement: true, ...cpu };
    also(vmi);
  };
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** Two nodes with four cores of two threads each: CPUs 0-7 and 8-15, siblings side by side. */
const twoNodes: HostNode[] = [0, 1].map((id) => ({
  id,
  cores: range(0, 3).map((core) => [id * 8 + core * 2, id * 8 + core * 2 + 1]),
  distances: [
    { node: 0, value: id === 0 ? 10 : 21 },
    { node: 1, value: id === 1 ? 10 : 21 },
  ],
}));
const host = (...hostCpus: number[]): Partial<MachineFacts> => ({ hostCpus, hostNodes: twoNodes });
const pins = (...cpus: (number | string)[]): Case['domain'] => ({
  'cputune/vcpupin#count': cpus.length,
  ...Object.fromEntries(cpus.map((cpu, index) => [`cputune/vcpupin[${index}]@cpuset`, cpu])),
});
const tooFew = { code: 'insufficient', field: 'spec.domain.cpu.dedicatedCpuPlacement' };
const isolated: CPU = { isolateEmulatorThread: true };
const withDisks =
  (count: number, policy: string, pool?: number): Change =>
  ({ spec }) => {
    const names = range(1, count).map((index) => `d${index}`);
    spec.domain.ioThreadsPolicy = policy;
    spec.domain.resources = { requests: { cpu: '8' } };
    if (pool !== undefined) spec.domain.ioThreads = { supplementalPoolThreadCount: pool };
    spec.domain.devices.disks = names.map((name) => ({ name, disk: { bus: 'virtio' } }));
    spec.volumes = names.map((name) => ({ name, emptyDisk: { capacity: '1Mi' } }));
  };
const huge = (guest: string): Change => {
  return ({ spec }) => {
    spec.domain.memory = { guest, hugepages: { pageSize: '2Mi' } };
  };
};
const mirrored = (cpu: CPU, guest: string, also: Change = () => undefined): Change =>
  dedicated({ numa: { guestMappingPassthrough: {} }, ...cpu }, (vmi) => {
    huge(guest)(vmi);
    also(vmi);
  });

/** Host CPUs of their own, and the host's NUMA nodes. */
export const cpuPlacementRows: readonly Row[] = [
  {
    id: 'DOM-2.1.1',
    what: "the Pod's CPUs and the host's nodes are facts; sockets that may come are not pinned",
    cases: [
      { vmi: dedicated({ sockets: 2, maxSockets: 4 }), facts: host(...range(0, 7)), domain: pins(0, 1) },
      {
        vmi: dedicated({}),
        refused: { code: 'missing-fact', field: 'spec.domain.cpu.dedicatedCpuPlacement' },
      },
      { domain: { cputune: undefined } },
    ],
  },
  {
    id: 'DOM-2.1.2',
    what: 'guest cores on host cores, then on what is left of a node, then across nodes',
    cases: [
      { vmi: dedicated({ cores: 2, threads: 2 }), facts: host(...range(0, 7)), domain: pins(0, 1, 2, 3) },
      { vmi: dedicated({ cores: 2, threads: 2 }), facts: host(0, 2, 4, 5), domain: pins(4, 5, 0, 2) },
      { vmi: dedicated({ cores: 1, threads: 2 }), facts: host(0, 8), domain: pins(0, 8) },
      { vmi: dedicated({ cores: 3, threads: 2 }), facts: host(...range(0, 3)), refused: tooFew },
    ],
  },
  {
    id: 'DOM-2.1.3',
    what: 'then the threads of the supplemental pool, then the emulator',
    cases: [
      {
        vmi: dedicated({ cores: 2, ...isolated }, withDisks(1, 'supplementalPool', 2)),
        facts: host(...range(0, 5)),
        domain: {
          ...pins(0, 1),
          'cputune/iothreadpin[0]@iothread': 1,
          'cputune/iothreadpin[0]@cpuset': 2,
          'cputune/iothreadpin[1]@cpuset': 3,
          'cputune/emulatorpin@cpuset': 4,
        },
      },
    ],
  },
  {
    id: 'DOM-2.1.4',
    what: 'the emulator has a CPU of its own, or two where they come in pairs',
    cases: [
      {
        vmi: dedicated({ cores: 2, ...isolated }),
        facts: host(...range(0, 3)),
        domain: { 'cputune/emulatorpin@cpuset': 2 },
      },
      {
        vmi: dedicated({ cores: 2, ...isolated }, ({ metadata }) => {
          metadata.annotations = { 'alpha.kubevirt.io/EmulatorThreadCompleteToEvenParity': '' };
        }),
        facts: host(...range(0, 3)),
        domain: { 'cputune/emulatorpin@cpuset': '2-3' },
      },
      {
        vmi: dedicated({ cores: 3, ...isolated }, ({ metadata }) => {
          metadata.annotations = { 'alpha.kubevirt.io/EmulatorThreadCompleteToEvenParity': '' };
        }),
        facts: host(...range(0, 3)),
        domain: { 'cputune/emulatorpin@cpuset': 3 },
      },
      { vmi: dedicated({ cores: 2, ...isolated }), facts: host(0, 1), refused: tooFew },
    ],
  },
  {
    id: 'DOM-2.1.5',
    what: "I/O threads run on the emulator's CPU, or on those of the guest as they divide",
    cases: [
      {
        vmi: dedicated({ cores: 2, ...isolated }, withDisks(1, 'shared')),
        facts: host(...range(0, 3)),
        domain: { 'cputune/iothreadpin@iothread': 1, 'cputune/iothreadpin@cpuset': 2 },
      },
      {
        vmi: dedicated({ cores: 2 }, withDisks(3, 'auto')),
        facts: host(4, 5),
        domain: {
          'cputune/iothreadpin[0]@cpuset': 5,
          'cputune/iothreadpin[1]@cpuset': 4,
          'cputune/iothreadpin[2]@cpuset': 5,
        },
      },
      {
        vmi: dedicated({ cores: 8 }, withDisks(3, 'auto')),
        facts: host(...range(0, 7)),
        domain: {
          'cputune/iothreadpin[0]@cpuset': '0-2',
          'cputune/iothreadpin[1]@cpuset': '3-5',
          'cputune/iothreadpin[2]@cpuset': '6-7',
        },
      },
    ],
  },
  {
    id: 'DOM-2.1.6',
    what: 'x86 guests are told that their CPUs are their own',
    cases: [
      { vmi: dedicated({}), facts: host(0), domain: { 'features/kvm/hint-dedicated@state': 'on' } },
      {
        vmi: (vmi) => {
          onArm64(vmi);
          vmi.spec.domain.cpu!.dedicatedCpuPlacement = true;
        },
        facts: host(0),
        domain: { 'features/kvm': undefined },
      },
    ],
  },
  {
    id: 'DOM-2.1.7',
    what: 'real-time guests have no performance counters, and share no pages where they mirror nodes',
    cases: [
      {
        vmi: dedicated({ realtime: {} }),
        facts: host(0),
        domain: { 'features/pmu@state': 'off', 'memoryBacking/nosharepages': undefined },
      },
      {
        vmi: mirrored({ realtime: {} }, '64Mi'),
        facts: host(0),
        domain: { 'features/pmu@state': 'off', 'memoryBacking/nosharepages': '' },
      },
    ],
  },
  {
    id: 'DOM-2.11',
    what: "a guest that mirrors the host's nodes needs huge pages, and a host that tells its nodes",
    cases: [
      {
        vmi: dedicated({ numa: { guestMappingPassthrough: {} } }),
        facts: host(0),
        refused: { code: 'invalid', field: 'spec.domain.memory.hugepages' },
      },
      {
        vmi: mirrored({}, '64Mi'),
        facts: { hostCpus: [0] },
        domain: { numatune: undefined, 'cpu/numa': undefined },
      },
    ],
  },
  {
    id: 'DOM-2.2.1',
    what: 'memory comes from the nodes that are used',
    cases: [
      {
        vmi: mirrored({ cores: 2 }, '64Mi'),
        facts: host(6, 8),
        domain: {
          'numatune/memory@mode': 'strict',
          'numatune/memory@nodeset': '0-1',
          'numatune/memnode[0]@cellid': 0,
          'numatune/memnode[0]@mode': 'strict',
          'numatune/memnode[0]@nodeset': 0,
          'numatune/memnode[1]@nodeset': 1,
        },
      },
      {
        vmi: mirrored({ cores: 2 }, '64Mi'),
        facts: host(8, 9),
        domain: { 'numatune/memory@nodeset': 1, 'numatune/memnode#count': 1 },
      },
    ],
  },
  {
    id: 'DOM-2.2.2',
    what: 'nodes of the guest: CPUs, whole pages, distances',
    cases: [
      {
        vmi: mirrored({ cores: 3 }, '66Mi'),
        facts: host(6, 7, 8),
        domain: {
          'cpu/numa/cell#count': 2,
          'cpu/numa/cell[0]@cpus': '0-1',
          'cpu/numa/cell[0]@memory': 34 * 2 ** 20,
          'cpu/numa/cell[0]@unit': 'b',
          'cpu/numa/cell[1]@cpus': 2,
          'cpu/numa/cell[1]@memory': 32 * 2 ** 20,
          'cpu/numa/cell[0]/distances/sibling[0]@value': 10,
          'cpu/numa/cell[0]/distances/sibling[1]@id': 1,
          'cpu/numa/cell[0]/distances/sibling[1]@value': 21,
        },
      },
    ],
  },
  {
    id: 'DOM-2.2.3',
    what: 'pages are allocated at the start, node by node',
    cases: [
      {
        vmi: mirrored({ cores: 2 }, '64Mi'),
        facts: host(6, 8),
        domain: {
          'memoryBacking/allocation@mode': 'immediate',
          'memoryBacking/hugepages/page#count': 2,
          'memoryBacking/hugepages/page[1]@size': 2 ** 21,
          'memoryBacking/hugepages/page[1]@unit': 'b',
          'memoryBacking/hugepages/page[1]@nodeset': 1,
        },
      },
    ],
  },
  {
    id: 'DOM-2.2.4',
    what: 'memory is whole pages, one a node at least',
    cases: [
      {
        vmi: mirrored({ cores: 2 }, '65Mi'),
        facts: host(6, 8),
        refused: { code: 'invalid', field: 'spec.domain.memory.guest' },
      },
      {
        vmi: mirrored({ cores: 2 }, '2Mi'),
        facts: host(6, 8),
        refused: { code: 'invalid', field: 'spec.domain.memory.guest' },
      },
    ],
  },
];

const interfaces = (count: number, annotations: Record<string, string> = {}): Change => {
  return ({ spec, metadata }) => {
    metadata.annotations = annotations;
    const names = range(1, count).map((index) => `n${index}`);
    spec.domain.devices.interfaces = names.map((name) => ({ name, bridge: {} }));
    spec.networks = names.map((name) => ({ name, multus: { networkName: name } }));
  };
};
const taps: Partial<MachineFacts> = {
  interfaces: Object.fromEntries(
    range(1, 6).map((index) => [`n${index}`, { backend: { kind: 'tap', device: `tap${index}` } }]),
  ),
};
const onRoot = { 'kubevirt.io/placePCIDevicesOnRootComplex': 'true' };
const spare = { sparePciPorts: true };
/** Devices of the smallest guest on the PCI bus: the controller of virtio ports and the balloon. */
const always = 2;
/** Beside these ports there are the two controllers of every guest, and the root that ports hang from. */
const ports = (count: number): Case['domain'] => ({
  'devices/controller#count': 2 + (count === 0 ? 0 : 1 + count),
});
const gpu = { name: 'g', deviceName: 'vendor.example/gpu' };

/** Where PCI devices go. */
export const pciRows: readonly Row[] = [
  {
    id: 'DOM-9.1',
    what: 'devices on the root complex, one slot each',
    cases: [
      {
        vmi: interfaces(2, onRoot),
        facts: taps,
        domain: {
          'devices/interface[0]/address@bus': '0x00',
          'devices/interface[0]/address@slot': '0x02',
          'devices/interface[1]/address@slot': '0x03',
          'devices/controller[1]/address@slot': '0x04',
          'devices/memballoon/address@slot': '0x05',
          'devices/controller#count': 2,
        },
      },
      {
        vmi: (vmi) => {
          interfaces(2, onRoot)(vmi);
          vmi.spec.domain.devices.interfaces![1]!.pciAddress = '0000:00:02.0';
        },
        facts: taps,
        domain: {
          'devices/interface[0]/address@slot': '0x03',
          'devices/interface[1]/address@slot': '0x02',
        },
      },
    ],
  },
  {
    id: 'DOM-9.2',
    what: 'room for interfaces that may come',
    cases: [
      { vmi: interfaces(1), facts: taps, configuration: spare, domain: ports(8) },
      {
        vmi: interfaces(1, { 'kubevirt.io/pci-interface-slot-count': '9' }),
        facts: taps,
        configuration: spare,
        domain: ports(always + 1 + 8),
      },
      {
        vmi: interfaces(1),
        facts: taps,
        domain: ports(0),
      },
    ],
  },
  {
    id: 'DOM-9.3',
    what: 'free ports, more of them for large guests',
    cases: [
      { configuration: spare, domain: ports(8) },
      {
        vmi: ({ spec }) => (spec.domain.memory = { guest: '3Gi' }),
        configuration: spare,
        domain: ports(16),
      },
      { vmi: interfaces(6), facts: taps, configuration: spare, domain: ports(always + 6 + 3) },
      { vmi: onS390x, configuration: spare, domain: { 'devices/controller#count': 2 } },
    ],
  },
  {
    id: 'DOM-9.6',
    what: 'passed-through devices hang from the node that they belong to',
    cases: [
      {
        vmi: mirrored({ cores: 2 }, '64Mi', ({ spec }) => (spec.domain.devices.gpus = [gpu])),
        facts: {
          ...host(6, 8),
          devices: {
            pci: { 'vendor.example/gpu': ['0000:41:00.0'] },
            mediated: {},
            usb: {},
            networks: {},
            claims: {},
            nodes: { '0000:41:00.0': 1 },
          },
        },
        configuration: { pciNumaAware: true },
        domain: {
          'devices/controller[2]@model': 'pcie-expander-bus',
          'devices/controller[2]@index': 1,
          'devices/controller[2]/target@busNr': 254,
          'devices/controller[2]/target/node': 1,
          'devices/controller[3]@model': 'pcie-root-port',
          'devices/controller[3]@index': 2,
          'devices/controller[3]/address@bus': '0x01',
          'devices/hostdev/address@bus': '0x02',
        },
      },
    ],
  },
];
