// Networks that interfaces connect to.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';

export const PodNetworkSchema = apiObject('The network of the pod.', {
  vmIPv6NetworkCIDR: z.string().optional(),
  vmNetworkCIDR: z.string().optional(),
});
export type PodNetwork = z.output<typeof PodNetworkSchema>;

export const MultusNetworkSchema = apiObject('A secondary network, by its NetworkAttachmentDefinition.', {
  default: z.boolean().optional(),
  networkName: z.string(),
});
export type MultusNetwork = z.output<typeof MultusNetworkSchema>;

export const ClaimRequestSchema = apiObject('A request of a resource claim.', {
  claimName: z.string().optional(),
  requestName: z.string().optional(),
});
export type ClaimRequest = z.output<typeof ClaimRequestSchema>;

export const NetworkSchema = apiObject('A named network; exactly one source is set.', {
  name: z.string(),
  multus: MultusNetworkSchema.optional(),
  pod: PodNetworkSchema.optional(),
  resourceClaim: ClaimRequestSchema.optional(),
});
export type Network = z.output<typeof NetworkSchema>;
