// VirtualMachineExport: the storage of a machine, offered for download.
import * as z from 'zod';
import { ConditionSchema } from '../kubernetes/condition.ts';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { TypedLocalObjectReferenceSchema } from '../kubernetes/references.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, duration, openEnum, time } from '../schema/scalars.ts';
import { VirtualMachineExportLinksSchema } from './links.ts';
import { exportPhases } from './values.ts';

export const VirtualMachineExportSpecSchema = apiObject('What to offer, to whom, and for how long.', {
  source: TypedLocalObjectReferenceSchema.describe('A claim, machine, snapshot, backup or template.'),
  tokenSecretRef: z.string().describe('Secret with the token; one is made when absent.').optional(),
  ttlDuration: duration().describe('How long the export lives; 2h when absent.').optional(),
});
export type VirtualMachineExportSpec = z.output<typeof VirtualMachineExportSpecSchema>;

export const VirtualMachineExportStatusSchema = apiObject('Where the content is, and until when.', {
  conditions: atomicList(ConditionSchema).optional(),
  links: VirtualMachineExportLinksSchema.optional(),
  phase: openEnum(exportPhases).optional(),
  serviceName: z.string().optional(),
  tokenSecretRef: z.string().optional(),
  ttlExpirationTime: time().optional(),
  virtualMachineName: z.string().optional(),
});
export type VirtualMachineExportStatus = z.output<typeof VirtualMachineExportStatusSchema>;

export const VirtualMachineExportSchema = apiObject('Offers storage of a machine for download.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineExportSpecSchema,
  status: VirtualMachineExportStatusSchema.nullable().optional(),
});
export type VirtualMachineExport = z.output<typeof VirtualMachineExportSchema>;

export const VirtualMachineExportListSchema = listOf(
  VirtualMachineExportSchema,
  'A list of VirtualMachineExport objects.',
);
export type VirtualMachineExportList = z.output<typeof VirtualMachineExportListSchema>;
