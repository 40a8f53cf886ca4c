import { annotations as keys, type VirtualMachineInstance } from '@virtkit/core-types';
import type { CpuPinning, IoThreads } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { HostNode, MachineFacts } from '../facts.ts';
import { topologyOf, vcpuCount } from './cpu.ts';

const field = 'spec.domain.cpu.dedicatedCpuPlacement';

/** Free CPUs of one host core, and the node that it belongs to. */
interface Core {
  node: number;
  free: number[];
}

/**
 * Pins each virtual CPU of an instance with dedicated CPUs to a host CPU of its own, then I/O threads and the emulator.
 * Threads of a guest core share a host core where that is possible, else a node, else (unless the guest mirrors the host's
 * nodes) they cross nodes.
 * @throws PlanError `missing-fact`, or `insufficient` when the Pod's CPUs are too few or lie unfavourably
 */
export function planPinning(
  instance: VirtualMachineInstance,
  ioThreads: IoThreads | undefined,
  facts: MachineFacts,
): CpuPinning | undefined {
  const { cpu, ioThreadsPolicy } = instance.spec.domain;
  if (cpu?.dedicatedCpuPlacement !== true) return undefined;
  if (facts.hostCpus === undefined)
    throw new PlanError('missing-fact', "the Pod's CPUs were not looked up", { field });
  const pool = corePool(facts.hostCpus, facts.hostNodes ?? []);
  const { sockets, cores, threads } = topologyOf(instance.spec);
  const mirrors = cpu.numa?.guestMappingPassthrough !== undefined && (facts.hostNodes ?? []).length > 0;
  const vcpus = takeCores(pool, sockets * cores, threads, !mirrors);
  const isolated = cpu.isolateEmulatorThread === true;
  const supplemental = ioThreadsPolicy === 'supplementalPool' ? (ioThreads?.count ?? 0) : 0;
  const poolPins = Array.from({ length: supplemental }, () => [takeCpu(pool)]);
  const emulator = isolated
    ? Array.from({ length: emulatorCpus(instance, supplemental) }, () => takeCpu(pool)).sort(ascending)
    : undefined;
  const pins = supplemental > 0 ? poolPins : ioThreadPins(ioThreads?.count ?? 0, vcpus, emulator);
  return {
    vcpus: vcpus.map((hostCpu) => [hostCpu]),
    ...(emulator && { emulator }),
    ioThreads: pins.map((hostCpus, index) => ({ ioThread: index + 1, hostCpus })),
  };
}

const ascending = (a: number, b: number): number => a - b;

/** The Pod's CPUs by host core; CPUs that no node names are cores of their own. */
function corePool(hostCpus: readonly number[], nodes: readonly HostNode[]): Core[] {
  const mine = new Set(hostCpus);
  const pool: Core[] = [];
  for (const { id, cores } of nodes)
    for (const siblings of cores) {
      const free = siblings.filter((one) => mine.delete(one)).sort(ascending);
      if (free.length > 0) pool.push({ node: id, free });
    }
  return [...pool, ...[...mine].sort(ascending).map((one) => ({ node: 0, free: [one] }))];
}

function takeCores(pool: Core[], cores: number, threads: number, mayCross: boolean): number[] {
  const taken: number[] = [];
  const missing = (): number => cores - taken.length / threads;
  for (const core of pool)
    while (missing() > 0 && core.free.length >= threads) taken.push(...core.free.splice(0, threads));
  for (const node of new Set(pool.map((core) => core.node)))
    takeFragments(
      pool.filter((core) => core.node === node),
      threads,
      missing,
      taken,
    );
  if (mayCross) takeFragments(pool, threads, missing, taken);
  const left = missing();
  if (left <= 0) return taken;
  const free = pool.reduce((sum, core) => sum + core.free.length, 0);
  throw new PlanError(
    'insufficient',
    !mayCross && free >= left * threads
      ? `${left} cores would have to lie across NUMA nodes of the host`
      : `the Pod has too few CPUs of its own: ${left} cores found no place`,
    { field },
  );
}

/** Makes whole guest cores of what is left of host cores. */
function takeFragments(pool: Core[], threads: number, missing: () => number, taken: number[]): void {
  const free = (): number => pool.reduce((sum, core) => sum + core.free.length, 0);
  while (missing() > 0 && free() >= threads)
    for (let wanted = threads; wanted > 0; wanted -= 1) taken.push(takeCpu(pool));
}

function takeCpu(pool: Core[]): number {
  const taken = pool.find(({ free }) => free.length > 0)?.free.shift();
  if (taken !== undefined) return taken;
  throw new PlanError('insufficient', 'the Pod has too few CPUs of its own for its threads', { field });
}

/** One, or two where the node's CPUs are given out in pairs and the others come out even. */
function emulatorCpus({ metadata, spec }: VirtualMachineInstance, supplemental: number): number {
  const pairs = metadata.annotations?.[keys.emulatorThreadEvenParity] !== undefined;
  return pairs && (vcpuCount(spec) + supplemental) % 2 === 0 ? 2 : 1;
}

/** With an isolated emulator its CPUs; else each thread on CPUs of the guest, as evenly as they divide. */
function ioThreadPins(
  count: number,
  vcpus: readonly number[],
  emulator: readonly number[] | undefined,
): number[][] {
  if (count === 0) return [];
  if (emulator !== undefined) return [[...emulator]];
  if (count >= vcpus.length)
    return Array.from({ length: count }, (_, index) => [vcpus[(index + 1) % vcpus.length]!]);
  const each = Math.floor(vcpus.length / count);
  const longer = vcpus.length % count;
  let start = 0;
  return Array.from({ length: count }, (_, index) => {
    const size = each + (index < longer ? 1 : 0);
    const group = vcpus.slice(start, start + size);
    start += size;
    return [...group].sort(ascending);
  });
}
