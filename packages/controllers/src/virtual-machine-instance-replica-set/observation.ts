import type { VirtualMachineInstance, VirtualMachineInstanceReplicaSet } from '@virtkit/core-types';
import type { Selection } from '../replicas/selection.ts';

/** Everything that a pass over a replica set knows; read from stores only. */
export interface ReplicaSetObservation {
  readonly replicaSet: VirtualMachineInstanceReplicaSet;
  /** Its selector; undefined when it is none, or does not select the template's instances. */
  readonly selection: Selection | undefined;
  /** The instances that it manages. */
  readonly owned: readonly VirtualMachineInstance[];
  /** Instances of its namespace that nobody manages. */
  readonly orphans: readonly VirtualMachineInstance[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}
