import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';
import { ownCopy, type SpecFill } from './fill.ts';
import { fillArchitecture, fillMachineType } from './spec/architecture.ts';
import { fillCpuRequestFromCluster, fillCpuRequestFromLimit, fillCpuTopology } from './spec/cpu.ts';
import { fillMissingDisks } from './spec/disks.ts';
import { fillEvictionStrategy } from './spec/eviction.ts';
import { fillPullPolicies } from './spec/images.ts';
import { fillGuestMemory } from './spec/memory.ts';
import { fillNetwork } from './spec/network.ts';

/** In KubeVirt's order: later ones look at what earlier ones have filled in. */
const fills: readonly SpecFill[] = [
  fillArchitecture,
  fillMachineType,
  fillCpuRequestFromLimit,
  fillCpuRequestFromCluster,
  fillGuestMemory,
  fillCpuTopology,
  fillPullPolicies,
  fillEvictionStrategy,
  fillNetwork,
  fillMissingDisks,
];

/** The spec defaults (KubeVirt defaulting, rules D1), on the caller's own copy. */
export const fillSpec: SpecFill = (spec, configuration) => {
  for (const fill of fills) fill(spec, configuration);
};

/**
 * A spec with KubeVirt's spec defaults (rules D1): what an instance gets before the defaults of the API types, and what
 * a virtual machine's template is judged with. Pure, and a fixed point. A cluster may be unable to give it a network: ask
 * `networkRefusal` first.
 */
export function defaultInstanceSpec(
  spec: VirtualMachineInstanceSpec,
  configuration: ClusterConfiguration,
): VirtualMachineInstanceSpec {
  const complete = ownCopy(spec);
  fillSpec(complete, configuration);
  return complete;
}
