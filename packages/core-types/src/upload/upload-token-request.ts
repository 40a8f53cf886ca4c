// UploadTokenRequest: leave to upload to a claim.
import * as z from 'zod';
import { ObjectMetaSchema, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';

export const UploadTokenRequestSpecSchema = apiObject('The claim to upload to.', { pvcName: z.string() });
export type UploadTokenRequestSpec = z.output<typeof UploadTokenRequestSpecSchema>;

export const UploadTokenRequestStatusSchema = apiObject('The answer.', {
  token: z.string().describe('Token for the upload proxy, valid for a few minutes.').optional(),
});
export type UploadTokenRequestStatus = z.output<typeof UploadTokenRequestStatusSchema>;

export const UploadTokenRequestSchema = apiObject(
  'Asks for leave to upload to a claim. It is answered, not stored.',
  {
    ...typeMeta,
    metadata: ObjectMetaSchema,
    spec: UploadTokenRequestSpecSchema,
    status: UploadTokenRequestStatusSchema.describe('In the answer.').optional(),
  },
);
export type UploadTokenRequest = z.output<typeof UploadTokenRequestSchema>;
