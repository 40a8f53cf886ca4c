// VirtualMachinePool: a number of like machines.
import * as z from 'zod';
import { ConditionSchema } from '../kubernetes/condition.ts';
import { LabelSelectorSchema, ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { VirtualMachineSpecSchema } from '../kubevirt/virtual-machine.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, intOrString } from '../schema/scalars.ts';
import {
  VirtualMachinePoolAutohealingStrategySchema,
  VirtualMachinePoolScaleInStrategySchema,
  VirtualMachinePoolUpdateStrategySchema,
} from './strategies.ts';

export const VirtualMachineTemplateSpecSchema = apiObject('The machine to create.', {
  metadata: ObjectMetaSchema.optional(),
  spec: VirtualMachineSpecSchema.optional(),
});
export type VirtualMachineTemplateSpec = z.output<typeof VirtualMachineTemplateSpecSchema>;

export const VirtualMachinePoolNameGenerationSchema = apiObject(
  'Which names in the template get the number of the machine.',
  {
    appendIndexToConfigMapRefs: z.boolean().optional(),
    appendIndexToSecretRefs: z.boolean().optional(),
  },
);
export type VirtualMachinePoolNameGeneration = z.output<typeof VirtualMachinePoolNameGenerationSchema>;

export const VirtualMachinePoolSpecSchema = apiObject('How many machines to keep, of what, and how.', {
  autohealing: VirtualMachinePoolAutohealingStrategySchema.optional(),
  maxUnavailable: intOrString()
    .describe(
      'Machines that an update may take down at once: a number, or a share such as 25%; 100% when absent.',
    )
    .optional(),
  nameGeneration: VirtualMachinePoolNameGenerationSchema.optional(),
  paused: z.boolean().describe('Leave the machines as they are.').optional(),
  replicas: int32().min(0).describe('Machines to keep; 1 when absent.').optional(),
  scaleInStrategy: VirtualMachinePoolScaleInStrategySchema.optional(),
  selector: LabelSelectorSchema,
  updateStrategy: VirtualMachinePoolUpdateStrategySchema.optional(),
  virtualMachineTemplate: VirtualMachineTemplateSpecSchema,
});
export type VirtualMachinePoolSpec = z.output<typeof VirtualMachinePoolSpecSchema>;

export const VirtualMachinePoolStatusSchema = apiObject('How many machines exist and are ready.', {
  conditions: atomicList(ConditionSchema).optional(),
  labelSelector: z.string().describe('The selector as a string, for the scale subresource.').optional(),
  readyReplicas: int32().optional(),
  replicas: int32().optional(),
});
export type VirtualMachinePoolStatus = z.output<typeof VirtualMachinePoolStatusSchema>;

export const VirtualMachinePoolSchema = apiObject('Keeps a number of like machines.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachinePoolSpecSchema,
  status: VirtualMachinePoolStatusSchema.nullable().optional(),
});
export type VirtualMachinePool = z.output<typeof VirtualMachinePoolSchema>;

export const VirtualMachinePoolListSchema = listOf(
  VirtualMachinePoolSchema,
  'A list of VirtualMachinePool objects.',
);
export type VirtualMachinePoolList = z.output<typeof VirtualMachinePoolListSchema>;
