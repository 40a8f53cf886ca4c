import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, builtInQuantity, int32, int64 } from '../schema/scalars.ts';
import { ObjectMetaSchema } from './meta.ts';
import { ClaimVolumeSourceSchema, PersistentVolumeClaimSpecSchema } from './persistent-volume-claim.ts';
import { DownwardAPIVolumeFileSchema, LocalObjectReferenceSchema } from './references.ts';

export const KeyToPathSchema = apiObject('A key and the file that it becomes.', {
  key: z.string(),
  path: z.string(),
  mode: int32().optional(),
});
export type KeyToPath = z.output<typeof KeyToPathSchema>;

const keyedFiles = {
  items: atomicList(KeyToPathSchema).optional(),
  optional: z.boolean().optional(),
};

const downwardFiles = atomicList(DownwardAPIVolumeFileSchema);

export const ProjectedSourceSchema = apiObject('One source of a projected volume; one member is set.', {
  configMap: LocalObjectReferenceSchema.extend(keyedFiles).optional(),
  secret: LocalObjectReferenceSchema.extend(keyedFiles).optional(),
  downwardAPI: apiObject('Fields of the pod as files.', { items: downwardFiles.optional() }).optional(),
  serviceAccountToken: apiObject('A token of the service account.', {
    path: z.string(),
    audience: z.string().optional(),
    expirationSeconds: int64().optional(),
  }).optional(),
});
export type ProjectedSource = z.output<typeof ProjectedSourceSchema>;

export const PodVolumeSchema = apiObject('A named volume of a pod; exactly one source is set.', {
  name: z.string(),
  emptyDir: apiObject('An empty directory that lives as long as the pod.', {
    medium: z.string().optional(),
    sizeLimit: builtInQuantity().optional(),
  }).optional(),
  hostPath: apiObject('A path of the node.', { path: z.string(), type: z.string().optional() }).optional(),
  configMap: LocalObjectReferenceSchema.extend({ ...keyedFiles, defaultMode: int32().optional() }).optional(),
  secret: apiObject('A Secret as files.', {
    ...keyedFiles,
    secretName: z.string().optional(),
    defaultMode: int32().optional(),
  }).optional(),
  downwardAPI: apiObject('Fields of the pod as files.', {
    items: downwardFiles.optional(),
    defaultMode: int32().optional(),
  }).optional(),
  projected: apiObject('Several sources in one directory.', {
    sources: atomicList(ProjectedSourceSchema).optional(),
    defaultMode: int32().optional(),
  }).optional(),
  persistentVolumeClaim: ClaimVolumeSourceSchema.optional(),
  ephemeral: apiObject('A claim that is created and deleted with the pod.', {
    volumeClaimTemplate: apiObject('The claim.', {
      metadata: ObjectMetaSchema.optional(),
      spec: PersistentVolumeClaimSpecSchema,
    }).optional(),
  }).optional(),
  image: apiObject('The files of a container image, read only.', {
    reference: z.string().optional(),
    pullPolicy: z.string().optional(),
  }).optional(),
  csi: apiObject('An inline volume of a storage driver.', {
    driver: z.string(),
    fsType: z.string().optional(),
    readOnly: z.boolean().optional(),
    volumeAttributes: z.record(z.string(), z.string()).optional(),
    nodePublishSecretRef: LocalObjectReferenceSchema.optional(),
  }).optional(),
  nfs: apiObject('An NFS export.', {
    server: z.string(),
    path: z.string(),
    readOnly: z.boolean().optional(),
  }).optional(),
});
export type PodVolume = z.output<typeof PodVolumeSchema>;
