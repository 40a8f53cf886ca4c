import type {
  VirtualMachineRestore,
  VirtualMachineSnapshot,
  VirtualMachineSnapshotContent,
} from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import type { Rule } from '../rule.ts';

/** What the webhook looks up for the target of a restore. */
export type RestoreTarget =
  /** A look-up failed, otherwise than by finding nothing. */
  | { readonly state: 'unknown'; readonly message: string }
  /** There is no such snapshot: nothing of the target is judged. */
  | { readonly state: 'no-snapshot' }
  | {
      readonly state: 'known';
      readonly snapshot: VirtualMachineSnapshot;
      /** UID of the target machine; undefined when there is none. */
      readonly uid: string | undefined;
      /** What the snapshot holds; undefined when there is none, or when it was not needed. */
      readonly content: VirtualMachineSnapshotContent | undefined;
    };

/** A restore that is created or changed. */
export interface RestoreWrite {
  readonly restore: VirtualMachineRestore;
  /** As stored; undefined when the restore is being created. */
  readonly before: VirtualMachineRestore | undefined;
  readonly target: RestoreTarget;
  /** The other restores of the namespace. */
  readonly others: readonly VirtualMachineRestore[];
  readonly configuration: ClusterConfiguration;
}

export type RestoreRule = Rule<RestoreWrite>;

/** Whether the target is another machine than the one that was captured, so that the content of the snapshot matters. */
export function isOtherMachine(snapshot: VirtualMachineSnapshot, uid: string | undefined): boolean {
  return uid === undefined || uid !== snapshot.status?.sourceUID;
}
