import type { VirtualMachine, VirtualMachinePreferenceSpec } from '@virtkit/core-types';
import type { Architecture, ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { ownCopy } from '../fill.ts';
import { canonicalNtpServers } from '../ntp-servers.ts';
import { withPciTopology } from '../pcie.ts';
import { fillArchitecture, fillMachineType } from '../spec/architecture.ts';
import { fillFirmwareIdentity } from './firmware-identity.ts';
import { fillFromPreference } from './preference.ts';

/** What the defaults of a virtual machine need beside the machine. */
export interface MachineDefaultsInput {
  readonly configuration: ClusterConfiguration;
  /** A new random UUID. */
  readonly uuid: () => string;
  /** Only a new machine gets a firmware identity and a placement of its PCI devices. */
  readonly creating: boolean;
  /** The preference that the machine refers to; absent when it refers to none, or to one that could not be found. */
  readonly preference?: VirtualMachinePreferenceSpec | undefined;
  /** What `architectureOfDataSources` found. */
  readonly dataSourceArchitecture?: Architecture | undefined;
}

/**
 * A virtual machine as it is stored (KubeVirt defaulting, VM mutation): only what must stay the same over restarts. The rest
 * of the template is completed on each instance. Machines that are being deleted stay as they are. A fixed point. Matchers are
 * inferred before (see `instancetype`).
 */
export function defaultVirtualMachine(given: VirtualMachine, input: MachineDefaultsInput): VirtualMachine {
  if (given.metadata.deletionTimestamp !== undefined) return given;
  const { configuration, uuid, creating, preference, dataSourceArchitecture } = input;
  const machine = ownCopy(given);
  if (preference !== undefined) fillFromPreference(machine, preference);
  const { template } = machine.spec;
  const { spec } = template;
  if (spec === undefined) return machine;
  canonicalNtpServers(spec, configuration);
  if (creating) fillFirmwareIdentity(spec, uuid);
  if (dataSourceArchitecture !== undefined) spec.architecture ||= dataSourceArchitecture;
  fillArchitecture(spec, configuration);
  fillMachineType(spec, configuration);
  if (creating) {
    const annotations = withPciTopology(template.metadata?.annotations, spec);
    if (annotations !== undefined) template.metadata = { ...template.metadata, annotations };
  }
  return machine;
}
