// ObjectTransfer: a claim moves to another namespace. Deprecated.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { list, openEnum } from '../schema/scalars.ts';
import { CDIConditionSchema } from './condition.ts';
import { objectTransferPhases } from './values.ts';

export const TransferSourceSchema = apiObject('The DataVolume or PersistentVolumeClaim to move.', {
  apiVersion: z.string().optional(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string(),
  requiredAnnotations: z.record(z.string(), z.string()).describe('Annotations to wait for.').optional(),
});
export type TransferSource = z.output<typeof TransferSourceSchema>;

export const TransferTargetSchema = apiObject('Name and namespace afterwards; one of them differs.', {
  name: z.string().optional(),
  namespace: z.string().optional(),
});
export type TransferTarget = z.output<typeof TransferTargetSchema>;

export const ObjectTransferSpecSchema = apiObject('What moves, and to where.', {
  parentName: z.string().optional(),
  source: TransferSourceSchema,
  target: TransferTargetSchema,
});
export type ObjectTransferSpec = z.output<typeof ObjectTransferSpecSchema>;

export const ObjectTransferStatusSchema = apiObject('How far the move is.', {
  conditions: list(CDIConditionSchema).optional(),
  data: z.record(z.string(), z.string()).describe('What the move has to remember.').optional(),
  phase: openEnum(objectTransferPhases).optional(),
});
export type ObjectTransferStatus = z.output<typeof ObjectTransferStatusSchema>;

export const ObjectTransferSchema = apiObject('Moves a claim to another namespace (deprecated).', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: ObjectTransferSpecSchema,
  status: ObjectTransferStatusSchema.optional(),
});
export type ObjectTransfer = z.output<typeof ObjectTransferSchema>;

export const ObjectTransferListSchema = listOf(ObjectTransferSchema, 'A list of ObjectTransfer objects.');
export type ObjectTransferList = z.output<typeof ObjectTransferListSchema>;
