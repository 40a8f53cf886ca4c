// VirtualMachineInstancePreset: defaults by label, deprecated.
import type * as z from 'zod';
import { LabelSelectorSchema, ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { DomainSpecSchema } from './domain.ts';

export const VirtualMachineInstancePresetSpecSchema = apiObject(
  'The defaults and the instances they apply to.',
  {
    domain: DomainSpecSchema.optional(),
    selector: LabelSelectorSchema,
  },
);
export type VirtualMachineInstancePresetSpec = z.output<typeof VirtualMachineInstancePresetSpecSchema>;

export const VirtualMachineInstancePresetSchema = apiObject(
  'Hardware defaults for instances with matching labels (deprecated).',
  {
    ...typeMeta,
    metadata: ObjectMetaSchema,
    spec: VirtualMachineInstancePresetSpecSchema.optional(),
  },
);
export type VirtualMachineInstancePreset = z.output<typeof VirtualMachineInstancePresetSchema>;

export const VirtualMachineInstancePresetListSchema = listOf(
  VirtualMachineInstancePresetSchema,
  'A list of VirtualMachineInstancePreset objects.',
);
export type VirtualMachineInstancePresetList = z.output<typeof VirtualMachineInstancePresetListSchema>;
