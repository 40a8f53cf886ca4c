import {
  OpenstackVolumePopulatorSchema,
  OvirtVolumePopulatorSchema,
  type OpenstackVolumePopulator,
  type OvirtVolumePopulator,
} from '../forklift/populators.ts';
import type { ResourceDefinition } from './definition.ts';

const served = { group: 'forklift.cdi.kubevirt.io', version: 'v1beta1' } as const;

/** CDI API: forklift.cdi.kubevirt.io/v1beta1, namespaced; has a status subresource. */
export const ovirtVolumePopulators: ResourceDefinition<OvirtVolumePopulator> = {
  ...served,
  kind: 'OvirtVolumePopulator',
  plural: 'ovirtvolumepopulators',
  singular: 'ovirtvolumepopulator',
  shortNames: ['ovvp', 'ovvps'],
  namespaced: true,
  schema: OvirtVolumePopulatorSchema,
  subresources: { status: true },
};

/** CDI API: forklift.cdi.kubevirt.io/v1beta1, namespaced; has a status subresource. */
export const openstackVolumePopulators: ResourceDefinition<OpenstackVolumePopulator> = {
  ...served,
  kind: 'OpenstackVolumePopulator',
  plural: 'openstackvolumepopulators',
  singular: 'openstackvolumepopulator',
  shortNames: ['osvp', 'osvps'],
  namespaced: true,
  schema: OpenstackVolumePopulatorSchema,
  subresources: { status: true },
};
