import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';

/** A spec as it comes back from KubeVirt's mutation, which writes no empty list of utility volumes: one would be refused. */
export function withoutEmptyLists(spec: VirtualMachineInstanceSpec): VirtualMachineInstanceSpec {
  if (spec.utilityVolumes === undefined || spec.utilityVolumes.length > 0) return spec;
  const { utilityVolumes: _none, ...rest } = spec;
  return rest;
}
