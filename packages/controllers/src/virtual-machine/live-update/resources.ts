import { memoryLiveUpdateFault } from '@virtkit/admission';
import {
  getCondition,
  isConditionFalse,
  isConditionTrue,
  Quantity,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import { failed, live, restart, type LiveUpdateFacts, type TopicVerdict } from './facts.ts';

/** The wanted spec with the sockets that the instance was started with. */
export function withoutSockets({ started, wanted }: LiveUpdateFacts): VirtualMachineInstanceSpec {
  if (wanted.domain.cpu === undefined) return wanted;
  const cpu = { ...wanted.domain.cpu, sockets: started.domain.cpu?.sockets };
  return { ...wanted, domain: { ...wanted.domain, cpu } };
}

/** Whether the sockets can be added now (KubeVirt rule RUNU-6). */
export function judgeCpu({ instance, wanted, migrating }: LiveUpdateFacts): TopicVerdict {
  const { cpu } = instance.spec.domain;
  if (wanted.domain.cpu === undefined || cpu === undefined) return live;
  const [has, wants] = [cpu.sockets ?? 0, wanted.domain.cpu.sockets ?? 0];
  if (has === wants) return live;
  if (instance.spec.architecture === 'arm64' || wants < has || wants > (cpu.maxSockets ?? 0)) return restart;
  if (isConditionTrue(instance.status?.conditions, 'HotVCPUChange'))
    return failed('HotPlugCPUError', 'virtual CPUs are being added already');
  if (migrating) return failed('HotPlugCPUError', 'virtual CPUs cannot be added while the instance migrates');
  return live;
}

/** The wanted spec with the memory that the instance was started with. */
export function withoutGuestMemory({ started, wanted }: LiveUpdateFacts): VirtualMachineInstanceSpec {
  if (wanted.domain.memory === undefined) return wanted;
  const memory = { ...wanted.domain.memory, guest: started.domain.memory?.guest };
  return { ...wanted, domain: { ...wanted.domain, memory } };
}

/** Whether memory can be added or taken now (KubeVirt rule RUNU-7). */
export function judgeMemory(facts: LiveUpdateFacts): TopicVerdict {
  const { instance, wanted, migrating } = facts;
  const { conditions } = instance.status ?? {};
  if (isConditionFalse(conditions, 'HotMemoryChange')) return restart;
  const [has, wants] = [instance.spec.domain.memory?.guest, wanted.domain.memory?.guest];
  if (has === undefined || wants === undefined || Quantity.parse(has).equals(Quantity.parse(wants)))
    return live;
  if (!isMemoryPluggable(facts)) return restart;
  if (getCondition(conditions, 'HotMemoryChange')?.status === 'True')
    return failed('HotPlugMemoryError', 'memory is being changed already');
  if (migrating) return failed('HotPlugMemoryError', 'memory cannot be changed while the instance migrates');
  return live;
}

function isMemoryPluggable({ instance, wanted }: LiveUpdateFacts): boolean {
  const { spec, status } = instance;
  const maximum = spec.domain.memory?.maxGuest;
  if (!isConditionTrue(status?.conditions, 'LiveMigratable') || maximum === undefined) return false;
  const guest = Quantity.parse(wanted.domain.memory?.guest ?? 0);
  const atBoot = Quantity.parse(status?.memory?.guestAtBoot ?? 0);
  const inRange = guest.compare(atBoot) >= 0 && guest.compare(Quantity.parse(maximum)) <= 0;
  // A template that leaves its architecture open runs as what its instance became.
  const candidate = { ...wanted, architecture: wanted.architecture ?? spec.architecture };
  return inRange && memoryLiveUpdateFault(candidate, maximum) === undefined;
}
