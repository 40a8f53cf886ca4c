import {
  VirtualMachineCloneSchema,
  VirtualMachineCloneV1Alpha1Schema,
  type VirtualMachineClone,
} from '../clone/clone.ts';
import { text } from './columns.ts';
import type { ResourceDefinition } from './definition.ts';

/** KubeVirt API: clone.kubevirt.io/v1beta1, namespaced; has a status subresource. */
export const virtualMachineClones: ResourceDefinition<VirtualMachineClone> = {
  group: 'clone.kubevirt.io',
  version: 'v1beta1',
  additionalVersions: [{ name: 'v1alpha1', schema: VirtualMachineCloneV1Alpha1Schema }],
  kind: 'VirtualMachineClone',
  plural: 'virtualmachineclones',
  singular: 'virtualmachineclone',
  shortNames: ['vmclone', 'vmclones'],
  categories: ['all'],
  namespaced: true,
  schema: VirtualMachineCloneSchema,
  subresources: { status: true },
  printerColumns: [
    text('Phase', '.status.phase'),
    text('SourceVirtualMachine', '.spec.source.name'),
    text('TargetVirtualMachine', '.spec.target.name'),
  ],
};
