import type { Cpu, MachineSpec } from '@virtkit/hal';
import { cpuSet } from './cpu-set.ts';
import type { XmlElement } from './element.ts';

/** `<vcpu>`, and for machines that can grow which of its CPUs are there and which can be added or taken away. */
export function vcpuElements(cpu: Cpu): XmlElement {
  const perSocket = cpu.cores * cpu.threads;
  const present = cpu.sockets * perSocket;
  const count = Math.max(cpu.sockets, cpu.maxSockets ?? cpu.sockets) * perSocket;
  const vcpu = { '@placement': 'static', '#text': count };
  if (cpu.maxSockets === undefined) return { vcpu };
  return {
    vcpu,
    vcpus: {
      vcpu: Array.from({ length: count }, (_, id) => ({
        '@id': id,
        '@enabled': id < present ? 'yes' : 'no',
        '@hotpluggable': id < perSocket ? 'no' : 'yes',
      })),
    },
  };
}

/** `<iothreads>` and `<cputune>`: the threads of the machine and the host CPUs that they run on. */
export function threadElements({ cpu: { pinning }, ioThreads }: MachineSpec): XmlElement {
  const iothreads = ioThreads?.count;
  if (pinning === undefined) return { iothreads };
  const { vcpus, emulator, ioThreads: pins } = pinning;
  return {
    iothreads,
    cputune: {
      vcpupin: vcpus.map((hostCpus, vcpu) => ({ '@vcpu': vcpu, '@cpuset': cpuSet(hostCpus) })),
      emulatorpin: emulator && { '@cpuset': cpuSet(emulator) },
      iothreadpin: pins.map(({ ioThread, hostCpus }) => ({
        '@iothread': ioThread,
        '@cpuset': cpuSet(hostCpus),
      })),
    },
  };
}
