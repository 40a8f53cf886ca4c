import { VirtualMachinePoolSchema, type VirtualMachinePool } from '../pool/pool.ts';
import { replicas } from './columns.ts';
import { byReplicas, type ResourceDefinition } from './definition.ts';

/** KubeVirt API: pool.kubevirt.io/v1beta1, namespaced; has status and scale subresources. */
export const virtualMachinePools: ResourceDefinition<VirtualMachinePool> = {
  group: 'pool.kubevirt.io',
  version: 'v1beta1',
  additionalVersions: [{ name: 'v1alpha1' }],
  kind: 'VirtualMachinePool',
  plural: 'virtualmachinepools',
  singular: 'virtualmachinepool',
  shortNames: ['vmpool', 'vmpools'],
  categories: ['all'],
  namespaced: true,
  schema: VirtualMachinePoolSchema,
  subresources: { status: true, scale: byReplicas },
  printerColumns: replicas,
};
