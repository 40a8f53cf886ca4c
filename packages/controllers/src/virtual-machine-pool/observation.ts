import type {
  KubernetesObject,
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachinePool,
  VirtualMachinePoolSpec,
} from '@virtkit/core-types';
import type { Selection } from '../replicas/selection.ts';

/** A copy of a pool's spec (Kubernetes `apps/v1` ControllerRevision), which never changes. */
export interface PoolRevision extends KubernetesObject {
  readonly data?: Partial<VirtualMachinePoolSpec>;
  readonly revision: number;
}

/** A machine of a pool. */
export interface PoolMember {
  readonly machine: VirtualMachine;
  readonly instance: VirtualMachineInstance | undefined;
  /** The instance is on its way out, also where the store does not show that yet. */
  readonly stopping: boolean;
}

/** Everything that a pass over a pool knows; read from stores only. */
export interface PoolObservation {
  readonly pool: VirtualMachinePool;
  /** Its selector; undefined when it is none, or does not select the template's machines. */
  readonly selection: Selection | undefined;
  /** The machines that it manages. */
  readonly members: readonly PoolMember[];
  /** Names of all machines of its namespace. */
  readonly names: ReadonlySet<string>;
  /** The copies of its spec. */
  readonly revisions: readonly PoolRevision[];
  /** Numbers in [0, 1), for what goes in no order. */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
