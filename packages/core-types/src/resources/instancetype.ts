import {
  VirtualMachineClusterInstancetypeSchema,
  VirtualMachineInstancetypeSchema,
  type VirtualMachineClusterInstancetype,
  type VirtualMachineInstancetype,
} from '../instancetype/instancetype.ts';
import {
  VirtualMachineClusterPreferenceSchema,
  VirtualMachinePreferenceSchema,
  type VirtualMachineClusterPreference,
  type VirtualMachinePreference,
} from '../instancetype/preference.ts';
import type { ResourceDefinition } from './definition.ts';

const served = { group: 'instancetype.kubevirt.io', version: 'v1beta1' } as const;

/** KubeVirt API: instancetype.kubevirt.io/v1beta1, namespaced; has no status. */
export const virtualMachineInstancetypes: ResourceDefinition<VirtualMachineInstancetype> = {
  ...served,
  kind: 'VirtualMachineInstancetype',
  plural: 'virtualmachineinstancetypes',
  singular: 'virtualmachineinstancetype',
  shortNames: ['vminstancetype', 'vminstancetypes', 'vmf', 'vmfs'],
  categories: ['all'],
  namespaced: true,
  schema: VirtualMachineInstancetypeSchema,
};

/** KubeVirt API: instancetype.kubevirt.io/v1beta1, of the whole cluster; has no status. */
export const virtualMachineClusterInstancetypes: ResourceDefinition<VirtualMachineClusterInstancetype> = {
  ...served,
  kind: 'VirtualMachineClusterInstancetype',
  plural: 'virtualmachineclusterinstancetypes',
  singular: 'virtualmachineclusterinstancetype',
  shortNames: ['vmclusterinstancetype', 'vmclusterinstancetypes', 'vmcf', 'vmcfs'],
  namespaced: false,
  schema: VirtualMachineClusterInstancetypeSchema,
};

/** KubeVirt API: instancetype.kubevirt.io/v1beta1, namespaced; has no status. */
export const virtualMachinePreferences: ResourceDefinition<VirtualMachinePreference> = {
  ...served,
  kind: 'VirtualMachinePreference',
  plural: 'virtualmachinepreferences',
  singular: 'virtualmachinepreference',
  shortNames: ['vmpref', 'vmprefs', 'vmp', 'vmps'],
  categories: ['all'],
  namespaced: true,
  schema: VirtualMachinePreferenceSchema,
};

/** KubeVirt API: instancetype.kubevirt.io/v1beta1, of the whole cluster; has no status. */
export const virtualMachineClusterPreferences: ResourceDefinition<VirtualMachineClusterPreference> = {
  ...served,
  kind: 'VirtualMachineClusterPreference',
  plural: 'virtualmachineclusterpreferences',
  singular: 'virtualmachineclusterpreference',
  shortNames: ['vmcp', 'vmcps'],
  namespaced: false,
  schema: VirtualMachineClusterPreferenceSchema,
};
