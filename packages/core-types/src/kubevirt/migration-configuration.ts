// Cluster-wide settings of live migration.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { int64, quantity } from '../schema/scalars.ts';

export const MigrationConfigurationSchema = apiObject('Cluster-wide settings of live migration.', {
  allowAutoConverge: z.boolean().optional(),
  allowPostCopy: z.boolean().optional(),
  allowWorkloadDisruption: z.boolean().optional(),
  bandwidthPerMigration: quantity().optional(),
  completionTimeoutPerGiB: int64().optional(),
  disableTLS: z.boolean().optional(),
  matchSELinuxLevelOnMigration: z.boolean().optional(),
  maxDowntimeMs: int64().min(1).max(2_000_000).optional(),
  network: z.string().optional(),
  nodeDrainTaintKey: z.string().optional(),
  parallelMigrationsPerCluster: int64().optional(),
  parallelOutboundMigrationsPerNode: int64().optional(),
  progressTimeout: int64().optional(),
  unsafeMigrationOverride: z.boolean().optional(),
  utilityVolumesTimeout: int64().optional(),
});
export type MigrationConfiguration = z.output<typeof MigrationConfigurationSchema>;
