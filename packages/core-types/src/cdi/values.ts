// Values that the CDI API gives a meaning to.

/** CDI: `contentType`: a disk image, or files in an archive. No others are admitted. */
export const contentTypes = ['kubevirt', 'archive'] as const;
export type ContentType = (typeof contentTypes)[number];

/** CDI: `status.phase` of a DataVolume. */
export const dataVolumePhases = [
  'Pending',
  'PVCBound',
  'ImportScheduled',
  'ImportInProgress',
  'CloneScheduled',
  'CloneInProgress',
  'SnapshotForSmartCloneInProgress',
  'CloneFromSnapshotSourceInProgress',
  'SmartClonePVCInProgress',
  'CSICloneInProgress',
  'ExpansionInProgress',
  'NamespaceTransferInProgress',
  'PrepClaimInProgress',
  'RebindInProgress',
  'UploadScheduled',
  'UploadReady',
  'WaitForFirstConsumer',
  'PendingPopulation',
  'Paused',
  'Succeeded',
  'Failed',
  'Unknown',
] as const;
export type DataVolumePhase = (typeof dataVolumePhases)[number];

/** CDI: ways to clone a claim. */
export const cloneStrategies = ['copy', 'snapshot', 'csi-clone'] as const;
export type CloneStrategy = (typeof cloneStrategies)[number];

/** CDI: what a DataImportCron keeps its images as. */
export const importSourceFormats = ['pvc', 'snapshot'] as const;
export type ImportSourceFormat = (typeof importSourceFormats)[number];

/** CDI: `spec.garbageCollect` of a DataImportCron; `Outdated` is what an absent one means. */
export const importGarbageCollections = ['Outdated', 'Never'] as const;
export type ImportGarbageCollection = (typeof importGarbageCollections)[number];

/** CDI: `spec.retentionPolicy` of a DataImportCron: what stays when it is deleted; `All` is what an absent one means. */
export const importRetentionPolicies = ['All', 'None'] as const;
export type ImportRetentionPolicy = (typeof importRetentionPolicies)[number];

/** CDI: `status.phase` of the CDI object. */
export const cdiPhases = ['Deploying', 'Deployed', 'Deleting', 'Deleted', 'Error', 'Upgrading'] as const;
export type CDIPhase = (typeof cdiPhases)[number];

/** CDI: `status.phase` of an ObjectTransfer. */
export const objectTransferPhases = ['Pending', 'Running', 'Complete', 'Error'] as const;
export type ObjectTransferPhase = (typeof objectTransferPhases)[number];
