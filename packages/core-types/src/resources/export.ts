import { VirtualMachineExportSchema, type VirtualMachineExport } from '../export/export.ts';
import { source, text } from './columns.ts';
import type { ResourceDefinition } from './definition.ts';

/** KubeVirt API: export.kubevirt.io/v1, namespaced; has a status subresource. */
export const virtualMachineExports: ResourceDefinition<VirtualMachineExport> = {
  group: 'export.kubevirt.io',
  version: 'v1',
  additionalVersions: [{ name: 'v1beta1', deprecated: true }],
  kind: 'VirtualMachineExport',
  plural: 'virtualmachineexports',
  singular: 'virtualmachineexport',
  shortNames: ['vmexport', 'vmexports'],
  categories: ['all'],
  namespaced: true,
  schema: VirtualMachineExportSchema,
  subresources: { status: true },
  printerColumns: [...source, text('Phase', '.status.phase')],
};
