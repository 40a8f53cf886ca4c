import {
  Quantity,
  type VirtualMachineInstance,
  type VirtualMachineInstanceStatus,
} from '@virtkit/core-types';
import type { GuestInfo, Observed } from '@virtkit/hal';
import { projectConditions } from './conditions.ts';
import { projectInterfaces } from './interfaces.ts';
import { instancePhase, isFinalPhase } from './phase.ts';
import { noPluggedVolumes, type PluggedVolumes } from './plugged-volume.ts';
import { migrationMethod, projectVolumes } from './volumes.ts';

/** Everything that one status is made of: no clock is read and nothing is looked up. */
export interface StatusInput {
  /** As last read; its status is what the projection starts from. */
  instance: VirtualMachineInstance;
  /** The machine; undefined when the launcher has none (yet, or any more), or cannot be asked right now. */
  observed: Observed | undefined;
  /** The launcher or its machine is gone for good. */
  lost: boolean;
  /** What the guest agent last said. */
  guest: GuestInfo | undefined;
  /** Whether the guest's file systems are frozen; undefined while nobody knows. */
  frozen?: boolean | undefined;
  /** How the guest took its users' keys and passwords; undefined while it was told none. */
  credentials?: { synchronized: boolean; message?: string } | undefined;
  /** Addresses by which the world reaches the guest through its Pod, by interface name. */
  podAddresses: Readonly<Record<string, readonly string[]>>;
  /** What was seen of volumes that are plugged in; absent where there are none. */
  plugged?: PluggedVolumes;
  /** Why the last attempt to bring the machine to what the spec says failed. */
  failure: string | undefined;
  /** RFC 3339. */
  now: string;
}

/**
 * The VMI's status with every field of which virt-handler is the author brought up to date; all others are kept. Pure and a
 * fixed point: projecting the same sighting again changes nothing. A final VMI is never changed.
 */
export function projectStatus(input: StatusInput): VirtualMachineInstanceStatus {
  const { instance, observed, now } = input;
  const previous = instance.status ?? {};
  const before = previous.phase ?? '';
  if (isFinalPhase(before)) return previous;
  const phase = instancePhase({
    phase: before,
    state: observed?.state,
    lost: input.lost,
    gracePeriodSeconds: instance.spec.terminationGracePeriodSeconds,
    acpi: instance.spec.domain.features?.acpi?.enabled !== false,
  });
  return {
    ...previous,
    ...(phase !== '' && { phase }),
    ...transitions(previous, phase, now),
    conditions: projectConditions({
      spec: instance.spec,
      observed,
      guest: input.guest,
      credentials: input.credentials,
      failure: input.failure,
      previous: previous.conditions ?? [],
      now,
    }),
    migrationMethod: migrationMethod(instance.spec),
    ...(observed && isPresent(observed) && machineFields(input, observed, previous)),
    ...guestOs(previous, input.guest),
    ...freezeStatus(previous, input.frozen),
  };
}

/** Whether the machine has devices that can be seen: it runs, or at least its guest has not gone. */
function isPresent({ state }: Observed): boolean {
  return state.kind === 'running' || state.kind === 'paused' || state.kind === 'shutting-down';
}

function machineFields(
  { instance, guest, podAddresses, plugged = noPluggedVolumes, now }: StatusInput,
  observed: Observed,
  previous: VirtualMachineInstanceStatus,
): Partial<VirtualMachineInstanceStatus> {
  return {
    interfaces: projectInterfaces({
      spec: instance.spec,
      observed,
      guest: observed.guestAgent.connected ? guest : undefined,
      podAddresses,
      previous: previous.interfaces ?? [],
    }),
    volumeStatus: projectVolumes(instance, observed, { plugged, now }),
    // Launchers run without SELinux labels of their own.
    selinuxContext: previous.selinuxContext ?? 'none',
    ...(observed.machineType !== undefined && { machine: { type: observed.machineType } }),
    ...memory(observed, previous),
  };
}

/** The first entry into each phase counts; a phase that is entered again gets no new entry. */
function transitions(
  { phaseTransitionTimestamps = [] }: VirtualMachineInstanceStatus,
  phase: string,
  now: string,
): Partial<VirtualMachineInstanceStatus> {
  if (phase === '' || phaseTransitionTimestamps.some((entry) => entry.phase === phase)) return {};
  return {
    phaseTransitionTimestamps: [...phaseTransitionTimestamps, { phase, phaseTransitionTimestamp: now }],
  };
}

/** An amount that did not change stays as it was written. */
function memory(
  { memory: seen }: Observed,
  previous: VirtualMachineInstanceStatus,
): Partial<VirtualMachineInstanceStatus> {
  if (seen === undefined) return {};
  const current = Quantity.fromBytes(seen.currentBytes);
  const written = previous.memory?.guestCurrent;
  if (written !== undefined && Quantity.parse(written).equals(current)) return {};
  return { memory: { ...previous.memory, guestCurrent: current.toString() } };
}

/** KubeVirt: refreshed only when the name of the operating system changes. */
function guestOs(
  previous: VirtualMachineInstanceStatus,
  guest: GuestInfo | undefined,
): Partial<VirtualMachineInstanceStatus> {
  if (guest?.os === undefined || guest.os.name === previous.guestOSInfo?.name) return {};
  return { guestOSInfo: { ...guest.os } };
}

/** KubeVirt: `frozen`, or nothing of the kind; what is not known leaves it as it was. */
function freezeStatus(
  { fsFreezeStatus = '' }: VirtualMachineInstanceStatus,
  frozen: boolean | undefined,
): Partial<VirtualMachineInstanceStatus> {
  if (frozen === undefined || frozen === (fsFreezeStatus !== '')) return {};
  return { fsFreezeStatus: frozen ? 'frozen' : undefined };
}
