import {
  resources,
  VirtualMachineBackupSchema,
  VirtualMachineBackupTrackerSchema,
  VirtualMachineCloneSchema,
  VirtualMachineExportSchema,
  VirtualMachineSnapshotSchema,
} from '@virtkit/core-types';
import { defaultClone } from '../../defaults/index.ts';
import { denialOf } from '../../validation/denial.ts';
import {
  backupCreateFindings,
  backupTrackerCreateFindings,
  backupTrackerUpdateFindings,
  backupUpdateFindings,
  cloneFindings,
  exportFindings,
  snapshotFindings,
} from '../../validation/index.ts';
import {
  passed,
  readableStored,
  readObject,
  refusedMutation,
  replacing,
  resourceOf,
  unchanged,
  type KindAdmission,
} from '../kind.ts';
import { lookUp } from '../look-up.ts';
import { namespaceOf } from '../request.ts';

const writes = ['CREATE', 'UPDATE'] as const;
/** Length of the random part of a name. */
const suffixLength = 5;

/** Copies of machines. */
export const clones: KindAdmission = {
  resource: resourceOf(resources.virtualMachineClones),
  mutates: ['CREATE'],
  validates: writes,
  mutate({ object }, context) {
    const read = readObject(VirtualMachineCloneSchema, object, 'members');
    if (!read.ok) return refusedMutation(read.findings);
    const completed = defaultClone(read.value, () => context.uuid().slice(0, suffixLength));
    return completed === read.value ? unchanged : replacing(completed, ['spec']);
  },
  validate({ operation, object }, { configuration }) {
    const read = readObject(VirtualMachineCloneSchema, object);
    if (!read.ok) return denialOf(read.findings);
    return denialOf(cloneFindings({ clone: read.value, creating: operation === 'CREATE', configuration }));
  },
};

/** Snapshots of machines. */
export const snapshots: KindAdmission = {
  resource: resourceOf(resources.virtualMachineSnapshots),
  validates: writes,
  validate({ operation, object, oldObject }, { configuration }) {
    const read = readObject(VirtualMachineSnapshotSchema, object);
    if (!read.ok) return denialOf(read.findings);
    const before = readableStored(VirtualMachineSnapshotSchema, oldObject);
    return denialOf(snapshotFindings({ operation, snapshot: read.value, before, configuration }));
  },
};

/** Exports of volumes. */
export const exports: KindAdmission = {
  resource: resourceOf(resources.virtualMachineExports),
  validates: writes,
  validate({ object, oldObject }, { configuration }) {
    const read = readObject(VirtualMachineExportSchema, object);
    if (!read.ok) return denialOf(read.findings);
    const before = readableStored(VirtualMachineExportSchema, oldObject);
    return denialOf(exportFindings({ export: read.value, before, configuration }));
  },
};

/** Backups of machines. */
export const backups: KindAdmission = {
  resource: resourceOf(resources.virtualMachineBackups),
  validates: writes,
  async validate(request, { configuration, lookups }) {
    const read = readObject(VirtualMachineBackupSchema, request.object);
    if (!read.ok) return denialOf(read.findings);
    const before = readableStored(VirtualMachineBackupSchema, request.oldObject);
    if (before !== undefined) return denialOf(backupUpdateFindings(before, read.value));
    if (request.operation === 'UPDATE') return passed;
    const others = await lookUp(() => lookups.backups(namespaceOf(request)));
    return denialOf(backupCreateFindings({ backup: read.value, others, configuration }));
  },
};

/** Trackers of what backups copied. */
export const backupTrackers: KindAdmission = {
  resource: resourceOf(resources.virtualMachineBackupTrackers),
  validates: writes,
  validate({ operation, object, oldObject }, { configuration }) {
    const read = readObject(VirtualMachineBackupTrackerSchema, object);
    if (!read.ok) return denialOf(read.findings);
    const before = readableStored(VirtualMachineBackupTrackerSchema, oldObject);
    if (before !== undefined) return denialOf(backupTrackerUpdateFindings(before, read.value));
    return operation === 'UPDATE' ? passed : denialOf(backupTrackerCreateFindings(configuration));
  },
};
