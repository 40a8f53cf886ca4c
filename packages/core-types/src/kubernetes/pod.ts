import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, builtInQuantity, int32, int64, mergedMap, openEnum, time } from '../schema/scalars.ts';
import { ConditionSchema } from './condition.ts';
import {
  ContainerResourcesSchema,
  ContainerSchema,
  ContainerStatusSchema,
  ProfileSchema,
  SELinuxOptionsSchema,
} from './container.ts';
import { PodDNSConfigSchema } from './dns.ts';
import { listOf, ObjectMetaSchema, typeMeta } from './meta.ts';
import { PodVolumeSchema } from './pod-volumes.ts';
import { LocalObjectReferenceSchema } from './references.ts';
import { AffinitySchema, TolerationSchema, TopologySpreadConstraintSchema } from './scheduling.ts';

/**
 * Kubernetes API: `status.phase` of a Pod; `Succeeded` and `Failed` are final, `Unknown` is a node that cannot be
 * asked.
 */
export const podPhases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;
export type PodPhase = (typeof podPhases)[number];

export const PodSecurityContextSchema = apiObject('Privileges of all containers of a pod.', {
  fsGroup: int64().optional(),
  fsGroupChangePolicy: z.string().optional(),
  runAsGroup: int64().optional(),
  runAsNonRoot: z.boolean().optional(),
  runAsUser: int64().optional(),
  seLinuxChangePolicy: z.string().optional(),
  seLinuxOptions: SELinuxOptionsSchema.optional(),
  seccompProfile: ProfileSchema.optional(),
  appArmorProfile: ProfileSchema.optional(),
  supplementalGroups: atomicList(int64()).optional(),
  supplementalGroupsPolicy: z.string().optional(),
  sysctls: atomicList(apiObject('A kernel parameter.', { name: z.string(), value: z.string() })).optional(),
});
export type PodSecurityContext = z.output<typeof PodSecurityContextSchema>;

export const EphemeralContainerSchema = ContainerSchema.extend({
  targetContainerName: z.string().optional(),
}).describe('A container added to a running pod.');
export type EphemeralContainer = z.output<typeof EphemeralContainerSchema>;

export const PodSpecSchema = apiObject('Containers, volumes and placement of a pod.', {
  containers: mergedMap(ContainerSchema, ['name']),
  initContainers: mergedMap(ContainerSchema, ['name']).optional(),
  ephemeralContainers: mergedMap(EphemeralContainerSchema, ['name']).optional(),
  volumes: mergedMap(PodVolumeSchema, ['name']).optional(),
  restartPolicy: z.string().optional(),
  terminationGracePeriodSeconds: int64().optional(),
  activeDeadlineSeconds: int64().optional(),
  nodeName: z.string().describe('The node that runs the pod; set by the scheduler.').optional(),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  affinity: AffinitySchema.optional(),
  tolerations: atomicList(TolerationSchema).optional(),
  topologySpreadConstraints: mergedMap(TopologySpreadConstraintSchema, [
    'topologyKey',
    'whenUnsatisfiable',
  ]).optional(),
  schedulerName: z.string().optional(),
  schedulingGates: mergedMap(apiObject('A reason to hold the pod back.', { name: z.string() }), [
    'name',
  ]).optional(),
  priorityClassName: z.string().optional(),
  priority: int32().optional(),
  preemptionPolicy: z.string().optional(),
  runtimeClassName: z.string().optional(),
  overhead: z.record(z.string(), builtInQuantity()).optional(),
  resources: ContainerResourcesSchema.optional(),
  resourceClaims: mergedMap(
    apiObject('A dynamic resource claim.', {
      name: z.string(),
      resourceClaimName: z.string().optional(),
      resourceClaimTemplateName: z.string().optional(),
    }),
    ['name'],
  ).optional(),
  serviceAccountName: z.string().optional(),
  serviceAccount: z.string().optional(),
  automountServiceAccountToken: z.boolean().optional(),
  imagePullSecrets: mergedMap(LocalObjectReferenceSchema, ['name']).optional(),
  securityContext: PodSecurityContextSchema.optional(),
  hostNetwork: z.boolean().optional(),
  hostPID: z.boolean().optional(),
  hostIPC: z.boolean().optional(),
  hostUsers: z.boolean().optional(),
  shareProcessNamespace: z.boolean().optional(),
  hostname: z.string().optional(),
  subdomain: z.string().optional(),
  setHostnameAsFQDN: z.boolean().optional(),
  hostAliases: mergedMap(
    apiObject('Names of one address.', { ip: z.string(), hostnames: atomicList(z.string()).optional() }),
    ['ip'],
  ).optional(),
  dnsPolicy: z.string().optional(),
  dnsConfig: PodDNSConfigSchema.optional(),
  readinessGates: atomicList(
    apiObject('A condition that must hold for readiness.', { conditionType: z.string() }),
  ).optional(),
  enableServiceLinks: z.boolean().optional(),
  os: apiObject('The operating system of the containers.', { name: z.string() }).optional(),
});
export type PodSpec = z.output<typeof PodSpecSchema>;

/**
 * A condition of a Pod, with the generation of the spec that it was found for (Kubernetes API: core/v1 PodCondition).
 */
export const PodConditionSchema = ConditionSchema.extend({ observedGeneration: int64().optional() });
export type PodCondition = z.output<typeof PodConditionSchema>;

export const PodStatusSchema = apiObject('What was observed of a pod.', {
  phase: openEnum(podPhases).optional(),
  conditions: mergedMap(PodConditionSchema, ['type']).optional(),
  message: z.string().optional(),
  reason: z.string().optional(),
  nominatedNodeName: z.string().optional(),
  hostIP: z.string().optional(),
  hostIPs: atomicList(apiObject('An address of the node.', { ip: z.string() })).optional(),
  podIP: z.string().optional(),
  podIPs: mergedMap(apiObject('An address of the pod.', { ip: z.string() }), ['ip']).optional(),
  startTime: time().nullable().optional(),
  initContainerStatuses: atomicList(ContainerStatusSchema).optional(),
  containerStatuses: atomicList(ContainerStatusSchema).optional(),
  ephemeralContainerStatuses: atomicList(ContainerStatusSchema).optional(),
  qosClass: z.enum(['BestEffort', 'Burstable', 'Guaranteed']).optional(),
  resize: z.string().optional(),
  observedGeneration: int64().optional(),
  resourceClaimStatuses: mergedMap(
    apiObject('The claim made for a template.', {
      name: z.string(),
      resourceClaimName: z.string().optional(),
    }),
    ['name'],
  ).optional(),
});
export type PodStatus = z.output<typeof PodStatusSchema>;

export const PodSchema = apiObject('Containers that run together on one node.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: PodSpecSchema,
  status: PodStatusSchema.optional(),
});
export type Pod = z.output<typeof PodSchema>;

export const PodListSchema = listOf(PodSchema, 'A list of Pod objects.');
export type PodList = z.output<typeof PodListSchema>;

export const PodTemplateSpecSchema = apiObject('The pod to create.', {
  metadata: ObjectMetaSchema.optional(),
  spec: PodSpecSchema.optional(),
});
export type PodTemplateSpec = z.output<typeof PodTemplateSpecSchema>;
