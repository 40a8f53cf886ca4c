import { finalizers, type VirtualMachine } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';
import { machineDefaults, withFirmwareIdentity } from './machine.ts';
import { withSystemMetadata } from './metadata.ts';

export interface MachineDefaultsInput {
  readonly configuration: ClusterConfiguration;
  /** A new random UUID. */
  readonly uuid: () => string;
  /** A new machine gets its firmware identity; later it is never touched. */
  readonly creating: boolean;
}

/**
 * A virtual machine as it is stored (KubeVirt defaulting, VM mutation): only what must stay the same over restarts. The rest
 * of the template is completed on each instance.
 */
export function defaultVirtualMachine(
  machine: VirtualMachine,
  { configuration, uuid, creating }: MachineDefaultsInput,
): VirtualMachine {
  const { template } = machine.spec;
  const metadata = withSystemMetadata(machine.metadata, finalizers.machine);
  if (template.spec === undefined) return { ...machine, metadata };
  const identified = creating ? withFirmwareIdentity(template.spec, uuid, true) : template.spec;
  const spec = machineDefaults(identified, configuration);
  return { ...machine, metadata, spec: { ...machine.spec, template: { ...template, spec } } };
}
