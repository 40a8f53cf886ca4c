import {
  labels,
  VirtualMachineInstanceMigrationSpecSchema,
  type VirtualMachineInstance,
  type VirtualMachineInstanceMigration,
} from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { forbidden, invalid, notSupported, refused, required, type Finding } from '../finding.ts';
import { firstRuleFindings, type Rule } from '../rule.ts';
import { semanticallyEqual } from '../semantic-equality.ts';
import { isController, type RequestUser } from '../system-users.ts';

/** A migration that is to be created, with what its webhook looks up. */
export interface MigrationCreation {
  readonly migration: VirtualMachineInstanceMigration;
  readonly user: RequestUser;
  readonly configuration: ClusterConfiguration;
  /** The instance that it names; undefined when there is none. */
  readonly instance: VirtualMachineInstance | undefined;
  /** The migrations of that instance. */
  readonly others: readonly VirtualMachineInstanceMigration[];
}

/** In order; each answers alone. */
const createRules: readonly Rule<MigrationCreation>[] = [
  {
    id: 'MIGC-1',
    *check({ migration: { spec } }) {
      if (!spec.vmiName) yield required('spec.vmiName', 'the instance to migrate must be named');
    },
  },
  {
    id: 'MIGC-2',
    *check({ migration: { spec }, user }) {
      if (spec.priority !== undefined && !isController(user))
        yield forbidden('spec.migrationPriority', 'the order of migrations is for virt-controller to choose');
    },
  },
  {
    id: 'MIGC-3',
    *check({ migration: { spec }, instance }) {
      if (instance === undefined) yield refused(400, `there is no instance "${spec.vmiName ?? ''}"`);
    },
  },
  {
    id: 'MIGC-4',
    *check({ instance }) {
      if (isFinal(instance?.status?.phase)) yield refused(400, 'the instance has ended');
    },
  },
  {
    id: 'MIGC-5',
    *check({ migration: { spec }, instance }) {
      const condition = instance?.status?.conditions?.find(({ type }) => type === 'LiveMigratable');
      if (condition?.status !== 'False') return;
      const { reason = '', message = '' } = condition;
      const decentralized = (spec.sendTo === undefined) !== (spec.receive === undefined);
      if (reason !== 'DisksNotLiveMigratable' || !decentralized)
        yield refused(400, `the instance cannot be migrated: ${reason}: ${message}`);
    },
  },
  {
    id: 'MIGC-6',
    *check({ others }) {
      const running = others.find(({ status }) => !isFinal(status?.phase));
      if (running !== undefined)
        yield refused(400, `migration "${running.metadata.name ?? ''}" of the instance is still going on`);
    },
  },
  {
    id: 'MIGC-7',
    *check({ migration: { spec }, configuration }) {
      const decentralized = spec.sendTo !== undefined || spec.receive !== undefined;
      if (decentralized && !configuration.gates.has('DecentralizedLiveMigration'))
        yield notSupported(undefined, 'the feature gate DecentralizedLiveMigration is off');
    },
  },
  {
    id: 'MIGC-8',
    *check({ migration: { spec } }) {
      const { sendTo, receive } = spec;
      if (sendTo !== undefined && receive !== undefined && sendTo.migrationID !== receive.migrationID)
        yield invalid(undefined, 'sendTo and receive are of different migrations');
    },
  },
];

/** Findings of a new migration that fits its schema. */
export function migrationCreateFindings(creation: MigrationCreation): readonly Finding[] {
  return firstRuleFindings(createRules, creation);
}

/** A change of a migration. */
export interface MigrationUpdate {
  readonly before: VirtualMachineInstanceMigration;
  readonly after: VirtualMachineInstanceMigration;
}

const updateRules: readonly Rule<MigrationUpdate>[] = [
  {
    id: 'MIGU-1',
    *check({ before, after }) {
      if (!semanticallyEqual(VirtualMachineInstanceMigrationSpecSchema, before.spec, after.spec))
        yield notSupported(undefined, 'the spec of a migration cannot be changed');
    },
  },
  {
    id: 'MIGU-2',
    *check({ before, after }) {
      const name = before.metadata.labels?.[labels.instanceName];
      if (isFinal(after.status?.phase) || name === undefined) return;
      if (after.metadata.labels?.[labels.instanceName] !== name)
        yield notSupported(undefined, `label ${labels.instanceName} stays until the migration is over`);
    },
  },
];

/** Findings of a change of a migration that fits its schema. */
export function migrationUpdateFindings(update: MigrationUpdate): readonly Finding[] {
  return firstRuleFindings(updateRules, update);
}

function isFinal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}
