// MigrationPolicy: migration settings for some instances.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { ExperimentalMigrationOptionsSchema } from '../kubevirt/migration-state.ts';
import { apiObject } from '../schema/object.ts';
import { int64, presence, quantity } from '../schema/scalars.ts';

export const MigrationPolicySelectorsSchema = apiObject(
  'The instances a policy is for: all labels of both lists must be there.',
  {
    namespaceSelector: z.record(z.string(), z.string()).describe('Labels of the namespace.').optional(),
    virtualMachineInstanceSelector: z
      .record(z.string(), z.string())
      .describe('Labels of the instance.')
      .optional(),
  },
);
export type MigrationPolicySelectors = z.output<typeof MigrationPolicySelectorsSchema>;

export const MigrationPolicySpecSchema = apiObject('Settings, and the instances they are for.', {
  allowAutoConverge: z.boolean().describe('Slow the guest down until its memory can be copied.').optional(),
  allowPostCopy: z.boolean().describe('Run on the target before all memory is there.').optional(),
  allowWorkloadDisruption: z.boolean().optional(),
  bandwidthPerMigration: quantity().describe('Bytes for each second; 0 is no limit.').optional(),
  completionTimeoutPerGiB: int64().describe('Seconds for each GiB of memory.').optional(),
  experimental: ExperimentalMigrationOptionsSchema.optional(),
  maxDowntimeMs: int64().min(1).max(2_000_000).optional(),
  selectors: MigrationPolicySelectorsSchema,
});
export type MigrationPolicySpec = z.output<typeof MigrationPolicySpecSchema>;

export const MigrationPolicySchema = apiObject('Migration settings for the instances with some labels.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: MigrationPolicySpecSchema,
  status: presence().nullable().optional(),
});
export type MigrationPolicy = z.output<typeof MigrationPolicySchema>;

export const MigrationPolicyListSchema = listOf(MigrationPolicySchema, 'A list of MigrationPolicy objects.');
export type MigrationPolicyList = z.output<typeof MigrationPolicyListSchema>;
