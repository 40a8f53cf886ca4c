// OvirtVolumePopulator and OpenstackVolumePopulator: content of claims from other platforms.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { ObjectReferenceSchema } from '../kubernetes/object-reference.ts';
import { apiObject } from '../schema/object.ts';

const transferNetwork = ObjectReferenceSchema.describe('NetworkAttachmentDefinition for the transfer.');

export const VolumePopulatorStatusSchema = apiObject('How far the content is.', {
  progress: z.string().optional(),
});
export type VolumePopulatorStatus = z.output<typeof VolumePopulatorStatusSchema>;

export const OvirtVolumePopulatorSpecSchema = apiObject('A disk of oVirt.', {
  diskId: z.string(),
  engineSecretName: z.string().describe('Secret with the credentials.'),
  engineUrl: z.string(),
  transferNetwork: transferNetwork.optional(),
});
export type OvirtVolumePopulatorSpec = z.output<typeof OvirtVolumePopulatorSpecSchema>;

export const OvirtVolumePopulatorSchema = apiObject('Fills claims that refer to it from a disk of oVirt.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: OvirtVolumePopulatorSpecSchema,
  status: VolumePopulatorStatusSchema.optional(),
});
export type OvirtVolumePopulator = z.output<typeof OvirtVolumePopulatorSchema>;

export const OvirtVolumePopulatorListSchema = listOf(
  OvirtVolumePopulatorSchema,
  'A list of OvirtVolumePopulator objects.',
);
export type OvirtVolumePopulatorList = z.output<typeof OvirtVolumePopulatorListSchema>;

export const OpenstackVolumePopulatorSpecSchema = apiObject('An image of OpenStack.', {
  identityUrl: z.string(),
  imageId: z.string(),
  secretName: z.string().describe('Secret with the credentials.'),
  transferNetwork: transferNetwork.optional(),
});
export type OpenstackVolumePopulatorSpec = z.output<typeof OpenstackVolumePopulatorSpecSchema>;

export const OpenstackVolumePopulatorSchema = apiObject(
  'Fills claims that refer to it from an image of OpenStack.',
  {
    ...typeMeta,
    metadata: ObjectMetaSchema,
    spec: OpenstackVolumePopulatorSpecSchema,
    status: VolumePopulatorStatusSchema.optional(),
  },
);
export type OpenstackVolumePopulator = z.output<typeof OpenstackVolumePopulatorSchema>;

export const OpenstackVolumePopulatorListSchema = listOf(
  OpenstackVolumePopulatorSchema,
  'A list of OpenstackVolumePopulator objects.',
);
export type OpenstackVolumePopulatorList = z.output<typeof OpenstackVolumePopulatorListSchema>;
