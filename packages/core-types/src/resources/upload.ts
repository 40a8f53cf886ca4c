import { UploadTokenRequestSchema, type UploadTokenRequest } from '../upload/upload-token-request.ts';
import type { ResourceDefinition } from './definition.ts';

/** CDI API: upload.cdi.kubevirt.io/v1beta1, namespaced; can only be created, and is not stored. */
export const uploadTokenRequests: ResourceDefinition<UploadTokenRequest> = {
  group: 'upload.cdi.kubevirt.io',
  version: 'v1beta1',
  kind: 'UploadTokenRequest',
  plural: 'uploadtokenrequests',
  singular: 'uploadtokenrequest',
  shortNames: ['utr', 'utrs'],
  namespaced: true,
  aggregated: true,
  schema: UploadTokenRequestSchema,
};
