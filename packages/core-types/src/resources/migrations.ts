import { MigrationPolicySchema, type MigrationPolicy } from '../migrations/migration-policy.ts';
import type { ResourceDefinition } from './definition.ts';

/** KubeVirt API: migrations.kubevirt.io/v1alpha1, of the whole cluster; has a status subresource. */
export const migrationPolicies: ResourceDefinition<MigrationPolicy> = {
  group: 'migrations.kubevirt.io',
  version: 'v1alpha1',
  kind: 'MigrationPolicy',
  plural: 'migrationpolicies',
  singular: 'migrationpolicy',
  namespaced: false,
  schema: MigrationPolicySchema,
  subresources: { status: true },
};
