import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { int32, openEnum, time } from '../schema/scalars.ts';
import { ObjectMetaSchema, typeMeta } from './meta.ts';
import { ObjectReferenceSchema } from './object-reference.ts';

/** The type is called CoreEvent because `Event` is a global of every JavaScript runtime. */
export const CoreEventSchema = apiObject('Something that happened to an object.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  involvedObject: ObjectReferenceSchema,
  related: ObjectReferenceSchema.optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  type: openEnum(['Normal', 'Warning']).optional(),
  action: z.string().optional(),
  count: int32().optional(),
  firstTimestamp: time().nullable().optional(),
  lastTimestamp: time().nullable().optional(),
  eventTime: time().nullable().optional(),
  source: apiObject('Who reported it.', {
    component: z.string().optional(),
    host: z.string().optional(),
  }).optional(),
  reportingComponent: z.string().optional(),
  reportingInstance: z.string().optional(),
  series: apiObject('A run of equal events.', {
    count: int32().optional(),
    lastObservedTime: time().nullable().optional(),
  }).optional(),
});
export type CoreEvent = z.output<typeof CoreEventSchema>;
