import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, int64 } from '../schema/scalars.ts';
import { ListMetaSchema, typeMeta } from './meta.ts';

export const StatusCauseSchema = apiObject('One of the causes of a failure.', {
  reason: z.string().optional(),
  message: z.string().optional(),
  field: z.string().describe('JSON path of the offending field.').optional(),
});
export type StatusCause = z.output<typeof StatusCauseSchema>;

export const StatusDetailsSchema = apiObject('What a failure is about.', {
  name: z.string().optional(),
  group: z.string().optional(),
  kind: z.string().optional(),
  uid: z.string().optional(),
  causes: atomicList(StatusCauseSchema).optional(),
  retryAfterSeconds: int32().optional(),
});
export type StatusDetails = z.output<typeof StatusDetailsSchema>;

/** The answer of the API server to a request that failed or returns no object. */
export const StatusSchema = apiObject('Outcome of a request.', {
  ...typeMeta,
  metadata: ListMetaSchema.optional(),
  status: z.string().describe('Success or Failure.').optional(),
  message: z.string().optional(),
  reason: z.string().describe('One CamelCase word, for example NotFound.').optional(),
  details: StatusDetailsSchema.optional(),
  code: int32().describe('HTTP status code.').optional(),
});
export type Status = z.output<typeof StatusSchema>;

export const DeleteOptionsSchema = apiObject('How to delete.', {
  ...typeMeta,
  gracePeriodSeconds: int64().optional(),
  propagationPolicy: z.enum(['Orphan', 'Background', 'Foreground']).optional(),
  orphanDependents: z.boolean().optional(),
  preconditions: apiObject('Delete only this version of the object.', {
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
  }).optional(),
  dryRun: atomicList(z.string()).optional(),
});
export type DeleteOptions = z.output<typeof DeleteOptionsSchema>;
