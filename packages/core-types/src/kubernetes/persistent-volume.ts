// Pieces of storage, and the classes by which they are provided.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, builtInQuantity } from '../schema/scalars.ts';
import { ObjectMetaSchema, typeMeta } from './meta.ts';
import { ObjectReferenceSchema } from './object-reference.ts';
import { NodeSelectorSchema } from './scheduling.ts';

export const PersistentVolumeSpecSchema = apiObject('A piece of storage; the sources of drivers are kept.', {
  capacity: z.record(z.string(), builtInQuantity()).optional(),
  accessModes: atomicList(z.string()).optional(),
  claimRef: ObjectReferenceSchema.optional(),
  persistentVolumeReclaimPolicy: z.string().describe('Retain, Delete or Recycle.').optional(),
  storageClassName: z.string().optional(),
  volumeMode: z.enum(['Block', 'Filesystem']).optional(),
  mountOptions: atomicList(z.string()).optional(),
  nodeAffinity: apiObject('Nodes that reach the volume.', {
    required: NodeSelectorSchema.optional(),
  }).optional(),
  hostPath: apiObject('A path of a node.', { path: z.string(), type: z.string().optional() }).optional(),
  local: apiObject('Storage of one node.', { path: z.string(), fsType: z.string().optional() }).optional(),
});
export type PersistentVolumeSpec = z.output<typeof PersistentVolumeSpecSchema>;

export const PersistentVolumeSchema = apiObject('A piece of storage of the cluster.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: PersistentVolumeSpecSchema.optional(),
  status: apiObject('What was observed of the volume.', {
    phase: z.string().describe('Pending, Available, Bound, Released or Failed.').optional(),
    reason: z.string().optional(),
    message: z.string().optional(),
    lastPhaseTransitionTime: z.string().optional(),
  }).optional(),
});
export type PersistentVolume = z.output<typeof PersistentVolumeSchema>;

export const StorageClassSchema = apiObject('A way in which storage is provided.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  provisioner: z.string(),
  parameters: z.record(z.string(), z.string()).optional(),
  reclaimPolicy: z.string().describe('Retain or Delete.').optional(),
  volumeBindingMode: z.string().describe('Immediate or WaitForFirstConsumer.').optional(),
  allowVolumeExpansion: z.boolean().optional(),
  mountOptions: atomicList(z.string()).optional(),
});
export type StorageClass = z.output<typeof StorageClassSchema>;
