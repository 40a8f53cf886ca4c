// VirtualMachineTemplateRequest: a machine becomes a template.
import * as z from 'zod';
import { StandardConditionSchema } from '../kubernetes/condition.ts';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { LocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { withRules } from '../schema/rules.ts';
import { int32, mapList } from '../schema/scalars.ts';

export const VirtualMachineReferenceSchema = apiObject('A machine of any namespace.', {
  name: z.string(),
  namespace: z.string(),
});
export type VirtualMachineReference = z.output<typeof VirtualMachineReferenceSchema>;

/** KubeVirt templates: the machine, and the template to make of it; it does not change. */
export const VirtualMachineTemplateRequestSpecSchema = withRules(
  apiObject('The machine, and the template to make of it. It does not change.', {
    templateLabels: z
      .record(z.string(), z.string())
      .describe('Labels that the template gets; none of template.kubevirt.io.')
      .optional(),
    templateName: z.string().optional(),
    ttlSecondsAfterFinished: int32()
      .min(0)
      .describe('When a request that succeeded is deleted; never when absent.')
      .optional(),
    virtualMachineRef: VirtualMachineReferenceSchema,
  }),
  [{ cel: 'self == oldSelf', message: 'cannot be changed' }],
);
/** KubeVirt templates: the machine, and the template to make of it. */
export type VirtualMachineTemplateRequestSpec = z.output<typeof VirtualMachineTemplateRequestSpecSchema>;

export const VirtualMachineTemplateRequestStatusSchema = apiObject('Progress, and the template made.', {
  conditions: mapList(StandardConditionSchema, ['type']).optional(),
  templateRef: LocalObjectReferenceSchema.optional(),
});
export type VirtualMachineTemplateRequestStatus = z.output<typeof VirtualMachineTemplateRequestStatusSchema>;

export const VirtualMachineTemplateRequestSchema = apiObject('Makes a template of a machine.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineTemplateRequestSpecSchema,
  status: VirtualMachineTemplateRequestStatusSchema.nullable().optional(),
});
export type VirtualMachineTemplateRequest = z.output<typeof VirtualMachineTemplateRequestSchema>;

export const VirtualMachineTemplateRequestListSchema = listOf(
  VirtualMachineTemplateRequestSchema,
  'A list of VirtualMachineTemplateRequest objects.',
);
export type VirtualMachineTemplateRequestList = z.output<typeof VirtualMachineTemplateRequestListSchema>;
