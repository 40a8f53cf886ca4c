import type { ClusterConfiguration } from '@virtkit/admission';
import {
  annotations,
  Quantity,
  type ContainerResources,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { parseAmounts, printAmounts, type Amounts } from './amounts.ts';
import { memoryLimitRatio, needsCpuLimit } from './auto-limits.ts';
import { poolThreadsOf, vcpusOf } from './cpu-count.ts';
import { addNodeDevices, deviceFiles, resourceClaims } from './devices.ts';
import type { LauncherFacts } from './facts.ts';
import { memoryOverhead } from './memory-overhead.ts';

/** What the launcher container asks of its node, and how much of the memory is not the guest's. */
export interface PodResources {
  readonly resources: ContainerResources;
  readonly overheadBytes: bigint;
}

const ephemeralStorageOverhead = Quantity.parse('50M');

/**
 * Resources of the compute container (KubeVirt launcher pod, compute resources): calculated values, then the user's,
 * then the overhead on top. `hypervisor` decides which devices are needed.
 */
export function podResources(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  hypervisor: string,
  facts: LauncherFacts,
): PodResources {
  const given = instance.spec.domain.resources ?? {};
  // Devices are whole: Kubernetes wants the request to equal the limit.
  const devices = deviceFiles(instance, configuration, hypervisor);
  const requests: Amounts = { ...parseAmounts(given.requests), ...devices };
  const limits: Amounts = { ...parseAmounts(given.limits), ...devices };
  addEphemeralStorage(requests, limits);
  if (requests['memory'] === undefined || requests['memory'].isZero())
    requests['memory'] = defaultMemory(instance, configuration, limits['memory']);
  const overheadBytes = memoryOverhead(instance, requests['memory'], configuration);
  const overhead = Quantity.fromBytes(overheadBytes);
  if (instance.spec.domain.cpu?.dedicatedCpuPlacement === true) dedicate(instance, requests, limits);
  else shareCpus(instance, configuration, facts, requests, limits);
  if (instance.spec.domain.memory?.hugepages?.pageSize === undefined)
    addOverhead(instance, overhead, requests, limits);
  else moveToHugepages(instance, overhead, requests, limits);
  limitMemory(facts, requests, limits);
  addNodeDevices(instance, configuration, facts, requests, limits);
  const claims = resourceClaims(instance, configuration);
  const resources = { requests: printAmounts(requests), limits: printAmounts(limits) };
  return { resources: claims === undefined ? resources : { ...resources, claims }, overheadBytes };
}

function addEphemeralStorage(requests: Amounts, limits: Amounts): void {
  const key = 'ephemeral-storage';
  requests[key] = (requests[key] ?? Quantity.zero).add(ephemeralStorageOverhead);
  if (limits[key] !== undefined) limits[key] = limits[key].add(ephemeralStorageOverhead);
}

function defaultMemory(
  { spec }: VirtualMachineInstance,
  { values }: ClusterConfiguration,
  limit: Quantity | undefined,
): Quantity {
  if (limit !== undefined && !limit.isZero()) return limit;
  const { guest, hugepages } = spec.domain.memory ?? {};
  const size = guest ?? hugepages?.pageSize;
  if (size === undefined) return Quantity.zero;
  return Quantity.parse(size).mul(100, values.developerConfiguration.memoryOvercommit);
}

/** Pinned CPUs need whole ones, and the Guaranteed class. */
function dedicate(instance: VirtualMachineInstance, requests: Amounts, limits: Amounts): void {
  const { spec } = instance;
  const threads = poolThreadsOf(spec);
  const vcpus = vcpusOf(spec);
  const stated = (limits['cpu'] ?? requests['cpu'] ?? Quantity.zero).add(Quantity.parse(threads));
  const cpus = vcpus === 0 ? stated : Quantity.parse(vcpus + threads);
  requests['cpu'] = limits['cpu'] = cpus.add(Quantity.parse(emulatorCpus(instance, cpus)));
  limits['memory'] = requests['memory']!;
}

/** CPUs for the emulator thread: one, or two where the sum is to be even, so that no core is shared with another guest. */
function emulatorCpus({ spec, metadata }: VirtualMachineInstance, cpus: Quantity): number {
  if (spec.domain.cpu?.isolateEmulatorThread !== true) return 0;
  const even = metadata.annotations?.[annotations.emulatorThreadEvenParity] !== undefined;
  return even && cpus.toBytes() % 2n === 0n ? 2 : 1;
}

/** A share of the node's CPUs for each of the guest's, and a limit only where the namespace asks for one. */
function shareCpus(
  { spec }: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  facts: LauncherFacts,
  requests: Amounts,
  limits: Amounts,
): void {
  const total = BigInt(vcpusOf(spec) + poolThreadsOf(spec));
  const { cpuAllocationRatio } = configuration.values.developerConfiguration;
  requests['cpu'] ??= Quantity.fromMilli(1000n * total).mul(1, cpuAllocationRatio);
  if (limits['cpu'] === undefined && needsCpuLimit(facts, configuration))
    limits['cpu'] = Quantity.parse(total);
}

/** The guest's memory comes from huge pages; only what is left, and the overhead, is ordinary memory. */
function moveToHugepages(
  { spec }: VirtualMachineInstance,
  overhead: Quantity,
  requests: Amounts,
  limits: Amounts,
): void {
  const { guest: size, hugepages } = spec.domain.memory ?? {};
  const request = requests['memory']!;
  const guest = size === undefined ? request : Quantity.parse(size);
  const name = `hugepages-${hugepages?.pageSize ?? ''}`;
  requests[name] = limits[name] = request.compare(guest) < 0 ? request : guest;
  requests['memory'] = overhead.add(notNegative(request.sub(guest)));
  const limit = limits['memory'];
  if (limit !== undefined) limits['memory'] = overhead.add(notNegative(limit.sub(guest)));
}

function addOverhead(
  { spec }: VirtualMachineInstance,
  overhead: Quantity,
  requests: Amounts,
  limits: Amounts,
): void {
  if (spec.domain.resources?.overcommitGuestOverhead !== true)
    requests['memory'] = requests['memory']!.add(overhead);
  if (limits['memory'] !== undefined) limits['memory'] = limits['memory'].add(overhead);
}

function limitMemory(facts: LauncherFacts, requests: Amounts, limits: Amounts): void {
  const ratio = memoryLimitRatio(facts);
  if (ratio === undefined || limits['memory'] !== undefined) return;
  // A label's text may have any number of digits; three are enough for a limit.
  limits['memory'] = Quantity.fromBytes(requests['memory']!.mul(Math.round(ratio * 1000), 1000).toBytes());
}

function notNegative(quantity: Quantity): Quantity {
  return quantity.isNegative() ? Quantity.zero : quantity;
}
