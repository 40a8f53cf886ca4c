import { VirtualMachineBackupSchema, type VirtualMachineBackup } from '../backup/backup.ts';
import { VirtualMachineBackupTrackerSchema, type VirtualMachineBackupTracker } from '../backup/tracker.ts';
import { source, text } from './columns.ts';
import type { ResourceDefinition } from './definition.ts';

const served = {
  group: 'backup.kubevirt.io',
  version: 'v1alpha1',
  categories: ['all'],
  namespaced: true,
  subresources: { status: true },
} as const;

/** KubeVirt API: backup.kubevirt.io/v1alpha1, namespaced; has a status subresource. */
export const virtualMachineBackups: ResourceDefinition<VirtualMachineBackup> = {
  ...served,
  kind: 'VirtualMachineBackup',
  plural: 'virtualmachinebackups',
  singular: 'virtualmachinebackup',
  shortNames: ['vmbackup', 'vmbackups'],
  schema: VirtualMachineBackupSchema,
  printerColumns: [...source, text('Type', '.status.type'), text('CheckpointName', '.status.checkpointName')],
};

/** KubeVirt API: backup.kubevirt.io/v1alpha1, namespaced; has a status subresource. */
export const virtualMachineBackupTrackers: ResourceDefinition<VirtualMachineBackupTracker> = {
  ...served,
  kind: 'VirtualMachineBackupTracker',
  plural: 'virtualmachinebackuptrackers',
  singular: 'virtualmachinebackuptracker',
  shortNames: ['vmbackuptracker', 'vmbackuptrackers'],
  schema: VirtualMachineBackupTrackerSchema,
  printerColumns: [
    ...source,
    text('LatestCheckpoint', '.status.latestCheckpoint.name'),
    { name: 'CheckpointTime', type: 'date', jsonPath: '.status.latestCheckpoint.creationTime' },
  ],
};
