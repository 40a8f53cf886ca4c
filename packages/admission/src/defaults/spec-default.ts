import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';

/** Fills in one topic of an instance's spec. Pure; what is given is never changed, so applying it twice changes nothing. */
export type SpecDefault = (
  spec: VirtualMachineInstanceSpec,
  configuration: ClusterConfiguration,
) => VirtualMachineInstanceSpec;
