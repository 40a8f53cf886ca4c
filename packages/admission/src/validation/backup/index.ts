import {
  isConditionTrue,
  TypedLocalObjectReferenceSchema,
  VirtualMachineBackupSpecSchema,
  VirtualMachineBackupTrackerSpecSchema,
  type VirtualMachineBackup,
  type VirtualMachineBackupTracker,
} from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { invalid, refused, type Finding } from '../finding.ts';
import { applyRules, firstFindings, type Rule } from '../rule.ts';
import { semanticallyEqual } from '../semantic-equality.ts';

/** A backup that is created. */
export interface BackupCreation {
  readonly backup: VirtualMachineBackup;
  /** The backups of the namespace. */
  readonly others: readonly VirtualMachineBackup[];
  readonly configuration: ClusterConfiguration;
}

const gateRules: readonly Rule<{ readonly configuration: ClusterConfiguration }>[] = [
  {
    id: 'BKP-1',
    *check({ configuration }) {
      if (!configuration.gates.has('IncrementalBackup'))
        yield refused(400, 'the feature gate IncrementalBackup is off');
    },
  },
];

const createRules: readonly Rule<BackupCreation>[] = [
  {
    id: 'BKP-2',
    *check({ backup, others }) {
      if (others.some(({ metadata }) => metadata.name === backup.metadata.name))
        yield invalid('metadata.name', `there is a backup "${backup.metadata.name ?? ''}" already`);
    },
  },
  {
    id: 'BKP-3',
    *check({ backup, others }) {
      const running = others.find(
        (other) =>
          !isOver(other) &&
          semanticallyEqual(TypedLocalObjectReferenceSchema, other.spec.source, backup.spec.source),
      );
      if (running !== undefined)
        yield invalid('spec.source', `backup "${running.metadata.name ?? ''}" of it is still going on`);
    },
  },
];

/** Findings of a new backup. */
export function backupCreateFindings(creation: BackupCreation): readonly Finding[] {
  return firstFindings(
    () => applyRules(gateRules, creation),
    () => applyRules(createRules, creation),
  );
}

/** Findings of a new tracker of backups. */
export function backupTrackerCreateFindings(configuration: ClusterConfiguration): readonly Finding[] {
  return applyRules(gateRules, { configuration });
}

/** Findings of a change of a backup: the rule of its CustomResourceDefinition that looks at the stored object. */
export function backupUpdateFindings(
  before: VirtualMachineBackup,
  after: VirtualMachineBackup,
): readonly Finding[] {
  const same = semanticallyEqual(VirtualMachineBackupSpecSchema, before.spec, after.spec);
  return same ? [] : [{ rule: 'CRD-21', ...invalid('spec', 'the spec of a backup cannot be changed') }];
}

/** The same for a tracker. */
export function backupTrackerUpdateFindings(
  before: VirtualMachineBackupTracker,
  after: VirtualMachineBackupTracker,
): readonly Finding[] {
  const same = semanticallyEqual(VirtualMachineBackupTrackerSpecSchema, before.spec, after.spec);
  return same ? [] : [{ rule: 'CRD-22', ...invalid('spec', 'the spec of a tracker cannot be changed') }];
}

function isOver({ status }: VirtualMachineBackup): boolean {
  const { conditions } = status ?? {};
  return isConditionTrue(conditions, 'Complete') || isConditionTrue(conditions, 'Failed');
}
