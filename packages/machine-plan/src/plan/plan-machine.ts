import type { VirtualMachineInstance } from '@virtkit/core-types';
import { MachineSpecSchema, type MachineSpec, type MachineSpecInput } from '@virtkit/hal';
import type { PlanConfiguration } from '../configuration.ts';
import { PlanError } from '../errors.ts';
import type { MachineFacts } from '../facts.ts';
import { isForeign, planAcceleration, planArchitecture } from './architecture.ts';
import { planClock } from './clock.ts';
import { planPinning } from './cpu-placement.ts';
import { planCpu } from './cpu.ts';
import { planDevices } from './devices.ts';
import { planDisks } from './disks.ts';
import { planFeatures } from './features.ts';
import { planFirmware } from './firmware.ts';
import { planHostDevices } from './host-devices.ts';
import { planInterfaces } from './interfaces.ts';
import { planIoThreads } from './io-threads.ts';
import { planLaunchSecurity } from './launch-security.ts';
import { planMemory } from './memory.ts';
import { planNuma } from './numa.ts';
import { planPci } from './pci.ts';

/** KubeVirt: the grace period of a VMI that names none, in seconds. It is not written into the object. */
export const defaultGracePeriodSeconds = 30;

/** The name under which hypervisors know the machine of a VMI: `namespace_name`. */
export function machineName(vmi: VirtualMachineInstance): string {
  return `${vmi.metadata.namespace ?? 'default'}_${vmi.metadata.name ?? ''}`;
}

/**
 * The machine that a VMI asks for. Pure and deterministic: equal input gives a deeply equal spec, so that `define` of a
 * machine that exists already succeeds after any restart. Whether the platform around the machine carries a field out is
 * another question: `uncarried` answers it.
 *
 * @param vmi as admission left it: defaults are filled in, its UID is set.
 * @throws PlanError `unsupported`, `invalid`, `missing-fact`, `insufficient`; `field` names the place.
 */
export function planMachine(
  vmi: VirtualMachineInstance,
  facts: MachineFacts,
  configuration: PlanConfiguration,
): MachineSpec {
  const { spec, metadata } = vmi;
  if (metadata.uid === undefined || metadata.uid === '')
    throw new PlanError('invalid', 'the VMI has no UID', { field: 'metadata.uid' });
  const foreign = isForeign(spec, facts);
  return checked({
    version: 1,
    id: metadata.uid,
    name: machineName(vmi),
    labels: { namespace: metadata.namespace ?? 'default', name: metadata.name ?? '', uid: metadata.uid },
    architecture: planArchitecture(spec, facts, configuration),
    machineType: spec.domain.machine?.type ?? '',
    acceleration: planAcceleration(configuration, foreign),
    ...planProcessing(vmi, facts, foreign),
    firmware: planFirmware(vmi, facts, configuration),
    clock: planClock(vmi),
    features: planFeatures(spec),
    launchSecurity: planLaunchSecurity(vmi),
    interfaces: planInterfaces(vmi, facts, configuration),
    ...planPassthrough(vmi, facts, configuration),
    virtioTransitional: orAbsent(spec.domain.devices.useVirtioTransitional),
    diskHotplug: orAbsent(configuration.diskHotplug === true && spec.domain.devices.disableHotplug !== true),
    pci: planPci(vmi, configuration),
    ...planDevices(vmi, facts, configuration, foreign),
    onReboot: spec.domain.rebootPolicy === 'Terminate' ? 'terminate' : 'restart',
    startPaused: spec.startStrategy === 'Paused',
    gracePeriodSeconds: Math.max(0, spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds),
  });
}

/** CPUs, memory, disks and I/O threads, which share host CPUs and nodes. */
function planProcessing(
  vmi: VirtualMachineInstance,
  facts: MachineFacts,
  foreign: boolean,
): Pick<MachineSpecInput, 'cpu' | 'memory' | 'disks' | 'ioThreads'> {
  const threads = planIoThreads(vmi.spec);
  const pinning = planPinning(vmi, threads.ioThreads, facts);
  const { memory, numa } = planNuma(vmi, planMemory(vmi), pinning, facts);
  return {
    cpu: { ...planCpu(vmi.spec, foreign), pinning, numa },
    memory,
    disks: planDisks(vmi, threads, facts),
    ioThreads: threads.ioThreads,
  };
}

function planPassthrough(
  vmi: VirtualMachineInstance,
  facts: MachineFacts,
  { iommufd }: PlanConfiguration,
): Pick<MachineSpecInput, 'hostDevices' | 'hostDevicesByDescriptor'> {
  const hostDevices = planHostDevices(vmi, facts);
  return {
    hostDevices: hostDevices.length === 0 ? undefined : hostDevices,
    hostDevicesByDescriptor: orAbsent(iommufd),
  };
}

/** A switch that is only written down when it is on. */
const orAbsent = (on: boolean | undefined): true | undefined => (on === true ? true : undefined);

/** The HAL's own schema has the last word, so that a wrong plan fails here and not on a node's hypervisor. */
function checked(input: MachineSpecInput): MachineSpec {
  const result = MachineSpecSchema.safeParse(input);
  if (result.success) return withoutAbsent(result.data);
  const issue = result.error.issues[0]!;
  throw new PlanError('invalid', `${issue.path.join('.')}: ${issue.message}`, { cause: result.error });
}

/** What is absent is not there, as on the wire, so that plans compare equal to what became of them. */
function withoutAbsent(spec: MachineSpec): MachineSpec {
  return JSON.parse(JSON.stringify(spec)) as MachineSpec;
}
