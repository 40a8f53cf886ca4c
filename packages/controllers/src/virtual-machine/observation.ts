import type { ClusterConfiguration, FoundReferences } from '@virtkit/admission';
import type { PersistentVolumeClaim, VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import type { ControllerRevision } from '../kinds.ts';

/** Everything that a pass over a VirtualMachine knows; read from stores only. */
export interface MachineObservation {
  readonly machine: VirtualMachine;
  /** The instance of the machine's name that it manages, or could adopt because nobody manages it. */
  readonly instance: VirtualMachineInstance | undefined;
  /** An instance has the machine's name but belongs to somebody else. */
  readonly nameTaken: boolean;
  /** The copies of the machine's spec made at its starts, newest first. */
  readonly startRevisions: readonly ControllerRevision[];
  /** What the machine refers to now. */
  readonly references: FoundReferences;
  /** What the machine referred to when its instance was started; undefined without an instance or a copy of that time. */
  readonly startedReferences: FoundReferences | undefined;
  readonly configuration: ClusterConfiguration;
  /** Claims of the template's volumes, as far as they exist. */
  readonly claims?: readonly PersistentVolumeClaim[];
  /** The claim that guest memory is dumped to, if one is asked for and exists. */
  readonly dumpClaim?: PersistentVolumeClaim | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
