import { annotations as keys, type VirtualMachineInstance } from '@virtkit/core-types';
import type { Memory, MemoryBacking } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import { architectureOf } from './architecture.ts';
import { wholeUnits } from './quantities.ts';

/**
 * Guest memory in bytes: what the guest is to see, else the request, else the limit.
 * @throws PlanError `invalid` when there is none
 */
export function guestMemory({ spec }: VirtualMachineInstance): number {
  const { memory, resources = {} } = spec.domain;
  const size = memory?.guest ?? resources.requests?.['memory'] ?? resources.limits?.['memory'];
  const bytes = wholeUnits(size, 'spec.domain.memory.guest');
  if (bytes !== undefined) return bytes;
  throw new PlanError('invalid', 'the amount of guest memory is not given', {
    field: 'spec.domain.memory.guest',
  });
}

/** Whether other processes map guest memory: those of virtiofs and passt do. */
function sharesMemory({ spec }: VirtualMachineInstance): boolean {
  const { filesystems = [], interfaces = [] } = spec.domain.devices;
  return (
    filesystems.length > 0 ||
    interfaces.some(({ passtBinding, state }) => passtBinding !== undefined && state !== 'absent')
  );
}

/** Whether guest memory is in an anonymous file (KubeVirt: not on s390x; an annotation switches it off for huge pages). */
export function inAnonymousFile(instance: VirtualMachineInstance): boolean {
  const { spec, metadata } = instance;
  if (architectureOf(spec) === 's390x') return false;
  const huge = spec.domain.memory?.hugepages !== undefined && metadata.annotations?.[keys.memfd] !== 'false';
  return huge || sharesMemory(instance);
}

/** Size, limit and backing, without what depends on the host's NUMA nodes. @throws PlanError `invalid` */
export function planMemory(instance: VirtualMachineInstance): Memory {
  const guest = guestMemory(instance);
  const max = wholeUnits(instance.spec.domain.memory?.maxGuest, 'spec.domain.memory.maxGuest');
  const backing = planBacking(instance);
  const atBoot = wholeUnits(instance.status?.memory?.guestAtBoot, 'status.memory.guestAtBoot');
  const grown = max !== undefined && atBoot !== undefined && guest > atBoot && max > atBoot;
  return {
    sizeBytes: grown ? atBoot : guest,
    ...(max !== undefined && max !== guest && { maxBytes: max }),
    ...(backing && { backing }),
    ...(grown && {
      added: {
        sizeBytes: max - atBoot,
        requestedBytes: guest - atBoot,
        blockBytes: blockBytes(instance),
        node: 0,
      },
    }),
  };
}

/** KubeVirt: memory is added in blocks of 2 MiB, or of a page where pages have 1 GiB. */
function blockBytes({ spec }: VirtualMachineInstance): number {
  return spec.domain.memory?.hugepages?.pageSize === '1Gi' ? 2 ** 30 : 2 ** 21;
}

function planBacking(instance: VirtualMachineInstance): MemoryBacking | undefined {
  const { hugepages } = instance.spec.domain.memory ?? {};
  const pageBytes = wholeUnits(
    hugepages?.pageSize || (hugepages && '2Mi'),
    'spec.domain.memory.hugepages.pageSize',
  );
  const anonymousFile = inAnonymousFile(instance);
  const shared = sharesMemory(instance);
  if (pageBytes === undefined && !anonymousFile && !shared) return undefined;
  return {
    ...(pageBytes !== undefined && { hugePageBytes: pageBytes }),
    anonymousFile,
    shared,
    allocateAtStart: false,
    mergePages: true,
  };
}
