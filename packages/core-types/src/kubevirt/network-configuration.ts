// Cluster-wide network settings.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { quantity } from '../schema/scalars.ts';

export const ResourceRequirementsWithoutClaimsSchema = apiObject('Requests and limits of a container.', {
  limits: z.record(z.string(), quantity()).optional(),
  requests: z.record(z.string(), quantity()).optional(),
});
export type ResourceRequirementsWithoutClaims = z.output<typeof ResourceRequirementsWithoutClaimsSchema>;

export const InterfaceBindingMigrationSchema = apiObject('How a binding takes part in migration.', {
  method: z.string().optional(),
});
export type InterfaceBindingMigration = z.output<typeof InterfaceBindingMigrationSchema>;

export const InterfaceBindingPluginSchema = apiObject('A network binding plug-in.', {
  computeResourceOverhead: ResourceRequirementsWithoutClaimsSchema.optional(),
  domainAttachmentType: z.string().optional(),
  downwardAPI: z.string().optional(),
  migration: InterfaceBindingMigrationSchema.optional(),
  networkAttachmentDefinition: z.string().optional(),
  sidecarImage: z.string().optional(),
});
export type InterfaceBindingPlugin = z.output<typeof InterfaceBindingPluginSchema>;

export const NetworkConfigurationSchema = apiObject('Cluster-wide network settings.', {
  binding: z.record(z.string(), InterfaceBindingPluginSchema).optional(),
  defaultNetworkInterface: z.string().optional(),
  permitBridgeInterfaceOnPodNetwork: z.boolean().optional(),
  permitSlirpInterface: z.boolean().optional(),
});
export type NetworkConfiguration = z.output<typeof NetworkConfigurationSchema>;
