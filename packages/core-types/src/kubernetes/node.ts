import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, builtInQuantity, int32, int64, mergedMap, mergedSet, time } from '../schema/scalars.ts';
import { ConditionSchema } from './condition.ts';
import { listOf, ObjectMetaSchema, typeMeta } from './meta.ts';

export const TaintSchema = apiObject('Keeps pods without a matching toleration away.', {
  key: z.string(),
  value: z.string().optional(),
  effect: z.string(),
  timeAdded: time().optional(),
});
export type Taint = z.output<typeof TaintSchema>;

export const NodeSpecSchema = apiObject('Addressing and admission of a node.', {
  podCIDR: z.string().optional(),
  podCIDRs: mergedSet(z.string()).optional(),
  providerID: z.string().optional(),
  taints: atomicList(TaintSchema).optional(),
  unschedulable: z.boolean().optional(),
});
export type NodeSpec = z.output<typeof NodeSpecSchema>;

/**
 * A condition of a node; its kubelet confirms it by `lastHeartbeatTime` also when nothing changes (Kubernetes API:
 * core/v1 NodeCondition).
 */
export const NodeConditionSchema = ConditionSchema.extend({
  lastHeartbeatTime: time().nullable().optional(),
});
export type NodeCondition = z.output<typeof NodeConditionSchema>;

export const NodeSystemInfoSchema = apiObject('Software and identity of a node.', {
  architecture: z.string(),
  bootID: z.string(),
  containerRuntimeVersion: z.string(),
  kernelVersion: z.string(),
  kubeProxyVersion: z.string(),
  kubeletVersion: z.string(),
  machineID: z.string(),
  operatingSystem: z.string(),
  osImage: z.string(),
  systemUUID: z.string(),
});
export type NodeSystemInfo = z.output<typeof NodeSystemInfoSchema>;

export const NodeStatusSchema = apiObject('What was observed of a node.', {
  phase: z.string().optional(),
  capacity: z.record(z.string(), builtInQuantity()).optional(),
  allocatable: z.record(z.string(), builtInQuantity()).optional(),
  conditions: mergedMap(NodeConditionSchema, ['type']).optional(),
  addresses: mergedMap(apiObject('An address of the node.', { type: z.string(), address: z.string() }), [
    'type',
  ]).optional(),
  daemonEndpoints: apiObject('Ports of the node agent.', {
    kubeletEndpoint: apiObject('Port of the kubelet.', { Port: int32() }).optional(),
  }).optional(),
  nodeInfo: NodeSystemInfoSchema.optional(),
  images: atomicList(
    apiObject('An image on the node.', {
      names: atomicList(z.string()).optional(),
      sizeBytes: int64().optional(),
    }),
  ).optional(),
  volumesInUse: atomicList(z.string()).optional(),
  volumesAttached: atomicList(
    apiObject('An attached volume.', { name: z.string(), devicePath: z.string() }),
  ).optional(),
});
export type NodeStatus = z.output<typeof NodeStatusSchema>;

export const NodeSchema = apiObject('A machine of the cluster.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: NodeSpecSchema.optional(),
  status: NodeStatusSchema.optional(),
});
export type Node = z.output<typeof NodeSchema>;

export const NodeListSchema = listOf(NodeSchema, 'A list of Node objects.');
export type NodeList = z.output<typeof NodeListSchema>;
