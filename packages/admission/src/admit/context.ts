import type { JsonPatchOperation, VirtualMachineInstance } from '@virtkit/core-types';
import { clusterConfiguration, type ClusterConfiguration } from '../configuration/index.ts';
import { offlineLookups, type AdmissionLookups } from './lookups.ts';

/** What admission takes beside the request. */
export interface AdmissionContext {
  /** The configuration that is in force. */
  readonly configuration: ClusterConfiguration;
  readonly lookups: AdmissionLookups;
  /** A new random UUID. */
  uuid(): string;
  /** The present time, RFC 3339. */
  now(): string;
  /**
   * Marks an instance so that it moves away from its node (KubeVirt rule EVC-12), the only thing that admission ever writes.
   * Absent where nothing can be written: evictions that would move an instance are then put off without it.
   */
  markEvacuation?(
    this: void,
    instance: VirtualMachineInstance,
    patch: readonly JsonPatchOperation[],
    options: { readonly dryRun: boolean },
  ): Promise<void>;
}

/** A context for those who have no cluster. `uuid` and `now` are the caller's, as admission has neither chance nor clock. */
export function offlineContext(
  given: Pick<AdmissionContext, 'uuid' | 'now'> & Partial<AdmissionContext>,
): AdmissionContext {
  return { configuration: clusterConfiguration(), lookups: offlineLookups, ...given };
}
