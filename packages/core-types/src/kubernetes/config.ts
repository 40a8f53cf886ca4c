import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { int64 } from '../schema/scalars.ts';
import { ObjectMetaSchema, typeMeta } from './meta.ts';

export const SecretSchema = apiObject('Confidential data.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  type: z.string().optional(),
  data: z.record(z.string(), z.string()).describe('Values in base64.').optional(),
  stringData: z.record(z.string(), z.string()).describe('Plain values; write only.').optional(),
  immutable: z.boolean().optional(),
});
export type Secret = z.output<typeof SecretSchema>;

export const ConfigMapSchema = apiObject('Configuration data.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  data: z.record(z.string(), z.string()).optional(),
  binaryData: z.record(z.string(), z.string()).describe('Values in base64.').optional(),
  immutable: z.boolean().optional(),
});
export type ConfigMap = z.output<typeof ConfigMapSchema>;

/** `data` is any JSON: for virtual machines, the specification that a start was made from. */
export const ControllerRevisionSchema = apiObject('An unchanging copy of a state.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  data: z.unknown().optional(),
  revision: int64(),
});
export type ControllerRevision = z.output<typeof ControllerRevisionSchema>;
