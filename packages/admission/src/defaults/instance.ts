import {
  finalizers,
  type VirtualMachineInstance,
  type VirtualMachineInstanceStatus,
} from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';
import { defaultInstanceSpec } from './instance-spec.ts';
import { withFirmwareIdentity } from './machine.ts';
import { withSystemMetadata } from './metadata.ts';

/** User id that launchers run as (KubeVirt without the feature gate Root). */
const runtimeUser = 107;

export interface InstanceDefaultsInput {
  readonly configuration: ClusterConfiguration;
  /** A new random UUID. */
  readonly uuid: () => string;
  /** RFC 3339. */
  readonly now: string;
  /** Whether the creator may give a status: KubeVirt's components may, others' is dropped. */
  readonly trusted: boolean;
}

/** A new instance as it is stored (KubeVirt defaulting, VMI mutation). */
export function defaultInstance(
  instance: VirtualMachineInstance,
  { configuration, uuid, now, trusted }: InstanceDefaultsInput,
): VirtualMachineInstance {
  const spec = withFirmwareIdentity(defaultInstanceSpec(instance.spec, configuration), uuid, false);
  return {
    ...instance,
    metadata: withSystemMetadata(instance.metadata, finalizers.instance),
    spec,
    status: initialStatus(spec, (trusted ? instance.status : undefined) ?? {}, now),
  };
}

function initialStatus(
  { domain }: VirtualMachineInstance['spec'],
  given: VirtualMachineInstanceStatus,
  now: string,
): VirtualMachineInstanceStatus {
  const { cpu, memory } = domain;
  const phase = 'Pending';
  const { phaseTransitionTimestamps = [] } = given;
  const known = phaseTransitionTimestamps.some((entry) => entry.phase === phase);
  return {
    ...given,
    phase,
    phaseTransitionTimestamps: known
      ? phaseTransitionTimestamps
      : [...phaseTransitionTimestamps, { phase, phaseTransitionTimestamp: now }],
    currentCPUTopology: given.currentCPUTopology ?? {
      sockets: cpu?.sockets ?? 0,
      cores: cpu?.cores ?? 0,
      threads: cpu?.threads ?? 0,
    },
    ...(memory?.guest === undefined
      ? {}
      : {
          memory: {
            ...given.memory,
            guestAtBoot: memory.guest,
            guestCurrent: memory.guest,
            guestRequested: memory.guest,
          },
        }),
    runtimeUser,
  };
}
