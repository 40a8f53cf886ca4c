import type { VirtualMachineInstanceSpec, VirtualMachineInstanceStatus } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';

/** User id that launchers run as while the gate Root is off. */
const runtimeUser = 107;
const phase = 'Pending';

/**
 * The status of a new instance: Pending, with the memory and CPU topology that it is about to boot with. A status that was
 * given keeps its other members, and its topology.
 */
export function initialStatus(
  { domain }: VirtualMachineInstanceSpec,
  given: VirtualMachineInstanceStatus,
  { gates }: ClusterConfiguration,
  now: string,
): VirtualMachineInstanceStatus {
  const { cpu, memory } = domain;
  const { phaseTransitionTimestamps = [] } = given;
  const known = phaseTransitionTimestamps.some((entry) => entry.phase === phase);
  const guest = memory?.guest;
  return {
    ...given,
    ...(guest !== undefined && {
      memory: { guestAtBoot: guest, guestCurrent: guest, guestRequested: guest },
    }),
    currentCPUTopology: given.currentCPUTopology ?? {
      sockets: cpu?.sockets ?? 0,
      cores: cpu?.cores ?? 0,
      threads: cpu?.threads ?? 0,
    },
    ...(!gates.has('Root') && { runtimeUser }),
    phase,
    phaseTransitionTimestamps: known
      ? phaseTransitionTimestamps
      : [...phaseTransitionTimestamps, { phase, phaseTransitionTimestamp: now }],
  };
}
