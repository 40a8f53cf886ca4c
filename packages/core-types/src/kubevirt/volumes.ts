// Volumes that back disks and file systems.
import * as z from 'zod';
import { ClaimVolumeSourceSchema } from '../kubernetes/persistent-volume-claim.ts';
import { DownwardAPIVolumeFileSchema, LocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { withRules } from '../schema/rules.ts';
import { atomicList, list, presence, quantity } from '../schema/scalars.ts';
import { DiskSchema } from './disks.ts';

export const CloudInitConfigDriveSourceSchema = apiObject('cloud-init data as a configuration drive.', {
  networkData: z.string().optional(),
  networkDataBase64: z.string().optional(),
  networkDataSecretRef: LocalObjectReferenceSchema.optional(),
  secretRef: LocalObjectReferenceSchema.optional(),
  userData: z.string().optional(),
  userDataBase64: z.string().optional(),
});
export type CloudInitConfigDriveSource = z.output<typeof CloudInitConfigDriveSourceSchema>;

export const CloudInitNoCloudSourceSchema = apiObject('cloud-init data as a NoCloud seed.', {
  networkData: z.string().optional(),
  networkDataBase64: z.string().optional(),
  networkDataSecretRef: LocalObjectReferenceSchema.optional(),
  secretRef: LocalObjectReferenceSchema.optional(),
  userData: z.string().optional(),
  userDataBase64: z.string().optional(),
});
export type CloudInitNoCloudSource = z.output<typeof CloudInitNoCloudSourceSchema>;

export const ConfigMapVolumeSourceSchema = apiObject('A ConfigMap as a read-only disk.', {
  name: z.string().optional(),
  optional: z.boolean().optional(),
  volumeLabel: z.string().optional(),
});
export type ConfigMapVolumeSource = z.output<typeof ConfigMapVolumeSourceSchema>;

export const ContainerDiskSourceSchema = apiObject(
  'A disk image inside a container image; writes are lost when the instance ends.',
  {
    image: z.string(),
    imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
    imagePullSecret: z.string().optional(),
    path: z.string().describe('Path of the disk image inside the container image.').optional(),
  },
);
export type ContainerDiskSource = z.output<typeof ContainerDiskSourceSchema>;

export const ContainerPathVolumeSourceSchema = apiObject(
  'A directory of the launcher container, read only.',
  {
    path: withRules(z.string().max(4096).startsWith('/'), [
      { cel: "!self.contains('..')", message: 'must not contain ..', holds: (path) => !path.includes('..') },
    ]),
    readOnly: z.literal(true).meta({ default: true }).optional(),
  },
);
export type ContainerPathVolumeSource = z.output<typeof ContainerPathVolumeSourceSchema>;

export const DataVolumeSourceSchema = apiObject('A DataVolume of the same namespace.', {
  name: z.string(),
  hotpluggable: z.boolean().optional(),
});
export type DataVolumeSource = z.output<typeof DataVolumeSourceSchema>;

export const DownwardAPIVolumeSourceSchema = apiObject('Fields of the instance as files.', {
  fields: list(DownwardAPIVolumeFileSchema).optional(),
  volumeLabel: z.string().optional(),
});
export type DownwardAPIVolumeSource = z.output<typeof DownwardAPIVolumeSourceSchema>;

export const EmptyDiskSourceSchema = apiObject('An empty disk that lives as long as the instance.', {
  capacity: quantity().describe('Size of the disk.'),
});
export type EmptyDiskSource = z.output<typeof EmptyDiskSourceSchema>;

export const EphemeralVolumeSourceSchema = apiObject(
  'A copy-on-write layer over a claim; the claim is not changed.',
  {
    persistentVolumeClaim: ClaimVolumeSourceSchema.optional(),
  },
);
export type EphemeralVolumeSource = z.output<typeof EphemeralVolumeSourceSchema>;

export const HostDiskSchema = apiObject('A disk image on the node.', {
  capacity: quantity().optional(),
  path: z.string(),
  shared: z.boolean().optional(),
  type: z.string(),
});
export type HostDisk = z.output<typeof HostDiskSchema>;

export const MemoryDumpVolumeSourceSchema = apiObject('The claim that a memory dump is written to.', {
  claimName: z.string(),
  hotpluggable: z.boolean().optional(),
  readOnly: z.boolean().optional(),
});
export type MemoryDumpVolumeSource = z.output<typeof MemoryDumpVolumeSourceSchema>;

export const PersistentVolumeClaimVolumeSourceSchema = apiObject('A claim of the same namespace.', {
  claimName: z.string(),
  hotpluggable: z.boolean().optional(),
  readOnly: z.boolean().optional(),
});
export type PersistentVolumeClaimVolumeSource = z.output<typeof PersistentVolumeClaimVolumeSourceSchema>;

export const SecretVolumeSourceSchema = apiObject('A Secret as a read-only disk.', {
  optional: z.boolean().optional(),
  secretName: z.string().optional(),
  volumeLabel: z.string().optional(),
});
export type SecretVolumeSource = z.output<typeof SecretVolumeSourceSchema>;

export const ServiceAccountVolumeSourceSchema = apiObject(
  'The token of a service account as a read-only disk.',
  {
    serviceAccountName: z.string().optional(),
  },
);
export type ServiceAccountVolumeSource = z.output<typeof ServiceAccountVolumeSourceSchema>;

export const SysprepSourceSchema = apiObject('Answer files for Windows set-up.', {
  configMap: LocalObjectReferenceSchema.optional(),
  secret: LocalObjectReferenceSchema.optional(),
});
export type SysprepSource = z.output<typeof SysprepSourceSchema>;

export const VolumeSchema = apiObject('A named source of storage; exactly one source is set.', {
  name: z.string(),
  cloudInitConfigDrive: CloudInitConfigDriveSourceSchema.optional(),
  cloudInitNoCloud: CloudInitNoCloudSourceSchema.optional(),
  configMap: ConfigMapVolumeSourceSchema.optional(),
  containerDisk: ContainerDiskSourceSchema.optional(),
  containerPath: ContainerPathVolumeSourceSchema.optional(),
  dataVolume: DataVolumeSourceSchema.optional(),
  downwardAPI: DownwardAPIVolumeSourceSchema.optional(),
  downwardMetrics: presence().optional(),
  emptyDisk: EmptyDiskSourceSchema.optional(),
  ephemeral: EphemeralVolumeSourceSchema.optional(),
  hostDisk: HostDiskSchema.optional(),
  memoryDump: MemoryDumpVolumeSourceSchema.optional(),
  persistentVolumeClaim: PersistentVolumeClaimVolumeSourceSchema.optional(),
  secret: SecretVolumeSourceSchema.optional(),
  serviceAccount: ServiceAccountVolumeSourceSchema.optional(),
  sysprep: SysprepSourceSchema.optional(),
});
export type Volume = z.output<typeof VolumeSchema>;

export const UtilityVolumeSchema = apiObject(
  'A claim mounted into the launcher but not shown to the guest.',
  {
    name: z.string(),
    claimName: z.string(),
    readOnly: z.boolean().optional(),
    type: z.string().optional(),
  },
);
export type UtilityVolume = z.output<typeof UtilityVolumeSchema>;

export const HotplugVolumeSourceSchema = apiObject('A volume to attach to a running instance.', {
  dataVolume: DataVolumeSourceSchema.optional(),
  persistentVolumeClaim: PersistentVolumeClaimVolumeSourceSchema.optional(),
});
export type HotplugVolumeSource = z.output<typeof HotplugVolumeSourceSchema>;

export const AddVolumeOptionsSchema = apiObject('Request to attach a volume.', {
  name: z.string(),
  disk: DiskSchema,
  dryRun: atomicList(z.string()).optional(),
  volumeSource: HotplugVolumeSourceSchema,
});
export type AddVolumeOptions = z.output<typeof AddVolumeOptionsSchema>;

export const RemoveVolumeOptionsSchema = apiObject('Request to detach a volume.', {
  name: z.string(),
  dryRun: atomicList(z.string()).optional(),
});
export type RemoveVolumeOptions = z.output<typeof RemoveVolumeOptionsSchema>;
