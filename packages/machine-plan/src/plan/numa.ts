import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { CpuPinning, Memory, NumaNode } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { HostNode, MachineFacts } from '../facts.ts';
import { maxVcpuCount } from './cpu.ts';
import { inAnonymousFile } from './memory.ts';

/** The guest's NUMA nodes, and its memory as these want it. */
export interface NumaPlan {
  numa?: NumaNode[];
  memory: Memory;
}

/**
 * Nodes that mirror those of the host on which the guest's CPUs are pinned; one node for all where guest memory is in a
 * file or can grow, because hypervisors attach both to nodes; else none.
 * @throws PlanError `invalid` for a mirror without huge pages, or for memory that their size does not divide
 */
export function planNuma(
  instance: VirtualMachineInstance,
  memory: Memory,
  pinning: CpuPinning | undefined,
  facts: MachineFacts,
): NumaPlan {
  const { cpu } = instance.spec.domain;
  const mirrors = cpu?.numa?.guestMappingPassthrough !== undefined;
  if (mirrors) {
    const nodes = facts.hostNodes ?? [];
    const pageBytes = memory.backing?.hugePageBytes;
    if (pageBytes === undefined)
      throw new PlanError('invalid', "a guest that mirrors the host's NUMA nodes needs huge pages", {
        field: 'spec.domain.memory.hugepages',
      });
    if (nodes.length > 0 && pinning !== undefined)
      return mirror(memory, pageBytes, pinning, nodes, cpu.realtime !== undefined);
  }
  if (!mirrors && !inAnonymousFile(instance) && memory.maxBytes === undefined) return { memory };
  const vcpus = Array.from({ length: maxVcpuCount(instance.spec) }, (_, index) => index);
  return { memory, numa: [{ vcpus, memoryBytes: memory.sizeBytes, distances: [] }] };
}

function mirror(
  memory: Memory,
  pageBytes: number,
  pinning: CpuPinning,
  nodes: readonly HostNode[],
  realtime: boolean,
): NumaPlan {
  const nodeOf = new Map(nodes.flatMap(({ id, cores }) => cores.flat().map((cpu) => [cpu, id] as const)));
  const used = nodes.filter(({ id }) => pinning.vcpus.some(([hostCpu]) => nodeOf.get(hostCpu ?? -1) === id));
  const sizes = shares(memory.sizeBytes, pageBytes, used.length);
  const guestNode = new Map(used.map(({ id }, index) => [id, index]));
  const numa = used.map(({ id, distances }, index): NumaNode => ({
    vcpus: pinning.vcpus.flatMap(([hostCpu], vcpu) => (nodeOf.get(hostCpu ?? -1) === id ? [vcpu] : [])),
    memoryBytes: sizes[index]!,
    hostNode: id,
    distances: distances.flatMap(({ node, value }) => {
      const sibling = guestNode.get(node);
      return sibling === undefined ? [] : [{ node: sibling, value }];
    }),
  }));
  const backing = { anonymousFile: false, shared: false, ...memory.backing, hugePageBytes: pageBytes };
  return {
    numa,
    memory: { ...memory, backing: { ...backing, allocateAtStart: true, mergePages: !realtime } },
  };
}

/** Whole pages for each node, what does not divide one page each to the first. */
function shares(bytes: number, pageBytes: number, nodes: number): number[] {
  const pages = bytes / pageBytes;
  if (!Number.isInteger(pages) || pages < nodes)
    throw new PlanError('invalid', `guest memory must be whole pages of ${pageBytes} bytes, one a node`, {
      field: 'spec.domain.memory.guest',
    });
  const each = Math.floor(pages / nodes);
  return Array.from({ length: nodes }, (_, index) => (each + (index < pages % nodes ? 1 : 0)) * pageBytes);
}
