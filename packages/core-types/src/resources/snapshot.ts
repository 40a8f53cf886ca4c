import {
  VirtualMachineSnapshotContentSchema,
  type VirtualMachineSnapshotContent,
} from '../snapshot/content.ts';
import {
  VirtualMachineRestoreSchema,
  VirtualMachineRestoreV1Alpha1Schema,
  type VirtualMachineRestore,
} from '../snapshot/restore.ts';
import { VirtualMachineSnapshotSchema, type VirtualMachineSnapshot } from '../snapshot/snapshot.ts';
import { source, text } from './columns.ts';
import type { PrinterColumn, ResourceDefinition } from './definition.ts';

const served = {
  group: 'snapshot.kubevirt.io',
  version: 'v1beta1',
  additionalVersions: [{ name: 'v1alpha1' }],
  categories: ['all'],
  namespaced: true,
  subresources: { status: true },
} as const;

const captured: readonly PrinterColumn[] = [
  { name: 'ReadyToUse', type: 'boolean', jsonPath: '.status.readyToUse' },
  { name: 'CreationTime', type: 'date', jsonPath: '.status.creationTime' },
  text('Error', '.status.error.message'),
];

/** KubeVirt API: snapshot.kubevirt.io/v1beta1, namespaced; has a status subresource. */
export const virtualMachineSnapshots: ResourceDefinition<VirtualMachineSnapshot> = {
  ...served,
  kind: 'VirtualMachineSnapshot',
  plural: 'virtualmachinesnapshots',
  singular: 'virtualmachinesnapshot',
  shortNames: ['vmsnapshot', 'vmsnapshots'],
  schema: VirtualMachineSnapshotSchema,
  printerColumns: [...source, text('Phase', '.status.phase'), ...captured],
};

/** KubeVirt API: snapshot.kubevirt.io/v1beta1, namespaced; has a status subresource. */
export const virtualMachineSnapshotContents: ResourceDefinition<VirtualMachineSnapshotContent> = {
  ...served,
  kind: 'VirtualMachineSnapshotContent',
  plural: 'virtualmachinesnapshotcontents',
  singular: 'virtualmachinesnapshotcontent',
  shortNames: ['vmsnapshotcontent', 'vmsnapshotcontents'],
  schema: VirtualMachineSnapshotContentSchema,
  printerColumns: captured,
};

/** KubeVirt API: snapshot.kubevirt.io/v1beta1, namespaced; has a status subresource. */
export const virtualMachineRestores: ResourceDefinition<VirtualMachineRestore> = {
  ...served,
  additionalVersions: [{ name: 'v1alpha1', schema: VirtualMachineRestoreV1Alpha1Schema }],
  kind: 'VirtualMachineRestore',
  plural: 'virtualmachinerestores',
  singular: 'virtualmachinerestore',
  shortNames: ['vmrestore', 'vmrestores'],
  schema: VirtualMachineRestoreSchema,
  printerColumns: [
    text('TargetKind', '.spec.target.kind'),
    text('TargetName', '.spec.target.name'),
    { name: 'Complete', type: 'boolean', jsonPath: '.status.complete' },
    { name: 'RestoreTime', type: 'date', jsonPath: '.status.restoreTime' },
  ],
};
