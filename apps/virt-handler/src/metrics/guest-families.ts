// Metrics of the guests of a node, by KubeVirt's names and labels. A sample is there only if the hypervisor or the guest told it.
import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { GuestFilesystem, MachineStatistics } from '@virtkit/hal';
import { labelName, type MetricFamily, type Sample } from '@virtkit/program';

/** What is known of a guest. */
export interface MeasuredGuest {
  readonly instance: VirtualMachineInstance;
  /** Undefined when its launcher did not answer in time. */
  readonly statistics: MachineStatistics | undefined;
  /** As the guest agent told last. */
  readonly filesystems: readonly GuestFilesystem[];
}

/** The guests of a node. */
interface NodeGuests {
  readonly nodeName: string;
  readonly guests: readonly MeasuredGuest[];
}

type Value = readonly [value: number | undefined, labels?: Readonly<Record<string, string>>];
type Family = MetricFamily<NodeGuests>;
type Head = readonly [name: string, type: Family['type'], help: string];

/** A family of what the hypervisor tells of a guest. */
function measured(
  [name, type, help]: Head,
  values: (statistics: MachineStatistics) => readonly Value[],
): Family {
  return {
    name,
    type,
    help,
    *samples({ nodeName, guests }) {
      for (const { instance, statistics } of guests)
        if (statistics !== undefined) yield* samplesOf(instance, nodeName, values(statistics));
    },
  };
}

function* samplesOf(
  instance: VirtualMachineInstance,
  nodeName: string,
  values: readonly Value[],
): Generator<Sample> {
  for (const [value, labels] of values)
    if (value !== undefined) yield { labels: { ...commonLabels(instance, nodeName), ...labels }, value };
}

/** Labels of every sample: where and who, and the instance's own labels. */
function commonLabels({ metadata }: VirtualMachineInstance, node: string): Sample['labels'] {
  const own = Object.entries(metadata.labels ?? {}).map(([key, value]): [string, string] => [
    `kubernetes_vmi_label_${labelName(key)}`,
    value,
  ]);
  return { node, namespace: metadata.namespace, name: metadata.name, ...Object.fromEntries(own) };
}

const memory = (
  name: string,
  field: keyof MachineStatistics['memory'],
  help: string,
  type: Family['type'] = 'gauge',
): Family => measured([`kubevirt_vmi_memory_${name}`, type, help], (found) => [[found.memory[field]]]);

type DiskField = Exclude<keyof MachineStatistics['disks'][number], 'id'>;
const storage = (name: string, field: DiskField, help: string): Family =>
  measured([`kubevirt_vmi_storage_${name}_total`, 'counter', help], ({ disks }) =>
    disks.map((disk) => [disk[field], { drive: disk.id }]),
  );

type Direction = 'received' | 'sent';
const network = (
  name: string,
  direction: Direction,
  field: keyof MachineStatistics['interfaces'][number][Direction],
  help: string,
): Family =>
  measured([`kubevirt_vmi_network_${name}_total`, 'counter', help], ({ interfaces }) =>
    interfaces.map((one) => [one[direction][field], { interface: one.id }]),
  );

type VcpuField = 'seconds' | 'waitSeconds' | 'delaySeconds';
const vcpu = (name: string, field: VcpuField, help: string): Family =>
  measured([`kubevirt_vmi_vcpu_${name}_total`, 'counter', help], ({ vcpus }) =>
    vcpus.map((one) => [
      one[field],
      { id: String(one.id), ...(field === 'seconds' && { state: one.state }) },
    ]),
  );

const filesystem = (name: string, field: 'totalBytes' | 'usedBytes', help: string): Family => ({
  name: `kubevirt_vmi_filesystem_${name}_bytes`,
  type: 'gauge',
  help,
  *samples({ nodeName, guests }) {
    for (const { instance, filesystems } of guests) {
      const values = filesystems.map(({ diskName, mountPoint, type, [field]: value }): Value => [
        value,
        { disk_name: diskName, mount_point: mountPoint, file_system_type: type },
      ]);
      yield* samplesOf(instance, nodeName, values);
    }
  },
});

/** Metrics of guests, from what hypervisors and guest agents tell. */
export const guestFamilies: readonly Family[] = [
  measured(
    [
      'kubevirt_vmi_cpu_usage_seconds_total',
      'counter',
      'CPU time of the whole machine, with the hypervisor.',
    ],
    ({ cpu }) => [[cpu.seconds]],
  ),
  measured(
    [
      'kubevirt_vmi_cpu_user_usage_seconds_total',
      'counter',
      'CPU time of the machine in user mode of the host.',
    ],
    ({ cpu }) => [[cpu.userSeconds]],
  ),
  measured(
    [
      'kubevirt_vmi_cpu_system_usage_seconds_total',
      'counter',
      'CPU time of the machine in the kernel of the host.',
    ],
    ({ cpu }) => [[cpu.systemSeconds]],
  ),
  vcpu('seconds', 'seconds', 'CPU time of a virtual CPU, with the state that it is in now.'),
  vcpu('wait_seconds', 'waitSeconds', 'How long a virtual CPU waited for I/O.'),
  vcpu('delay_seconds', 'delaySeconds', 'How long a virtual CPU waited for a CPU of the host.'),
  memory('resident_bytes', 'residentBytes', 'Memory of the hypervisor’s process that is in the host’s RAM.'),
  memory('available_bytes', 'availableBytes', 'Memory that the guest’s kernel can use at all.'),
  memory('unused_bytes', 'unusedBytes', 'Memory that the guest uses for nothing.'),
  memory('usable_bytes', 'usableBytes', 'Memory that the guest could use without swapping.'),
  memory('cached_bytes', 'cachedBytes', 'Memory in which the guest keeps what it read of disks.'),
  memory('actual_balloon_bytes', 'balloonBytes', 'Memory that the guest has after ballooning.'),
  memory('domain_bytes', 'maximumBytes', 'Memory that the machine is defined with.'),
  memory('swap_in_traffic_bytes', 'swappedInBytes', 'What the guest has swapped in since it booted.'),
  memory('swap_out_traffic_bytes', 'swappedOutBytes', 'What the guest has swapped out since it booted.'),
  memory('pgmajfault_total', 'majorFaults', 'Page faults of the guest that needed a disk.', 'counter'),
  memory('pgminfault_total', 'minorFaults', 'Page faults of the guest that needed none.', 'counter'),
  storage('iops_read', 'readRequests', 'Reads.'),
  storage('iops_write', 'writeRequests', 'Writes.'),
  storage('read_traffic_bytes', 'readBytes', 'Bytes read.'),
  storage('write_traffic_bytes', 'writtenBytes', 'Bytes written.'),
  storage('read_times_seconds', 'readSeconds', 'Time spent with reads.'),
  storage('write_times_seconds', 'writeSeconds', 'Time spent with writes.'),
  storage('flush_requests', 'flushRequests', 'Flushes.'),
  storage('flush_times_seconds', 'flushSeconds', 'Time spent with flushes.'),
  network('receive_bytes', 'received', 'bytes', 'Bytes that came in.'),
  network('transmit_bytes', 'sent', 'bytes', 'Bytes that went out.'),
  network('receive_packets', 'received', 'packets', 'Packets that came in.'),
  network('transmit_packets', 'sent', 'packets', 'Packets that went out.'),
  network('receive_errors', 'received', 'errors', 'Packets that came in broken.'),
  network('transmit_errors', 'sent', 'errors', 'Packets that could not go out.'),
  network('receive_packets_dropped', 'received', 'dropped', 'Packets that came in and were dropped.'),
  network('transmit_packets_dropped', 'sent', 'dropped', 'Packets that were to go out and were dropped.'),
  measured(
    ['kubevirt_vmi_network_traffic_bytes_total', 'counter', 'Deprecated: bytes by direction (rx, tx).'],
    ({ interfaces }) =>
      interfaces.flatMap(({ id, received, sent }): Value[] => [
        [received.bytes, { interface: id, type: 'rx' }],
        [sent.bytes, { interface: id, type: 'tx' }],
      ]),
  ),
  filesystem('capacity', 'totalBytes', 'Size of a file system of the guest.'),
  filesystem('used', 'usedBytes', 'What is used of a file system of the guest.'),
];
