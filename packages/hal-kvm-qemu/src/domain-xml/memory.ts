import type { AddedMemory, MachineSpec, MemoryBacking } from '@virtkit/hal';
import type { XmlElement } from './element.ts';

const bytes = (count: number): XmlElement => ({ '@unit': 'b', '#text': count });

/** Devices that memory can be added by: one that grows. libvirt 9 refuses a limit without slots. */
const memorySlots = 1;

/** `<memory>`, `<maxMemory>` and `<memoryBacking>`. */
export function memoryElements({ memory, cpu }: MachineSpec): XmlElement {
  return {
    maxMemory:
      memory.maxBytes === undefined ? undefined : { ...bytes(memory.maxBytes), '@slots': memorySlots },
    memory: bytes(memory.sizeBytes),
    memoryBacking: memory.backing && backingElement(memory.backing, cpu.numa),
  };
}

function backingElement(backing: MemoryBacking, numa: MachineSpec['cpu']['numa'] = []): XmlElement {
  const { hugePageBytes, anonymousFile, shared, allocateAtStart, mergePages } = backing;
  // Which size of pages the host takes when none is named is decided by what is mounted in the Pod.
  const page = numa.flatMap(({ hostNode }, cell) =>
    hostNode === undefined || hugePageBytes === undefined
      ? []
      : [{ '@size': hugePageBytes, '@unit': 'b', '@nodeset': cell }],
  );
  return {
    hugepages: hugePageBytes === undefined ? undefined : { page },
    nosharepages: mergePages ? undefined : {},
    source: anonymousFile ? { '@type': 'memfd' } : undefined,
    access: shared ? { '@mode': 'shared' } : undefined,
    allocation: allocateAtStart ? { '@mode': 'immediate' } : undefined,
  };
}

/** The device that memory of a running guest is added through. */
export function addedMemoryElement(added: AddedMemory | undefined): XmlElement | undefined {
  return (
    added && {
      '@model': 'virtio-mem',
      target: {
        size: bytes(added.sizeBytes),
        node: added.node,
        block: bytes(added.blockBytes),
        requested: bytes(added.requestedBytes),
      },
    }
  );
}
