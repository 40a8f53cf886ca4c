import {
  Quantity,
  type VirtualMachineInstance,
  type VirtualMachineInstanceStatus,
} from '@virtkit/core-types';
import type { GuestInfo, Observed } from '@virtkit/hal';
import { projectConditions } from './conditions.ts';
import { projectInterfaces } from './interfaces.ts';
import { instancePhase } from './phase.ts';

export interface StatusInput {
  instance: VirtualMachineInstance;
  /** The machine; undefined when the launcher has none (yet, or any more). */
  observed: Observed | undefined;
  /** The launcher or its machine is gone for good. */
  lost: boolean;
  guest: GuestInfo | undefined;
  podAddresses: Readonly<Record<string, readonly string[]>>;
  /** Why the last attempt to bring the machine about failed. */
  failure: string | undefined;
  /** RFC 3339. */
  now: string;
}

/**
 * The instance's status with every field that virt-handler writes brought up to date; fields of other authors are passed
 * through. Pure, and a fixed point: projecting the result again changes nothing but condition times.
 */
export function projectStatus(input: StatusInput): VirtualMachineInstanceStatus {
  const { instance, observed, guest, now } = input;
  const before: VirtualMachineInstanceStatus = instance.status ?? {};
  const phase = instancePhase({
    phase: before.phase ?? '',
    state: observed?.state,
    lost: input.lost,
    gracePeriodSeconds: instance.spec.terminationGracePeriodSeconds,
  });
  return {
    ...before,
    phase,
    phaseTransitionTimestamps: timestamps(before, phase, now),
    conditions: projectConditions(input),
    ...(observed === undefined ? {} : machineFields(instance, observed, guest, input.podAddresses)),
  };
}

/** One entry for each phase, at its first occurrence. */
function timestamps(
  { phaseTransitionTimestamps = [] }: VirtualMachineInstanceStatus,
  phase: string,
  now: string,
): NonNullable<VirtualMachineInstanceStatus['phaseTransitionTimestamps']> {
  if (phase === '' || phaseTransitionTimestamps.some((entry) => entry.phase === phase))
    return phaseTransitionTimestamps;
  return [...phaseTransitionTimestamps, { phase, phaseTransitionTimestamp: now }];
}

function machineFields(
  instance: VirtualMachineInstance,
  observed: Observed,
  guest: GuestInfo | undefined,
  podAddresses: StatusInput['podAddresses'],
): Partial<VirtualMachineInstanceStatus> {
  const before: VirtualMachineInstanceStatus = instance.status ?? {};
  const alive = observed.state.kind !== 'defined' && observed.state.kind !== 'stopped';
  if (!alive) return {};
  return {
    interfaces: projectInterfaces({ instance, observed, guest, podAddresses }),
    volumeStatus: volumeStatus(instance, observed),
    selinuxContext: before.selinuxContext ?? 'none',
    ...(observed.machineType === undefined ? {} : { machine: { type: observed.machineType } }),
    ...(observed.memory === undefined || before.memory === undefined
      ? {}
      : {
          memory: {
            ...before.memory,
            guestCurrent: Quantity.fromBytes(observed.memory.currentBytes).toString(),
          },
        }),
    ...guestFields(before, guest),
  };
}

/** Refreshed only when the name of the operating system changes (KubeVirt lifecycle, status fields). */
function guestFields(
  before: VirtualMachineInstanceStatus,
  guest: GuestInfo | undefined,
): Partial<VirtualMachineInstanceStatus> {
  if (guest?.os === undefined || before.guestOSInfo?.name === guest.os.name) return {};
  return { guestOSInfo: { ...guest.os } };
}

/** One entry for each volume, by name; entries of other authors keep their other fields. */
function volumeStatus(
  { spec, status }: VirtualMachineInstance,
  observed: Observed,
): NonNullable<VirtualMachineInstanceStatus['volumeStatus']> {
  const before = status?.volumeStatus ?? [];
  const targets = new Map(observed.disks.map(({ id, target }) => [id, target]));
  return (spec.volumes ?? [])
    .map(({ name }) => ({
      ...(before.find((entry) => entry.name === name) ?? { name }),
      target: targets.get(name) ?? '',
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
