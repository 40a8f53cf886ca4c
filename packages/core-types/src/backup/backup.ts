// VirtualMachineBackup: a copy of the data of a running machine.
import * as z from 'zod';
import { StandardConditionSchema } from '../kubernetes/condition.ts';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { TypedLocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { withRules } from '../schema/rules.ts';
import { atomicList, duration, mapList, openEnum } from '../schema/scalars.ts';
import { backupModes, backupTypes } from './values.ts';

export const BackupVolumeInfoSchema = apiObject('A volume of the backup and where to read it.', {
  dataEndpoint: z.string().optional(),
  mapEndpoint: z.string().optional(),
  volumeName: z.string(),
});
export type BackupVolumeInfo = z.output<typeof BackupVolumeInfoSchema>;

const sourceKinds: ReadonlyMap<string, string> = new Map([
  ['kubevirt.io', 'VirtualMachine'],
  ['backup.kubevirt.io', 'VirtualMachineBackupTracker'],
]);

const BackupSourceSchema = withRules(
  TypedLocalObjectReferenceSchema.describe('A machine, or a tracker of one for what changed since.'),
  [
    {
      cel: "has(self.apiGroup) && self.apiGroup != ''",
      message: 'needs an apiGroup',
      holds: ({ apiGroup }) => apiGroup !== undefined && apiGroup !== '',
    },
    {
      cel:
        "!has(self.apiGroup) || self.apiGroup == '' || " +
        "(self.apiGroup == 'kubevirt.io' && self.kind == 'VirtualMachine') || " +
        "(self.apiGroup == 'backup.kubevirt.io' && self.kind == 'VirtualMachineBackupTracker')",
      message:
        'is neither a VirtualMachine (kubevirt.io) nor a VirtualMachineBackupTracker (backup.kubevirt.io)',
      holds: ({ apiGroup = '', kind }) => apiGroup === '' || sourceKinds.get(apiGroup) === kind,
    },
    { cel: "self.name != ''", message: 'needs a name', holds: ({ name }) => name !== '' },
  ],
);

/** KubeVirt backups: what to copy, and to where; rules tie its members together. */
export const VirtualMachineBackupSpecSchema = withRules(
  apiObject('What to copy, and to where. It does not change.', {
    forceFullBackup: z.boolean().describe('Copy all data although a checkpoint exists.').optional(),
    mode: z.enum(backupModes).describe('Write to the claim, or let it be fetched from outside.').optional(),
    pvcName: z.string().describe('Claim for the copy.').optional(),
    skipQuiesce: z.boolean().describe('Do not ask the guest to hold its file systems still.').optional(),
    source: BackupSourceSchema,
    tokenSecretRef: z.string().describe('Secret with the token of those who fetch it.').optional(),
    ttlDuration: duration().describe('How long it can be fetched; 2h when absent.').optional(),
  }),
  [
    { cel: 'self == oldSelf', message: 'cannot be changed' },
    {
      cel: "has(self.pvcName) && self.pvcName != ''",
      message: 'needs a pvcName',
      holds: ({ pvcName }) => pvcName !== undefined && pvcName !== '',
    },
    {
      cel: "!has(self.mode) || self.mode != 'Pull' || (has(self.tokenSecretRef) && self.tokenSecretRef != '')",
      message: 'needs a tokenSecretRef in mode Pull',
      holds: ({ mode, tokenSecretRef = '' }) => mode !== 'Pull' || tokenSecretRef !== '',
    },
  ],
);
/** KubeVirt backups: what to copy, and to where. */
export type VirtualMachineBackupSpec = z.output<typeof VirtualMachineBackupSpecSchema>;

export const VirtualMachineBackupStatusSchema = apiObject('Progress of the backup, and where it is.', {
  checkpointName: z.string().optional(),
  conditions: mapList(StandardConditionSchema, ['type']).optional(),
  endpointCert: z.string().describe('Certificate of the authority behind the addresses, PEM.').optional(),
  exportUID: z.string().optional(),
  includedVolumes: atomicList(BackupVolumeInfoSchema).optional(),
  type: openEnum(backupTypes).optional(),
});
export type VirtualMachineBackupStatus = z.output<typeof VirtualMachineBackupStatusSchema>;

export const VirtualMachineBackupSchema = apiObject('Copies the data of a running machine.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineBackupSpecSchema,
  status: VirtualMachineBackupStatusSchema.nullable().optional(),
});
export type VirtualMachineBackup = z.output<typeof VirtualMachineBackupSchema>;

export const VirtualMachineBackupListSchema = listOf(
  VirtualMachineBackupSchema,
  'A list of VirtualMachineBackup objects.',
);
export type VirtualMachineBackupList = z.output<typeof VirtualMachineBackupListSchema>;
