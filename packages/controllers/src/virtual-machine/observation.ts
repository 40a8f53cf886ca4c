import type { VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import type { ControllerRevision } from '../kinds.ts';

/** Everything that a pass over a VirtualMachine knows; read from stores only. */
export interface MachineObservation {
  readonly machine: VirtualMachine;
  /** The instance of the machine's name that it manages, or could adopt because nobody manages it. */
  readonly instance: VirtualMachineInstance | undefined;
  /** An instance has the machine's name but belongs to somebody else. */
  readonly nameTaken: boolean;
  /** The copies of the machine's spec made at its starts. */
  readonly startRevisions: readonly ControllerRevision[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}
