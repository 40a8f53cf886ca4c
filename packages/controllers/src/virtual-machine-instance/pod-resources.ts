import { Quantity, type ContainerResources, type VirtualMachineInstance } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../cluster-configuration.ts';
import { vcpusOf } from './cpu-count.ts';
import { memoryOverhead } from './memory-overhead.ts';

/** What the launcher container asks of its node, and how much of the memory is not the guest's. */
export interface PodResources {
  readonly resources: ContainerResources;
  readonly overheadBytes: bigint;
}

const ephemeralStorageOverhead = Quantity.parse('50M');

type Amounts = Record<string, Quantity>;

/**
 * Resources of the compute container (KubeVirt launcher pod, compute resources): calculated values, then the user's,
 * then the overhead on top. `hypervisor` decides which devices are needed.
 */
export function podResources(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  hypervisor: string,
): PodResources {
  const given = instance.spec.domain.resources ?? {};
  // Devices are whole: Kubernetes wants the request to equal the limit.
  const devices = deviceFiles(instance, configuration, hypervisor);
  const requests: Amounts = {
    ...cpuRequest(instance, configuration),
    ...parseAll(given.requests),
    ...devices,
  };
  const limits: Amounts = { ...parseAll(given.limits), ...devices };
  if (requests['memory'] === undefined || requests['memory'].isZero()) {
    requests['memory'] = defaultMemory(instance, configuration, limits['memory']);
  }
  const overheadBytes = memoryOverhead(instance, requests['memory'], configuration);
  addEphemeralStorage(requests, limits);
  dedicate(instance, requests, limits);
  addOverhead(instance, Quantity.fromBytes(overheadBytes), requests, limits);
  for (const device of passedThrough(instance)) requests[device] = limits[device] = increment(limits[device]);
  return { resources: { requests: printAll(requests), limits: printAll(limits) }, overheadBytes };
}

function cpuRequest(instance: VirtualMachineInstance, { cpuAllocationRatio }: ClusterConfiguration): Amounts {
  return { cpu: Quantity.fromMilli(1000n * BigInt(vcpusOf(instance))).mul(1, cpuAllocationRatio) };
}

function defaultMemory(
  { spec }: VirtualMachineInstance,
  { memoryOvercommit }: ClusterConfiguration,
  limit: Quantity | undefined,
): Quantity {
  if (limit !== undefined) return limit;
  const { guest, hugepages } = spec.domain.memory ?? {};
  const size = guest ?? hugepages?.pageSize;
  return size === undefined ? Quantity.zero : Quantity.parse(size).mul(100, memoryOvercommit);
}

function addEphemeralStorage(requests: Amounts, limits: Amounts): void {
  const key = 'ephemeral-storage';
  requests[key] = (requests[key] ?? Quantity.zero).add(ephemeralStorageOverhead);
  if (limits[key] !== undefined) limits[key] = limits[key].add(ephemeralStorageOverhead);
}

/** Pinned CPUs need whole ones, and the Guaranteed class. */
function dedicate(instance: VirtualMachineInstance, requests: Amounts, limits: Amounts): void {
  const { cpu } = instance.spec.domain;
  if (cpu?.dedicatedCpuPlacement !== true) return;
  const cpus = vcpusOf(instance) + (cpu.isolateEmulatorThread === true ? 1 : 0);
  requests['cpu'] = limits['cpu'] = Quantity.parse(cpus);
  limits['memory'] = requests['memory']!;
}

function addOverhead(
  { spec }: VirtualMachineInstance,
  overhead: Quantity,
  requests: Amounts,
  limits: Amounts,
): void {
  const { memory, resources } = spec.domain;
  const request = requests['memory']!;
  const pageSize = memory?.hugepages?.pageSize;
  if (pageSize !== undefined) {
    const guest = memory?.guest === undefined ? request : Quantity.parse(memory.guest);
    const huge = request.compare(guest) < 0 ? request : guest;
    requests[`hugepages-${pageSize}`] = limits[`hugepages-${pageSize}`] = huge;
    requests['memory'] = overhead.add(notNegative(request.sub(guest)));
    if (limits['memory'] !== undefined)
      limits['memory'] = overhead.add(notNegative(limits['memory'].sub(guest)));
    return;
  }
  if (resources?.overcommitGuestOverhead !== true) requests['memory'] = request.add(overhead);
  if (limits['memory'] !== undefined) limits['memory'] = limits['memory'].add(overhead);
}

function notNegative(quantity: Quantity): Quantity {
  return quantity.isNegative() ? Quantity.zero : quantity;
}

/** Device files, one of each; a hypervisor that simulates needs none. */
function deviceFiles(
  { spec }: VirtualMachineInstance,
  { useEmulation }: ClusterConfiguration,
  hypervisor: string,
): Amounts {
  if (hypervisor !== 'kvm-qemu') return {};
  const one = Quantity.parse(1);
  const { interfaces = [], autoattachPodInterface, autoattachVSOCK } = spec.domain.devices;
  const virtio = interfaces.some(({ model }) => model === undefined || model === '' || model === 'virtio');
  return {
    ...(useEmulation ? {} : { 'devices.kubevirt.io/kvm': one }),
    ...(interfaces.length > 0 || autoattachPodInterface !== false ? { 'devices.kubevirt.io/tun': one } : {}),
    ...(!useEmulation && virtio ? { 'devices.kubevirt.io/vhost-net': one } : {}),
    ...(autoattachVSOCK === true ? { 'devices.kubevirt.io/vhost-vsock': one } : {}),
  };
}

function passedThrough({ spec }: VirtualMachineInstance): string[] {
  const { gpus = [], hostDevices = [] } = spec.domain.devices;
  return [...gpus, ...hostDevices].flatMap(({ deviceName }) =>
    deviceName === undefined ? [] : [deviceName],
  );
}

function increment(quantity: Quantity | undefined): Quantity {
  return (quantity ?? Quantity.zero).add(Quantity.parse(1));
}

function parseAll(amounts: Readonly<Record<string, string | number>> | undefined): Amounts {
  return Object.fromEntries(
    Object.entries(amounts ?? {}).map(([name, text]) => [name, Quantity.parse(text)]),
  );
}

function printAll(amounts: Amounts): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([name, quantity]) => [name, quantity.toString()]));
}
