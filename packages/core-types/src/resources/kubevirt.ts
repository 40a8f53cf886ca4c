import { KubeVirtSchema, type KubeVirt } from '../kubevirt/kubevirt.ts';
import {
  VirtualMachineInstanceMigrationSchema,
  type VirtualMachineInstanceMigration,
} from '../kubevirt/migration.ts';
import { VirtualMachineInstancePresetSchema, type VirtualMachineInstancePreset } from '../kubevirt/preset.ts';
import {
  VirtualMachineInstanceReplicaSetSchema,
  type VirtualMachineInstanceReplicaSet,
} from '../kubevirt/replica-set.ts';
import {
  VirtualMachineInstanceSchema,
  type VirtualMachineInstance,
} from '../kubevirt/virtual-machine-instance.ts';
import { VirtualMachineSchema, type VirtualMachine } from '../kubevirt/virtual-machine.ts';
import { age, condition, replicas, text } from './columns.ts';
import { byReplicas, type ResourceDefinition } from './definition.ts';

const old = {
  name: 'v1alpha3',
  deprecated: true,
  deprecationWarning: 'kubevirt.io/v1alpha3 is deprecated: use kubevirt.io/v1',
} as const;

const served = {
  group: 'kubevirt.io',
  version: 'v1',
  additionalVersions: [old],
  namespaced: true,
  categories: ['all'],
} as const;

/** KubeVirt API: kubevirt.io/v1, namespaced; has a status subresource. */
export const virtualMachines: ResourceDefinition<VirtualMachine> = {
  ...served,
  kind: 'VirtualMachine',
  plural: 'virtualmachines',
  singular: 'virtualmachine',
  shortNames: ['vm', 'vms'],
  schema: VirtualMachineSchema,
  subresources: { status: true },
  printerColumns: [age, text('Status', '.status.printableStatus'), condition('Ready', 'Ready')],
};

/** Has no status subresource: its status is written through the object itself. */
export const virtualMachineInstances: ResourceDefinition<VirtualMachineInstance> = {
  ...served,
  kind: 'VirtualMachineInstance',
  plural: 'virtualmachineinstances',
  singular: 'virtualmachineinstance',
  shortNames: ['vmi', 'vmis'],
  schema: VirtualMachineInstanceSchema,
  printerColumns: [
    age,
    text('Phase', '.status.phase'),
    text('IP', '.status.interfaces[0].ipAddress'),
    text('NodeName', '.status.nodeName'),
    condition('Ready', 'Ready'),
    condition('Live-Migratable', 'LiveMigratable', 1),
    condition('Paused', 'Paused', 1),
  ],
};

/** KubeVirt API: kubevirt.io/v1, namespaced; has a status subresource. */
export const virtualMachineInstanceMigrations: ResourceDefinition<VirtualMachineInstanceMigration> = {
  ...served,
  kind: 'VirtualMachineInstanceMigration',
  plural: 'virtualmachineinstancemigrations',
  singular: 'virtualmachineinstancemigration',
  shortNames: ['vmim', 'vmims'],
  schema: VirtualMachineInstanceMigrationSchema,
  subresources: { status: true },
  printerColumns: [text('Phase', '.status.phase'), text('VMI', '.spec.vmiName')],
};

/** KubeVirt API: kubevirt.io/v1, namespaced; has status and scale subresources. */
export const virtualMachineInstanceReplicaSets: ResourceDefinition<VirtualMachineInstanceReplicaSet> = {
  ...served,
  kind: 'VirtualMachineInstanceReplicaSet',
  plural: 'virtualmachineinstancereplicasets',
  singular: 'virtualmachineinstancereplicaset',
  shortNames: ['vmirs', 'vmirss'],
  schema: VirtualMachineInstanceReplicaSetSchema,
  subresources: { status: true, scale: byReplicas },
  printerColumns: replicas,
};

/** KubeVirt API: kubevirt.io/v1, namespaced; has no status. Deprecated, and stored in the older version. */
export const virtualMachineInstancePresets: ResourceDefinition<VirtualMachineInstancePreset> = {
  ...served,
  deprecated: true,
  additionalVersions: [{ ...old, storage: true }],
  kind: 'VirtualMachineInstancePreset',
  plural: 'virtualmachineinstancepresets',
  singular: 'virtualmachineinstancepreset',
  shortNames: ['vmipreset', 'vmipresets'],
  schema: VirtualMachineInstancePresetSchema,
};

/**
 * KubeVirt API: kubevirt.io/v1, namespaced; has a status subresource. An installation has one, `kubevirt` in the
 * namespace `kubevirt`.
 */
export const kubeVirts: ResourceDefinition<KubeVirt> = {
  ...served,
  kind: 'KubeVirt',
  plural: 'kubevirts',
  singular: 'kubevirt',
  shortNames: ['kv', 'kvs'],
  schema: KubeVirtSchema,
  subresources: { status: true },
  printerColumns: [age, text('Phase', '.status.phase')],
};
