// VirtualMachineTemplate: a machine with parameters.
import * as z from 'zod';
import { StandardConditionSchema } from '../kubernetes/condition.ts';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { freeForm, list, mapList } from '../schema/scalars.ts';

/** KubeVirt templates: `generate` of a parameter: its value is made up from the pattern in `from`. No others are admitted. */
export const parameterGenerators = ['expression'] as const;
export type ParameterGenerator = (typeof parameterGenerators)[number];

export const TemplateParameterSchema = apiObject('A name in the template and what takes its place.', {
  description: z.string().optional(),
  displayName: z.string().describe('Name for people.').optional(),
  from: z.string().describe('Pattern of a generated value, for example [a-z0-9]{5}.').optional(),
  generate: z.enum(parameterGenerators).optional(),
  name: z.string().describe('Letters, digits and _; the template says ${NAME}.'),
  required: z.boolean().optional(),
  value: z.string().describe('Value where the user gives none.').optional(),
});
export type TemplateParameter = z.output<typeof TemplateParameterSchema>;

export const VirtualMachineTemplateObjectSpecSchema = apiObject('A machine and its parameters.', {
  message: z.string().describe('Text for those who use the template.').optional(),
  parameters: list(TemplateParameterSchema).optional(),
  virtualMachine: freeForm('A VirtualMachine; any text in it can name parameters.'),
});
export type VirtualMachineTemplateObjectSpec = z.output<typeof VirtualMachineTemplateObjectSpecSchema>;

export const VirtualMachineTemplateStatusSchema = apiObject('Whether the template can be used.', {
  conditions: mapList(StandardConditionSchema, ['type']).optional(),
});
export type VirtualMachineTemplateStatus = z.output<typeof VirtualMachineTemplateStatusSchema>;

export const VirtualMachineTemplateSchema = apiObject('A machine with parameters, to create machines from.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineTemplateObjectSpecSchema,
  status: VirtualMachineTemplateStatusSchema.nullable().optional(),
});
export type VirtualMachineTemplate = z.output<typeof VirtualMachineTemplateSchema>;

export const VirtualMachineTemplateListSchema = listOf(
  VirtualMachineTemplateSchema,
  'A list of VirtualMachineTemplate objects.',
);
export type VirtualMachineTemplateList = z.output<typeof VirtualMachineTemplateListSchema>;
