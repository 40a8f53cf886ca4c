// VirtualMachineInstanceMigration: one live migration.
import * as z from 'zod';
import { ConditionSchema } from '../kubernetes/condition.ts';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, list, openEnum } from '../schema/scalars.ts';
import { PhaseTransitionTimestampSchema } from './instance-status.ts';
import { VirtualMachineInstanceMigrationStateSchema } from './migration-state.ts';
import { migrationPhases } from './values.ts';

export const VirtualMachineInstanceMigrationSourceSchema = apiObject(
  'Where to send the instance in a migration between clusters.',
  {
    connectURL: z.string(),
    migrationID: z.string(),
  },
);
export type VirtualMachineInstanceMigrationSource = z.output<
  typeof VirtualMachineInstanceMigrationSourceSchema
>;

export const VirtualMachineInstanceMigrationTargetSchema = apiObject(
  'What to receive in a migration between clusters.',
  {
    migrationID: z.string(),
  },
);
export type VirtualMachineInstanceMigrationTarget = z.output<
  typeof VirtualMachineInstanceMigrationTargetSchema
>;

export const VirtualMachineInstanceMigrationSpecSchema = apiObject(
  'The instance to move and where it may go.',
  {
    addedNodeSelector: z
      .record(z.string(), z.string())
      .describe('Labels that the target node must have as well.')
      .optional(),
    priority: z.string().optional(),
    receive: VirtualMachineInstanceMigrationTargetSchema.optional(),
    sendTo: VirtualMachineInstanceMigrationSourceSchema.optional(),
    vmiName: z.string().describe('Instance to migrate, in the same namespace.').optional(),
  },
);
export type VirtualMachineInstanceMigrationSpec = z.output<typeof VirtualMachineInstanceMigrationSpecSchema>;

export const VirtualMachineInstanceMigrationStatusSchema = apiObject('Phase and progress of the migration.', {
  conditions: list(ConditionSchema).optional(),
  migrationState: VirtualMachineInstanceMigrationStateSchema.optional(),
  phase: openEnum(migrationPhases)
    .describe('Where the migration is; Succeeded and Failed are final.')
    .optional(),
  phaseTransitionTimestamps: atomicList(PhaseTransitionTimestampSchema).optional(),
  synchronizationAddresses: atomicList(z.string()).optional(),
});
export type VirtualMachineInstanceMigrationStatus = z.output<
  typeof VirtualMachineInstanceMigrationStatusSchema
>;

export const VirtualMachineInstanceMigrationSchema = apiObject('Moves a running instance to another node.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineInstanceMigrationSpecSchema,
  status: VirtualMachineInstanceMigrationStatusSchema.nullable().optional(),
});
export type VirtualMachineInstanceMigration = z.output<typeof VirtualMachineInstanceMigrationSchema>;

export const VirtualMachineInstanceMigrationListSchema = listOf(
  VirtualMachineInstanceMigrationSchema,
  'A list of VirtualMachineInstanceMigration objects.',
);
export type VirtualMachineInstanceMigrationList = z.output<typeof VirtualMachineInstanceMigrationListSchema>;
