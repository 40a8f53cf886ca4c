import { silentLogger } from '@virtkit/controllers/runtime';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import { HalError, type MachineStatistics } from '@virtkit/hal';
import { describe, expect, it } from 'vitest';
import { guestFamilies, type MeasuredGuest } from '../src/metrics/guest-families.ts';
import { guestMeasurer } from '../src/metrics/measure-guests.ts';

function instance(
  name: string,
  phase = 'Running',
  labels: Record<string, string> = {},
): VirtualMachineInstance {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name, namespace: 'default', labels },
    spec: { domain: { devices: {} } },
    status: { phase },
  };
}

const nothing: MachineStatistics = {
  takenAt: '2026-01-01T00:00:00Z',
  cpu: {},
  vcpus: [],
  memory: {},
  disks: [],
  interfaces: [],
};

const everything: MachineStatistics = {
  takenAt: '2026-01-01T00:00:00Z',
  cpu: { seconds: 1, userSeconds: 2, systemSeconds: 3 },
  vcpus: [{ id: 0, state: 'running', seconds: 4, waitSeconds: 5, delaySeconds: 6 }],
  memory: {
    residentBytes: 10,
    balloonBytes: 11,
    maximumBytes: 12,
    availableBytes: 13,
    unusedBytes: 14,
    usableBytes: 15,
    cachedBytes: 16,
    swappedInBytes: 17,
    swappedOutBytes: 18,
    majorFaults: 19,
    minorFaults: 20,
  },
  disks: [
    {
      id: 'root',
      readRequests: 21,
      readBytes: 22,
      readSeconds: 23,
      writeRequests: 24,
      writtenBytes: 25,
      writeSeconds: 26,
      flushRequests: 27,
      flushSeconds: 28,
    },
  ],
  interfaces: [
    {
      id: 'nic',
      received: { bytes: 31, packets: 32, errors: 33, dropped: 34 },
      sent: { bytes: 41, packets: 42, errors: 43, dropped: 44 },
    },
  ],
};

/** `name{labels} value` of each sample, without the labels that all have. */
function told(guest: MeasuredGuest): string[] {
  return guestFamilies.flatMap(({ name, samples }) =>
    [...samples({ nodeName: 'n1', guests: [guest] })].map(({ labels = {}, value }) => {
      const own = Object.entries(labels).filter(([key]) => !['node', 'namespace', 'name'].includes(key));
      return `${name}{${own.map(([key, text]) => `${key}=${text}`).join(',')}} ${value}`;
    }),
  );
}

describe('metrics of guests', () => {
  it('are of everything that is told', () => {
    const filesystems = [
      { diskName: 'vda1', mountPoint: '/', type: 'ext4', usedBytes: 51, totalBytes: 52, disks: [] },
      { diskName: 'vdb', mountPoint: '/data', type: 'xfs', disks: [] },
    ];
    expect(told({ instance: instance('web'), statistics: everything, filesystems })).toEqual([
      'kubevirt_vmi_cpu_usage_seconds_total{} 1',
      'kubevirt_vmi_cpu_user_usage_seconds_total{} 2',
      'kubevirt_vmi_cpu_system_usage_seconds_total{} 3',
      'kubevirt_vmi_vcpu_seconds_total{id=0,state=running} 4',
      'kubevirt_vmi_vcpu_wait_seconds_total{id=0} 5',
      'kubevirt_vmi_vcpu_delay_seconds_total{id=0} 6',
      'kubevirt_vmi_memory_resident_bytes{} 10',
      'kubevirt_vmi_memory_available_bytes{} 13',
      'kubevirt_vmi_memory_unused_bytes{} 14',
      'kubevirt_vmi_memory_usable_bytes{} 15',
      'kubevirt_vmi_memory_cached_bytes{} 16',
      'kubevirt_vmi_memory_actual_balloon_bytes{} 11',
      'kubevirt_vmi_memory_domain_bytes{} 12',
      'kubevirt_vmi_memory_swap_in_traffic_bytes{} 17',
      'kubevirt_vmi_memory_swap_out_traffic_bytes{} 18',
      'kubevirt_vmi_memory_pgmajfault_total{} 19',
      'kubevirt_vmi_memory_pgminfault_total{} 20',
      'kubevirt_vmi_storage_iops_read_total{drive=root} 21',
      'kubevirt_vmi_storage_iops_write_total{drive=root} 24',
      'kubevirt_vmi_storage_read_traffic_bytes_total{drive=root} 22',
      'kubevirt_vmi_storage_write_traffic_bytes_total{drive=root} 25',
      'kubevirt_vmi_storage_read_times_seconds_total{drive=root} 23',
      'kubevirt_vmi_storage_write_times_seconds_total{drive=root} 26',
      'kubevirt_vmi_storage_flush_requests_total{drive=root} 27',
      'kubevirt_vmi_storage_flush_times_seconds_total{drive=root} 28',
      'kubevirt_vmi_network_receive_bytes_total{interface=nic} 31',
      'kubevirt_vmi_network_transmit_bytes_total{interface=nic} 41',
      'kubevirt_vmi_network_receive_packets_total{interface=nic} 32',
      'kubevirt_vmi_network_transmit_packets_total{interface=nic} 42',
      'kubevirt_vmi_network_receive_errors_total{interface=nic} 33',
      'kubevirt_vmi_network_transmit_errors_total{interface=nic} 43',
      'kubevirt_vmi_network_receive_packets_dropped_total{interface=nic} 34',
      'kubevirt_vmi_network_transmit_packets_dropped_total{interface=nic} 44',
      'kubevirt_vmi_network_traffic_bytes_total{interface=nic,type=rx} 31',
      'kubevirt_vmi_network_traffic_bytes_total{interface=nic,type=tx} 41',
      'kubevirt_vmi_filesystem_capacity_bytes{disk_name=vda1,mount_point=/,file_system_type=ext4} 52',
      'kubevirt_vmi_filesystem_used_bytes{disk_name=vda1,mount_point=/,file_system_type=ext4} 51',
    ]);
  });

  it.each([
    ['that tells nothing', nothing],
    ['that did not answer', undefined],
  ])('are none of a guest %s', (_name, statistics) => {
    expect(told({ instance: instance('web'), statistics, filesystems: [] })).toEqual([]);
  });

  it('carry where and who, and the labels of the instance', () => {
    const labelled = instance('web', 'Running', { 'vm.kubevirt.io/name': 'web', 'a-b': '1' });
    const guests = [{ instance: labelled, statistics: everything, filesystems: [] }];
    const [sample] = [...guestFamilies[0]!.samples({ nodeName: 'n1', guests })];
    expect(sample?.labels).toEqual({
      node: 'n1',
      namespace: 'default',
      name: 'web',
      kubernetes_vmi_label_vm_kubevirt_io_name: 'web',
      kubernetes_vmi_label_a_b: '1',
    });
  });
});

describe('guestMeasurer', () => {
  const measurer = (machines: Record<string, () => Promise<MachineStatistics>>, timeoutMs?: number) => {
    const asked: string[] = [];
    const measure = guestMeasurer({
      instances: () => Object.keys(machines).map((name) => instance(name)),
      statistics: async ({ metadata: { name = '' } }) => {
        asked.push(name);
        return machines[name]?.();
      },
      filesystems: () => [],
      logger: silentLogger,
      timeoutMs,
    });
    return {
      asked,
      measure: async () =>
        (await measure()).map(({ instance: { metadata }, statistics }) => [
          metadata.name,
          statistics?.cpu.seconds,
        ]),
    };
  };

  it('asks guests that run only', async () => {
    const measure = guestMeasurer({
      instances: () => [instance('a', 'Scheduled'), instance('b', 'Succeeded')],
      statistics: () => Promise.reject(new Error('nobody is to be asked')),
      filesystems: () => [],
      logger: silentLogger,
    });
    expect(await measure()).toEqual([]);
  });

  it('a guest that fails costs its own samples', async () => {
    const { measure } = measurer({
      good: async () => everything,
      bad: () => Promise.reject(new HalError('unsupported', 'no statistics')),
    });
    expect(await measure()).toEqual([
      ['good', 1],
      ['bad', undefined],
    ]);
  });

  it('a guest that hangs is given up after a while, and asked again only when it has answered', async () => {
    const released = Promise.withResolvers<MachineStatistics>();
    const { measure, asked } = measurer({ good: async () => everything, slow: () => released.promise }, 50);
    expect(await measure()).toEqual([
      ['good', 1],
      ['slow', undefined],
    ]);
    await measure();
    expect(asked).toEqual(['good', 'slow', 'good']);
    released.resolve(everything);
    await released.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(await measure()).toEqual([
      ['good', 1],
      ['slow', 1],
    ]);
  });
});
