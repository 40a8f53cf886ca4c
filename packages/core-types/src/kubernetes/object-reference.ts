import * as z from 'zod';
import { apiObject } from '../schema/object.ts';

export const ObjectReferenceSchema = apiObject('An object anywhere in the cluster.', {
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  fieldPath: z.string().optional(),
});
export type ObjectReference = z.output<typeof ObjectReferenceSchema>;
