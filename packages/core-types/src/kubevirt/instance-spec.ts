// The desired state of one running virtual machine.
import * as z from 'zod';
import { PodDNSConfigSchema } from '../kubernetes/dns.ts';
import { ObjectMetaSchema } from '../kubernetes/meta.ts';
import {
  AffinitySchema,
  TolerationSchema,
  TopologySpreadConstraintSchema,
} from '../kubernetes/scheduling.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, int64, list, mapList, openEnum } from '../schema/scalars.ts';
import { AccessCredentialSchema } from './access-credentials.ts';
import { DomainSpecSchema } from './domain.ts';
import { NetworkSchema } from './networks.ts';
import { ProbeSchema } from './probes.ts';
import { evictionStrategies, startStrategies } from './values.ts';
import { UtilityVolumeSchema, VolumeSchema } from './volumes.ts';

export const VirtualMachineInstanceResourceClaimSchema = apiObject(
  'A dynamic resource claim of the instance.',
  {
    name: z.string(),
    resourceClaimName: z.string().optional(),
    resourceClaimTemplateName: z.string().optional(),
  },
);
export type VirtualMachineInstanceResourceClaim = z.output<typeof VirtualMachineInstanceResourceClaimSchema>;

export const VirtualMachineInstanceSpecSchema = apiObject(
  'Hardware, storage, networks and placement of one running virtual machine.',
  {
    accessCredentials: atomicList(AccessCredentialSchema).max(256).optional(),
    affinity: AffinitySchema.optional(),
    architecture: z.string().describe('CPU architecture of the guest, for example amd64.').optional(),
    dnsConfig: PodDNSConfigSchema.optional(),
    dnsPolicy: z.enum(['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']).optional(),
    domain: DomainSpecSchema,
    evictionStrategy: openEnum(evictionStrategies)
      .describe('What happens when the node is drained.')
      .optional(),
    hostname: z.string().describe('Host name of the guest; the name of the instance when absent.').optional(),
    livenessProbe: ProbeSchema.optional(),
    networks: list(NetworkSchema).max(256).describe('Networks that interfaces refer to by name.').optional(),
    nodeSelector: z.record(z.string(), z.string()).optional(),
    priorityClassName: z.string().optional(),
    readinessProbe: ProbeSchema.optional(),
    resourceClaims: mapList(VirtualMachineInstanceResourceClaimSchema, ['name']).optional(),
    schedulerName: z.string().optional(),
    serviceAccountName: z.string().optional(),
    startStrategy: openEnum(startStrategies)
      .describe('`Paused` defines the machine without letting the guest run.')
      .optional(),
    subdomain: z.string().optional(),
    terminationGracePeriodSeconds: int64()
      .describe('Seconds between the request to shut down and the forced stop.')
      .optional(),
    tolerations: list(TolerationSchema).optional(),
    topologySpreadConstraints: mapList(TopologySpreadConstraintSchema, [
      'topologyKey',
      'whenUnsatisfiable',
    ]).optional(),
    utilityVolumes: mapList(UtilityVolumeSchema, ['name']).max(256).optional(),
    volumes: list(VolumeSchema)
      .max(256)
      .describe('Storage that disks and file systems refer to by name.')
      .optional(),
  },
);
export type VirtualMachineInstanceSpec = z.output<typeof VirtualMachineInstanceSpecSchema>;

export const VirtualMachineInstanceTemplateSpecSchema = apiObject('The instance to create.', {
  metadata: ObjectMetaSchema.optional(),
  spec: VirtualMachineInstanceSpecSchema.optional(),
});
export type VirtualMachineInstanceTemplateSpec = z.output<typeof VirtualMachineInstanceTemplateSpecSchema>;
