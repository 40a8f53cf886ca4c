import type { Cpu, NumaNode } from '@virtkit/hal';
import { cpuSet } from './cpu-set.ts';
import type { XmlElement } from './element.ts';
import type { VirtType } from './render.ts';

/**
 * Guest CPU. The host's model means nothing under emulation, where the fullest CPU that QEMU can emulate stands in for
 * it; without a wish the guest gets the host's model on hardware and QEMU's plain 64-bit CPU under emulation.
 */
export function cpuElement(cpu: Cpu, virtType: VirtType): XmlElement {
  const topology = {
    '@sockets': Math.max(cpu.sockets, cpu.maxSockets ?? cpu.sockets),
    '@dies': 1,
    '@cores': cpu.cores,
    '@threads': cpu.threads,
  };
  const rest: XmlElement = {
    topology,
    feature: cpu.features.map(({ name, policy }) => ({ '@policy': policy, '@name': name })),
    numa: cpu.numa && { cell: cpu.numa.map(cellElement) },
  };
  const mode = (name: string): XmlElement => ({ '@mode': name, ...rest });
  const custom = (model: string): XmlElement => ({
    '@mode': 'custom',
    '@match': 'exact',
    model: { '@fallback': 'forbid', '#text': model },
    ...rest,
  });
  const emulated = virtType === 'qemu';
  switch (cpu.model.kind) {
    case 'named':
      return custom(cpu.model.name);
    case 'default':
      return emulated ? custom('qemu64') : mode('host-model');
    case 'host-model':
      return mode(emulated ? 'maximum' : 'host-model');
    case 'host-passthrough':
      return mode(emulated ? 'maximum' : 'host-passthrough');
  }
}

function cellElement({ vcpus, memoryBytes, distances }: NumaNode, id: number): XmlElement {
  return {
    '@id': id,
    '@cpus': cpuSet(vcpus),
    '@memory': memoryBytes,
    '@unit': 'b',
    distances:
      distances.length === 0
        ? undefined
        : { sibling: distances.map(({ node, value }) => ({ '@id': node, '@value': value })) },
  };
}

/** `<numatune>`: the host nodes that the guest's nodes take their memory from. */
export function numaTuneElement(nodes: readonly NumaNode[] = []): XmlElement | undefined {
  const placed = nodes.flatMap(({ hostNode }, cell) => (hostNode === undefined ? [] : [{ hostNode, cell }]));
  if (placed.length === 0) return undefined;
  return {
    memory: { '@mode': 'strict', '@nodeset': cpuSet(placed.map(({ hostNode }) => hostNode)) },
    memnode: placed.map(({ hostNode, cell }) => ({
      '@cellid': cell,
      '@mode': 'strict',
      '@nodeset': hostNode,
    })),
  };
}
