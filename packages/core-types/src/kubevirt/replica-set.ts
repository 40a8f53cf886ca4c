// VirtualMachineInstanceReplicaSet: a number of equal instances.
import * as z from 'zod';
import { ConditionSchema } from '../kubernetes/condition.ts';
import { LabelSelectorSchema, ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { int32, list } from '../schema/scalars.ts';
import { VirtualMachineInstanceTemplateSpecSchema } from './instance-spec.ts';

export const VirtualMachineInstanceReplicaSetSpecSchema = apiObject(
  'How many instances to keep, and of what.',
  {
    paused: z.boolean().describe('Leave the instances as they are.').optional(),
    replicas: int32().describe('Instances to keep; 1 when absent.').optional(),
    selector: LabelSelectorSchema,
    template: VirtualMachineInstanceTemplateSpecSchema,
  },
);
export type VirtualMachineInstanceReplicaSetSpec = z.output<
  typeof VirtualMachineInstanceReplicaSetSpecSchema
>;

export const VirtualMachineInstanceReplicaSetStatusSchema = apiObject(
  'How many instances exist and are ready.',
  {
    conditions: list(ConditionSchema).optional(),
    labelSelector: z.string().describe('The selector as a string, for the scale subresource.').optional(),
    readyReplicas: int32().optional(),
    replicas: int32().optional(),
  },
);
export type VirtualMachineInstanceReplicaSetStatus = z.output<
  typeof VirtualMachineInstanceReplicaSetStatusSchema
>;

export const VirtualMachineInstanceReplicaSetSchema = apiObject(
  'Keeps a number of equal instances running.',
  {
    ...typeMeta,
    metadata: ObjectMetaSchema,
    spec: VirtualMachineInstanceReplicaSetSpecSchema,
    status: VirtualMachineInstanceReplicaSetStatusSchema.nullable().optional(),
  },
);
export type VirtualMachineInstanceReplicaSet = z.output<typeof VirtualMachineInstanceReplicaSetSchema>;

export const VirtualMachineInstanceReplicaSetListSchema = listOf(
  VirtualMachineInstanceReplicaSetSchema,
  'A list of VirtualMachineInstanceReplicaSet objects.',
);
export type VirtualMachineInstanceReplicaSetList = z.output<
  typeof VirtualMachineInstanceReplicaSetListSchema
>;
