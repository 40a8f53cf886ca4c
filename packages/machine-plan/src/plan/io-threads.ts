import type { Disk, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { IoThreads } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import { vcpuCount } from './cpu.ts';
import { diskBusOf } from './disk-target.ts';
import { wholeUnits } from './quantities.ts';

/** The threads that serve disks, and which disk is served by which of them. */
export interface IoThreadPlan {
  ioThreads?: IoThreads;
  /** Numbers of threads, by disk name. */
  ofDisk: ReadonlyMap<string, number[]>;
}

/**
 * KubeVirt: threads are there when a policy is set or a disk wants one of its own; only virtio disks name theirs. All
 * share one, or (`auto`) there are as many as disks, up to twice the CPUs; a supplemental pool serves every disk together.
 * @throws PlanError `invalid` for an absurd number of threads
 */
export function planIoThreads(spec: VirtualMachineInstanceSpec): IoThreadPlan {
  const { ioThreadsPolicy: policy, ioThreads, devices, cpu } = spec.domain;
  const disks = devices.disks ?? [];
  const dedicated = disks.filter(isDedicated).length;
  if (!policy && dedicated === 0) return { ofDisk: new Map() };
  const onVirtio = disks.filter((disk) => diskBusOf(disk, spec) === 'virtio');
  if (policy === 'supplementalPool') {
    const count = poolSize(ioThreads?.supplementalPoolThreadCount);
    const pool = Array.from({ length: count }, (_, index) => index + 1);
    return { ioThreads: { count }, ofDisk: new Map(onVirtio.map(({ name }) => [name, pool])) };
  }
  const single =
    policy !== 'auto' || (cpu?.dedicatedCpuPlacement === true && cpu.isolateEmulatorThread === true);
  const limit = single ? 1 : 2 * cpus(spec);
  const others = disks.length - dedicated;
  const shared = others + dedicated > limit ? Math.max(1, limit - dedicated) : others;
  const { ofDisk, sharedDisks } = spread(onVirtio, shared);
  const wantsScsi = disks.some((disk) => isDedicated(disk) && diskBusOf(disk, spec) === 'scsi');
  return {
    ioThreads: {
      count: shared + dedicated,
      ...(wantsScsi &&
        shared > 0 && { scsi: { ioThread: (sharedDisks % shared) + 1, queues: vcpuCount(spec) } }),
    },
    ofDisk,
  };
}

/** More threads than this serve nobody. */
const mostThreads = 2 ** 10;

function poolSize(wanted = 1): number {
  if (wanted <= mostThreads) return Math.max(1, wanted);
  throw new PlanError('invalid', `a pool of ${wanted} threads is absurd`, {
    field: 'spec.domain.ioThreads.supplementalPoolThreadCount',
  });
}

const isDedicated = ({ dedicatedIOThread }: Disk): boolean => dedicatedIOThread === true;

function cpus({ domain: { resources = {} } }: VirtualMachineInstanceSpec): number {
  return wholeUnits(resources.requests?.['cpu'] ?? resources.limits?.['cpu'], 'spec.domain.resources') ?? 1;
}

/** Shared threads in turn, then one each for the disks that want their own. */
function spread(
  disks: readonly Disk[],
  shared: number,
): { ofDisk: Map<string, number[]>; sharedDisks: number } {
  const ofDisk = new Map<string, number[]>();
  let [sharedDisks, own] = [0, shared];
  for (const disk of disks)
    if (isDedicated(disk)) ofDisk.set(disk.name, [(own += 1)]);
    else if (shared > 0) ofDisk.set(disk.name, [(sharedDisks++ % shared) + 1]);
  return { ofDisk, sharedDisks };
}
