// VirtualMachineInstance: one run of a virtual machine.
import type * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { VirtualMachineInstanceSpecSchema } from './instance-spec.ts';
import { VirtualMachineInstanceStatusSchema } from './instance-status.ts';

export const VirtualMachineInstanceSchema = apiObject('One running virtual machine.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineInstanceSpecSchema,
  status: VirtualMachineInstanceStatusSchema.nullable().optional(),
});
export type VirtualMachineInstance = z.output<typeof VirtualMachineInstanceSchema>;

export const VirtualMachineInstanceListSchema = listOf(
  VirtualMachineInstanceSchema,
  'A list of VirtualMachineInstance objects.',
);
export type VirtualMachineInstanceList = z.output<typeof VirtualMachineInstanceListSchema>;
