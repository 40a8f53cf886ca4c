import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { int32, time } from '../schema/scalars.ts';
import { ObjectMetaSchema, typeMeta } from './meta.ts';

export const LeaseSchema = apiObject('A claim that its holder renews, as used for leader election.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: apiObject('Holder and times.', {
    holderIdentity: z.string().optional(),
    leaseDurationSeconds: int32().optional(),
    acquireTime: time().nullable().optional(),
    renewTime: time().nullable().optional(),
    leaseTransitions: int32().optional(),
    preferredHolder: z.string().optional(),
    strategy: z.string().optional(),
  }).optional(),
});
export type Lease = z.output<typeof LeaseSchema>;
