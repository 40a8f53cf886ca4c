import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, freeForm, int32, mergedMap } from '../schema/scalars.ts';
import { ConditionSchema } from './condition.ts';
import { ObjectMetaSchema, typeMeta } from './meta.ts';

export const PrinterColumnSchema = apiObject('A column of a listing.', {
  name: z.string(),
  type: z.string(),
  jsonPath: z.string(),
  format: z.string().optional(),
  description: z.string().optional(),
  priority: int32().optional(),
});

export const CustomResourceSubresourcesSchema = apiObject('Subresources to serve.', {
  status: apiObject('Serve /status.', {}).optional(),
  scale: apiObject('Serve /scale.', {
    specReplicasPath: z.string(),
    statusReplicasPath: z.string(),
    labelSelectorPath: z.string().optional(),
  }).optional(),
});

export const CustomResourceDefinitionVersionSchema = apiObject('A version of a custom resource.', {
  name: z.string(),
  served: z.boolean(),
  storage: z.boolean(),
  deprecated: z.boolean().optional(),
  deprecationWarning: z.string().optional(),
  schema: apiObject('How objects are checked and pruned.', {
    openAPIV3Schema: freeForm('A structural schema.').optional(),
  }).optional(),
  subresources: CustomResourceSubresourcesSchema.optional(),
  additionalPrinterColumns: atomicList(PrinterColumnSchema).optional(),
  selectableFields: atomicList(apiObject('A field for selectors.', { jsonPath: z.string() })).optional(),
});
export type CustomResourceDefinitionVersion = z.output<typeof CustomResourceDefinitionVersionSchema>;

export const CustomResourceDefinitionNamesSchema = apiObject('Names of a custom resource.', {
  plural: z.string(),
  kind: z.string(),
  singular: z.string().optional(),
  listKind: z.string().optional(),
  shortNames: atomicList(z.string()).optional(),
  categories: atomicList(z.string()).optional(),
});
export type CustomResourceDefinitionNames = z.output<typeof CustomResourceDefinitionNamesSchema>;

export const CustomResourceDefinitionSchema = apiObject('A kind added to the API.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: apiObject('Names, scope and versions.', {
    group: z.string(),
    scope: z.enum(['Namespaced', 'Cluster']),
    names: CustomResourceDefinitionNamesSchema,
    versions: atomicList(CustomResourceDefinitionVersionSchema),
    conversion: apiObject('How versions are converted.', { strategy: z.string() }).optional(),
    preserveUnknownFields: z.boolean().optional(),
  }),
  status: apiObject('What was observed of the definition.', {
    acceptedNames: CustomResourceDefinitionNamesSchema.optional(),
    conditions: mergedMap(ConditionSchema, ['type']).optional(),
    storedVersions: atomicList(z.string()).optional(),
  }).optional(),
});
export type CustomResourceDefinition = z.output<typeof CustomResourceDefinitionSchema>;
