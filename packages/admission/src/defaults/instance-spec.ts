import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';
import { cpuModelDefault, cpuRequestDefault, cpuTopologyDefault } from './cpu.ts';
import { evictionDefault, probesDefault, watchdogDefault } from './life.ts';
import { machineDefaults } from './machine.ts';
import { memoryDefault } from './memory.ts';
import { networkDefault } from './network.ts';
import type { SpecDefault } from './spec-default.ts';
import { diskTargetsDefault, missingDisksDefault, pullPolicyDefault } from './storage.ts';

/** In KubeVirt's order, where the order matters: requests before topology, missing disks before their targets. */
const defaults: readonly SpecDefault[] = [
  machineDefaults,
  cpuRequestDefault,
  memoryDefault,
  cpuTopologyDefault,
  pullPolicyDefault,
  evictionDefault,
  networkDefault,
  missingDisksDefault,
  diskTargetsDefault,
  watchdogDefault,
  probesDefault,
  cpuModelDefault,
];

/**
 * A complete instance spec. Pure and a fixed point. Firmware identities are random and therefore set elsewhere; headroom for
 * hotplug (`maxSockets`, `maxGuest`) is not set, because there is no hotplug.
 */
export function defaultInstanceSpec(
  spec: VirtualMachineInstanceSpec,
  configuration: ClusterConfiguration,
): VirtualMachineInstanceSpec {
  return defaults.reduce((complete, apply) => apply(complete, configuration), spec);
}
