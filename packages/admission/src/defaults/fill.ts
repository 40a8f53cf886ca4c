import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';

/**
 * Fills in one field of a spec that is the caller's own copy. What is given stays as it is, so filling in twice changes nothing.
 * The functions that are exported from the package make the copy; their inputs are never changed.
 */
export type SpecFill = (spec: VirtualMachineInstanceSpec, configuration: ClusterConfiguration) => void;

/** A copy that may be filled in; inputs may be frozen. */
export function ownCopy<T>(object: T): T {
  return structuredClone(object);
}
