import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, intOrString, mergedMap, openEnum, mergedSet } from '../schema/scalars.ts';
import { ConditionSchema } from './condition.ts';
import { ObjectMetaSchema, typeMeta } from './meta.ts';
import { ObjectReferenceSchema } from './object-reference.ts';

export const ServicePortSchema = apiObject('A port of a service and where it leads.', {
  name: z.string().optional(),
  protocol: z.string().optional(),
  appProtocol: z.string().optional(),
  port: int32(),
  targetPort: intOrString().optional(),
  nodePort: int32().optional(),
});
export type ServicePort = z.output<typeof ServicePortSchema>;

export const ServiceSpecSchema = apiObject('Addresses, ports and members of a service.', {
  type: openEnum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']).optional(),
  selector: z.record(z.string(), z.string()).optional(),
  ports: mergedMap(ServicePortSchema, ['port', 'protocol']).optional(),
  clusterIP: z.string().optional(),
  clusterIPs: atomicList(z.string()).optional(),
  externalIPs: atomicList(z.string()).optional(),
  externalName: z.string().optional(),
  ipFamilies: atomicList(z.string()).optional(),
  ipFamilyPolicy: z.string().optional(),
  internalTrafficPolicy: z.string().optional(),
  externalTrafficPolicy: z.string().optional(),
  loadBalancerClass: z.string().optional(),
  loadBalancerIP: z.string().optional(),
  loadBalancerSourceRanges: atomicList(z.string()).optional(),
  allocateLoadBalancerNodePorts: z.boolean().optional(),
  healthCheckNodePort: int32().optional(),
  publishNotReadyAddresses: z.boolean().optional(),
  sessionAffinity: z.string().optional(),
  sessionAffinityConfig: apiObject('How long a client stays with a member.', {
    clientIP: apiObject('By client address.', { timeoutSeconds: int32().optional() }).optional(),
  }).optional(),
  trafficDistribution: z.string().optional(),
});
export type ServiceSpec = z.output<typeof ServiceSpecSchema>;

export const ServiceSchema = apiObject('A stable address for a set of pods.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: ServiceSpecSchema.optional(),
  status: apiObject('What was observed of the service.', {
    loadBalancer: apiObject('Addresses of the load balancer.', {
      ingress: atomicList(
        apiObject('An address.', {
          ip: z.string().optional(),
          hostname: z.string().optional(),
          ipMode: z.string().optional(),
        }),
      ).optional(),
    }).optional(),
    conditions: mergedMap(ConditionSchema, ['type']).optional(),
  }).optional(),
});
export type Service = z.output<typeof ServiceSchema>;

const endpointAddress = apiObject('One member.', {
  ip: z.string(),
  hostname: z.string().optional(),
  nodeName: z.string().optional(),
  targetRef: ObjectReferenceSchema.optional(),
});

export const EndpointsSchema = apiObject('Members of a service.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  subsets: atomicList(
    apiObject('Members with equal ports.', {
      addresses: atomicList(endpointAddress).optional(),
      notReadyAddresses: atomicList(endpointAddress).optional(),
      ports: atomicList(
        apiObject('A port.', {
          name: z.string().optional(),
          port: int32(),
          protocol: z.string().optional(),
          appProtocol: z.string().optional(),
        }),
      ).optional(),
    }),
  ).optional(),
});
export type Endpoints = z.output<typeof EndpointsSchema>;

export const EndpointSliceSchema = apiObject('Some of the members of a service.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  addressType: z.string(),
  endpoints: atomicList(
    apiObject('One member.', {
      addresses: mergedSet(z.string()),
      conditions: apiObject('State of the member.', {
        ready: z.boolean().optional(),
        serving: z.boolean().optional(),
        terminating: z.boolean().optional(),
      }).optional(),
      hostname: z.string().optional(),
      nodeName: z.string().optional(),
      zone: z.string().optional(),
      targetRef: ObjectReferenceSchema.optional(),
      deprecatedTopology: z.record(z.string(), z.string()).optional(),
    }),
  ).nullable(),
  ports: atomicList(
    apiObject('A port.', {
      name: z.string().optional(),
      port: int32().optional(),
      protocol: z.string().optional(),
      appProtocol: z.string().optional(),
    }),
  )
    .nullable()
    .optional(),
});
export type EndpointSlice = z.output<typeof EndpointSliceSchema>;
