import {
  VirtualMachineTemplateRequestSchema,
  type VirtualMachineTemplateRequest,
} from '../template/request.ts';
import { VirtualMachineTemplateSchema, type VirtualMachineTemplate } from '../template/template.ts';
import { age, condition, text } from './columns.ts';
import type { ResourceDefinition } from './definition.ts';

const served = {
  group: 'template.kubevirt.io',
  version: 'v1beta1',
  additionalVersions: [{ name: 'v1alpha1', deprecated: true, storage: true }],
  namespaced: true,
  subresources: { status: true },
} as const;

/** KubeVirt API: template.kubevirt.io/v1beta1, namespaced; has a status subresource. Stored in the older version. */
export const virtualMachineTemplates: ResourceDefinition<VirtualMachineTemplate> = {
  ...served,
  kind: 'VirtualMachineTemplate',
  plural: 'virtualmachinetemplates',
  singular: 'virtualmachinetemplate',
  shortNames: ['vmt', 'vmts'],
  schema: VirtualMachineTemplateSchema,
  printerColumns: [age, condition('Ready', 'Ready')],
};

/** KubeVirt API: template.kubevirt.io/v1beta1, namespaced; has a status subresource. Stored in the older version. */
export const virtualMachineTemplateRequests: ResourceDefinition<VirtualMachineTemplateRequest> = {
  ...served,
  kind: 'VirtualMachineTemplateRequest',
  plural: 'virtualmachinetemplaterequests',
  singular: 'virtualmachinetemplaterequest',
  shortNames: ['vmtr', 'vmtrs'],
  schema: VirtualMachineTemplateRequestSchema,
  printerColumns: [
    text('Template', '.status.templateRef.name'),
    age,
    condition('Ready', 'Ready'),
    condition('Progressing', 'Progressing'),
  ],
};
