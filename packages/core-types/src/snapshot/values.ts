// Values that the snapshot API gives a meaning to.

/** KubeVirt snapshots: `status.phase` of a VirtualMachineSnapshot; `Succeeded` and `Failed` are final. */
export const snapshotPhases = ['InProgress', 'Succeeded', 'Failed', 'Deleting', 'Unknown'] as const;
export type SnapshotPhase = (typeof snapshotPhases)[number];

/** KubeVirt snapshots: `spec.deletionPolicy`; `Delete` is what an absent one means. */
export const snapshotDeletionPolicies = ['Delete', 'Retain'] as const;
export type SnapshotDeletionPolicy = (typeof snapshotDeletionPolicies)[number];

/** KubeVirt snapshots: `status.indications`: what the machine was like when it was captured. */
export const snapshotIndications = [
  'Online',
  'NoGuestAgent',
  'GuestAgent',
  'QuiesceTimeout',
  'Paused',
  'PartialSnapshot',
] as const;
export type SnapshotIndication = (typeof snapshotIndications)[number];

/** KubeVirt snapshots: `spec.targetReadinessPolicy` of a restore: what is done while the target runs. No others are admitted. */
export const targetReadinessPolicies = [
  'StopTarget',
  'WaitGracePeriod',
  'FailImmediate',
  'WaitEventually',
] as const;
export type TargetReadinessPolicy = (typeof targetReadinessPolicies)[number];

/** KubeVirt snapshots: `spec.volumeRestorePolicy`: names of restored claims; `RandomizeNames` is what an absent one means. */
export const volumeRestorePolicies = ['RandomizeNames', 'InPlace', 'PrefixTargetName'] as const;
export type VolumeRestorePolicy = (typeof volumeRestorePolicies)[number];

/** KubeVirt snapshots: `spec.volumeOwnershipPolicy`: who owns restored claims; `Vm` is what an absent one means. */
export const volumeOwnershipPolicies = ['Vm', 'None'] as const;
export type VolumeOwnershipPolicy = (typeof volumeOwnershipPolicies)[number];
