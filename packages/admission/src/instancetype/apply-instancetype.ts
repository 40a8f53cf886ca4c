import {
  Quantity,
  type CPU,
  type DomainSpec,
  type VirtualMachineInstanceSpec,
  type VirtualMachineInstancetypeSpec,
  type VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import { guestTopology } from './topology.ts';

/**
 * The spec with what the instance type sets (KubeVirt defaulting, instancetype application). That they set nothing twice is for
 * the caller to see to (ITC rules). The preference decides on the CPU topology only.
 */
export function applyInstancetype(
  spec: VirtualMachineInstanceSpec,
  instancetype: VirtualMachineInstancetypeSpec,
  preference: VirtualMachinePreferenceSpec | undefined,
): VirtualMachineInstanceSpec {
  const { nodeSelector, schedulerName } = instancetype;
  return {
    ...spec,
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(schedulerName === undefined || schedulerName === '' ? {} : { schedulerName }),
    domain: applyToDomain(spec.domain, instancetype, preference),
  };
}

function applyToDomain(
  domain: DomainSpec,
  instancetype: VirtualMachineInstancetypeSpec,
  preference: VirtualMachinePreferenceSpec | undefined,
): DomainSpec {
  const { gpus = [], hostDevices = [], ioThreads, ioThreadsPolicy, launchSecurity } = instancetype;
  const threads = ioThreads?.supplementalPoolThreadCount;
  const resources = applyOvercommit(domain.resources, instancetype.memory);
  return {
    ...domain,
    cpu: applyCpu(domain.cpu, instancetype.cpu, preference),
    memory: applyMemory(domain.memory, instancetype.memory),
    ...(resources === undefined ? {} : { resources }),
    ...(threads === undefined
      ? {}
      : { ioThreads: { ...domain.ioThreads, supplementalPoolThreadCount: threads } }),
    ...(ioThreadsPolicy === undefined ? {} : { ioThreadsPolicy }),
    ...(launchSecurity === undefined ? {} : { launchSecurity }),
    devices: {
      ...domain.devices,
      ...(gpus.length === 0 ? {} : { gpus }),
      ...(hostDevices.length === 0 ? {} : { hostDevices }),
    },
  };
}

function applyCpu(
  cpu: CPU | undefined,
  type: VirtualMachineInstancetypeSpec['cpu'],
  preference: VirtualMachinePreferenceSpec | undefined,
): CPU {
  const { dedicatedCPUPlacement, isolateEmulatorThread, maxSockets, model, numa, realtime } = type;
  return {
    ...cpu,
    ...guestTopology(type.guest, preference),
    ...(model === undefined ? {} : { model }),
    ...(dedicatedCPUPlacement === undefined ? {} : { dedicatedCpuPlacement: dedicatedCPUPlacement }),
    ...(isolateEmulatorThread === undefined ? {} : { isolateEmulatorThread }),
    ...(numa === undefined ? {} : { numa }),
    ...(realtime === undefined ? {} : { realtime }),
    ...(maxSockets === undefined ? {} : { maxSockets }),
  };
}

function applyMemory(
  memory: DomainSpec['memory'],
  { guest, hugepages, maxGuest }: VirtualMachineInstancetypeSpec['memory'],
): DomainSpec['memory'] {
  return {
    ...memory,
    guest,
    ...(hugepages === undefined ? {} : { hugepages }),
    ...(maxGuest === undefined ? {} : { maxGuest }),
  };
}

/** KubeVirt computes the request in single precision, and so do we: the numbers shall be the same. */
function applyOvercommit(
  resources: DomainSpec['resources'],
  { guest, overcommitPercent = 0 }: VirtualMachineInstancetypeSpec['memory'],
): DomainSpec['resources'] {
  if (overcommitPercent <= 0) return resources;
  const amount = Quantity.parse(guest);
  const share = Math.fround(1 - Math.fround(Math.fround(overcommitPercent) / 100));
  const bytes = Math.max(0, Math.trunc(Math.fround(Math.fround(Number(amount.toBytes())) * share)));
  const memory = Quantity.fromBytes(bytes, amount.format).toString();
  return { ...resources, requests: { ...resources?.requests, memory } };
}
