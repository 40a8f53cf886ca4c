// VirtualMachine: a machine that outlives its runs.
import * as z from 'zod';
import { DataVolumeSpecSchema } from '../cdi/data-volume.ts';
import { ConditionSchema } from '../kubernetes/condition.ts';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, int64, list, openEnum, presence, time } from '../schema/scalars.ts';
import { VirtualMachineInstanceTemplateSpecSchema } from './instance-spec.ts';
import { ChangedBlockTrackingStatusSchema } from './instance-status.ts';
import {
  memoryDumpPhases,
  printableStatuses,
  runStrategies,
  stateChangeActions,
  updateVolumesStrategies,
} from './values.ts';
import { StorageMigratedVolumeInfoSchema } from './volume-status.ts';
import { AddVolumeOptionsSchema, RemoveVolumeOptionsSchema } from './volumes.ts';

export const DataVolumeTemplateSpecSchema = apiObject('A DataVolume created with and owned by the machine.', {
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: ObjectMetaSchema.optional(),
  spec: DataVolumeSpecSchema,
  status: presence().nullable().optional(),
});
export type DataVolumeTemplateSpec = z.output<typeof DataVolumeTemplateSpecSchema>;

export const InstancetypeMatcherSchema = apiObject('The instance type that sets CPU and memory.', {
  kind: z.string().optional(),
  name: z.string().optional(),
  inferFromVolume: z.string().optional(),
  inferFromVolumeFailurePolicy: z.string().optional(),
  revisionName: z.string().optional(),
});
export type InstancetypeMatcher = z.output<typeof InstancetypeMatcherSchema>;

export const PreferenceMatcherSchema = apiObject('The preference that fills in what is not set.', {
  kind: z.string().optional(),
  name: z.string().optional(),
  inferFromVolume: z.string().optional(),
  inferFromVolumeFailurePolicy: z.string().optional(),
  revisionName: z.string().optional(),
});
export type PreferenceMatcher = z.output<typeof PreferenceMatcherSchema>;

export const VirtualMachineSpecSchema = apiObject('When the machine runs, and as what.', {
  dataVolumeTemplates: list(DataVolumeTemplateSpecSchema)
    .describe('DataVolumes created with the machine.')
    .optional(),
  instancetype: InstancetypeMatcherSchema.optional(),
  preference: PreferenceMatcherSchema.optional(),
  runStrategy: openEnum(runStrategies).describe('When the machine runs.').optional(),
  running: z.boolean().describe('Deprecated: true is runStrategy Always, false is Halted.').optional(),
  template: VirtualMachineInstanceTemplateSpecSchema.describe('The instance that a start creates.'),
  updateVolumesStrategy: openEnum(updateVolumesStrategies)
    .describe('What a change of volumes does to a running instance.')
    .optional(),
});
export type VirtualMachineSpec = z.output<typeof VirtualMachineSpecSchema>;

export const ControllerRevisionRefSchema = apiObject('The ControllerRevision that keeps a copy.', {
  name: z.string().optional(),
});
export type ControllerRevisionRef = z.output<typeof ControllerRevisionRefSchema>;

export const InstancetypeStatusRefSchema = apiObject('The instance type or preference in force.', {
  kind: z.string().optional(),
  name: z.string().optional(),
  controllerRevisionRef: ControllerRevisionRefSchema.optional(),
  inferFromVolume: z.string().optional(),
  inferFromVolumeFailurePolicy: z.string().optional(),
});
export type InstancetypeStatusRef = z.output<typeof InstancetypeStatusRefSchema>;

export const VirtualMachineMemoryDumpRequestSchema = apiObject('A memory dump and its progress.', {
  claimName: z.string(),
  endTimestamp: time().optional(),
  fileName: z.string().optional(),
  message: z.string().optional(),
  phase: openEnum(memoryDumpPhases),
  remove: z.boolean().optional(),
  startTimestamp: time().optional(),
});
export type VirtualMachineMemoryDumpRequest = z.output<typeof VirtualMachineMemoryDumpRequestSchema>;

export const VirtualMachineStartFailureSchema = apiObject(
  'Failed starts in a row and when the next one is due.',
  {
    consecutiveFailCount: int32().optional(),
    lastFailedVMIUID: z.string().optional(),
    retryAfterTimestamp: time().optional(),
  },
);
export type VirtualMachineStartFailure = z.output<typeof VirtualMachineStartFailureSchema>;

export const VirtualMachineStateChangeRequestSchema = apiObject(
  'A start or stop that waits to be carried out.',
  {
    action: openEnum(stateChangeActions),
    data: z.record(z.string(), z.string()).optional(),
    uid: z.string().optional(),
  },
);
export type VirtualMachineStateChangeRequest = z.output<typeof VirtualMachineStateChangeRequestSchema>;

export const VirtualMachineVolumeRequestSchema = apiObject('A volume to attach or detach.', {
  addVolumeOptions: AddVolumeOptionsSchema.optional(),
  removeVolumeOptions: RemoveVolumeOptionsSchema.optional(),
});
export type VirtualMachineVolumeRequest = z.output<typeof VirtualMachineVolumeRequestSchema>;

export const VolumeSnapshotStatusSchema = apiObject('Whether a volume can be part of a snapshot.', {
  name: z.string(),
  enabled: z.boolean(),
  reason: z.string().optional(),
});
export type VolumeSnapshotStatus = z.output<typeof VolumeSnapshotStatusSchema>;

export const VolumeMigrationStateSchema = apiObject('Volumes that are being moved.', {
  migratedVolumes: atomicList(StorageMigratedVolumeInfoSchema).optional(),
});
export type VolumeMigrationState = z.output<typeof VolumeMigrationStateSchema>;

export const VolumeUpdateStateSchema = apiObject('State of a change of volumes.', {
  volumeMigrationState: VolumeMigrationStateSchema.optional(),
});
export type VolumeUpdateState = z.output<typeof VolumeUpdateStateSchema>;

export const VirtualMachineStatusSchema = apiObject('What was observed of the machine.', {
  changedBlockTracking: ChangedBlockTrackingStatusSchema.optional(),
  conditions: list(ConditionSchema).optional(),
  created: z.boolean().describe('An instance exists.').optional(),
  desiredGeneration: int64().optional(),
  instancetypeRef: InstancetypeStatusRefSchema.optional(),
  memoryDumpRequest: VirtualMachineMemoryDumpRequestSchema.optional(),
  observedGeneration: int64().optional(),
  preferenceRef: InstancetypeStatusRefSchema.optional(),
  printableStatus: openEnum(printableStatuses)
    .meta({ default: 'Stopped' })
    .describe('One word for people; programs read conditions.')
    .optional(),
  ready: z.boolean().describe('The instance is ready.').optional(),
  restoreInProgress: z.string().optional(),
  runStrategy: openEnum(runStrategies).optional(),
  snapshotInProgress: z.string().optional(),
  startFailure: VirtualMachineStartFailureSchema.optional(),
  stateChangeRequests: list(VirtualMachineStateChangeRequestSchema)
    .describe('Starts and stops that wait to be carried out, oldest first.')
    .optional(),
  volumeRequests: atomicList(VirtualMachineVolumeRequestSchema).optional(),
  volumeSnapshotStatuses: list(VolumeSnapshotStatusSchema).optional(),
  volumeUpdateState: VolumeUpdateStateSchema.optional(),
});
export type VirtualMachineStatus = z.output<typeof VirtualMachineStatusSchema>;

export const VirtualMachineSchema = apiObject('A virtual machine that can be started and stopped.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineSpecSchema,
  status: VirtualMachineStatusSchema.nullable().optional(),
});
export type VirtualMachine = z.output<typeof VirtualMachineSchema>;

export const VirtualMachineListSchema = listOf(VirtualMachineSchema, 'A list of VirtualMachine objects.');
export type VirtualMachineList = z.output<typeof VirtualMachineListSchema>;
