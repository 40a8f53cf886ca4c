import { MigrationPolicySchema, resources, VirtualMachineInstanceMigrationSchema } from '@virtkit/core-types';
import { defaultMigration } from '../../defaults/index.ts';
import { denialOf } from '../../validation/denial.ts';
import {
  migrationCreateFindings,
  migrationPolicyFindings,
  migrationUpdateFindings,
  statusFindings,
} from '../../validation/index.ts';
import {
  passed,
  readableStored,
  readObject,
  refusedMutation,
  replacing,
  resourceOf,
  type KindAdmission,
} from '../kind.ts';
import { lookUp } from '../look-up.ts';
import { namespaceOf } from '../request.ts';

const writes = ['CREATE', 'UPDATE'] as const;

/** Live migrations of instances. */
export const migrations: KindAdmission = {
  resource: resourceOf(resources.virtualMachineInstanceMigrations),
  mutates: ['CREATE'],
  validates: writes,
  mutate({ object }) {
    const read = readObject(VirtualMachineInstanceMigrationSchema, object, 'complete');
    return read.ok ? replacing(defaultMigration(read.value), ['metadata']) : refusedMutation(read.findings);
  },
  async validate(request, { configuration, lookups }) {
    const read = readObject(VirtualMachineInstanceMigrationSchema, request.object, 'complete');
    if (!read.ok) return denialOf(read.findings);
    const migration = read.value;
    if (request.operation === 'UPDATE') {
      const before = readableStored(VirtualMachineInstanceMigrationSchema, request.oldObject);
      return before === undefined ? passed : denialOf(migrationUpdateFindings({ before, after: migration }));
    }
    const namespace = namespaceOf(request);
    const { vmiName = '' } = migration.spec;
    return denialOf(
      migrationCreateFindings({
        migration,
        user: request.user,
        configuration,
        instance: vmiName === '' ? undefined : await lookUp(() => lookups.instance(namespace, vmiName)),
        others: vmiName === '' ? [] : await lookUp(() => lookups.migrations(namespace, vmiName)),
      }),
    );
  },
};

/** Their status: its form only. */
export const migrationStatus: KindAdmission = {
  resource: resourceOf(resources.virtualMachineInstanceMigrations),
  subresource: 'status',
  validates: writes,
  validate: ({ object }) => denialOf(statusFindings(VirtualMachineInstanceMigrationSchema, object)),
};

/** Policies of migrations. */
export const migrationPolicies: KindAdmission = {
  resource: resourceOf(resources.migrationPolicies),
  validates: writes,
  validate({ object, oldObject }, { configuration }) {
    const read = readObject(MigrationPolicySchema, object);
    if (!read.ok) return denialOf(read.findings);
    const before = readableStored(MigrationPolicySchema, oldObject);
    return denialOf(migrationPolicyFindings({ policy: read.value, before, configuration }));
  },
};
