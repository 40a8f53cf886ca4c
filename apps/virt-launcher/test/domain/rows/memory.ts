import type { VirtualMachineInstance } from '@virtkit/core-types';
import { onS390x, type Case, type Row } from '../row.ts';

const huge = ({ spec }: VirtualMachineInstance, pageSize = '2Mi') =>
  (spec.domain.memory = { guest: '256Mi', hugepages: { pageSize } });
const virtiofs = ({ spec }: VirtualMachineInstance) => {
  spec.domain.devices.filesystems = [{ name: 'shared', virtiofs: {} }];
  spec.volumes = [{ name: 'shared', persistentVolumeClaim: { claimName: 'c' } }];
};
const passt = (vmi: VirtualMachineInstance) => {
  vmi.spec.domain.devices.interfaces = [{ name: 'default', passtBinding: {} }];
  vmi.spec.networks = [{ name: 'default', pod: {} }];
};
const podNetwork: Case['facts'] = {
  interfaces: { default: { backend: { kind: 'passt', device: 'eth0', forwards: [] } } },
};
const grown = (guest: string, hugepages?: { pageSize: string }): Case['vmi'] => {
  return (vmi) => {
    vmi.spec.domain.memory = { guest, maxGuest: '4Gi', ...(hugepages && { hugepages }) };
    vmi.status = { memory: { guestAtBoot: '1Gi' } };
  };
};

/** Memory. */
export const memoryRows: readonly Row[] = [
  {
    id: 'DOM-3.1',
    what: 'guest memory, or the request, or the limit',
    cases: [
      { domain: { memory: 128 * 2 ** 20, 'memory@unit': 'b' } },
      {
        vmi: ({ spec }) => {
          delete spec.domain.memory;
          spec.domain.resources = { requests: { memory: '64Mi' }, limits: { memory: '96Mi' } };
        },
        domain: { memory: 64 * 2 ** 20 },
      },
      {
        vmi: ({ spec }) => {
          delete spec.domain.memory;
          spec.domain.resources = { limits: { memory: '96Mi' } };
        },
        domain: { memory: 96 * 2 ** 20 },
      },
    ],
  },
  {
    id: 'DOM-3.2',
    what: 'a limit up to which memory grows',
    cases: [
      {
        vmi: ({ spec }) => (spec.domain.memory = { guest: '1Gi', maxGuest: '4Gi' }),
        domain: { maxMemory: 4 * 2 ** 30, 'maxMemory@unit': 'b', 'maxMemory@slots': 1, memory: 2 ** 30 },
      },
      {
        vmi: ({ spec }) => (spec.domain.memory = { guest: '1Gi', maxGuest: '1Gi' }),
        domain: { maxMemory: undefined },
      },
    ],
  },
  {
    id: 'DOM-3.3',
    what: 'huge pages',
    cases: [
      { vmi: huge, domain: { 'memoryBacking/hugepages': '', 'memoryBacking/hugepages/page': undefined } },
      { domain: { memoryBacking: undefined } },
    ],
  },
  {
    id: 'DOM-3.4',
    what: 'memory is shared with virtiofs and passt',
    cases: [
      { vmi: virtiofs, domain: { 'memoryBacking/access@mode': 'shared' } },
      { vmi: passt, facts: podNetwork, domain: { 'memoryBacking/access@mode': 'shared' } },
      { vmi: huge, domain: { 'memoryBacking/access': undefined } },
    ],
  },
  {
    id: 'DOM-3.5',
    what: 'memory is an anonymous file for huge pages, virtiofs and passt, but on s390x',
    cases: [
      { vmi: huge, domain: { 'memoryBacking/source@type': 'memfd' } },
      { vmi: virtiofs, domain: { 'memoryBacking/source@type': 'memfd' } },
      { vmi: passt, facts: podNetwork, domain: { 'memoryBacking/source@type': 'memfd' } },
      {
        vmi: (vmi) => {
          huge(vmi);
          vmi.metadata.annotations = { 'kubevirt.io/memfd': 'false' };
        },
        domain: { 'memoryBacking/source': undefined, 'memoryBacking/hugepages': '' },
      },
      {
        vmi: (vmi) => {
          onS390x(vmi);
          huge(vmi, '1Mi');
        },
        domain: { 'memoryBacking/source': undefined },
      },
    ],
  },
  {
    id: 'DOM-3.6',
    what: 'memory that was added hangs in a device',
    cases: [
      {
        vmi: grown('2Gi'),
        domain: {
          memory: 2 ** 30,
          'devices/memory@model': 'virtio-mem',
          'devices/memory/target/size': 3 * 2 ** 30,
          'devices/memory/target/size@unit': 'b',
          'devices/memory/target/node': 0,
          'devices/memory/target/block': 2_097_152,
          'devices/memory/target/requested': 2 ** 30,
        },
      },
      {
        vmi: grown('2Gi', { pageSize: '1Gi' }),
        domain: { 'devices/memory/target/block': 1_073_741_824 },
      },
      { vmi: grown('1Gi'), domain: { 'devices/memory': undefined } },
    ],
  },
];
