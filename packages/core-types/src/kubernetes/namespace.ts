import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, mergedMap } from '../schema/scalars.ts';
import { ConditionSchema } from './condition.ts';
import { ObjectMetaSchema, typeMeta } from './meta.ts';

export const NamespaceSchema = apiObject('A scope for names.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: apiObject('Clean-up of the namespace.', { finalizers: atomicList(z.string()).optional() }).optional(),
  status: apiObject('What was observed of the namespace.', {
    phase: z.string().describe('Active or Terminating.').optional(),
    conditions: mergedMap(ConditionSchema, ['type']).optional(),
  }).optional(),
});
export type Namespace = z.output<typeof NamespaceSchema>;
